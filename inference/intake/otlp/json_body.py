"""OTLP logs in JSON: records are kept as bytes and decoded one by one.

OTLP's JSON is not protobuf's: trace ids are hexadecimal, and enumerations are numbers.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Raw

from inference.intake.exports import take_apart
from inference.intake.json_values import MAX_VALUE_BYTES
from inference.intake.otlp.reader import (
    OtlpReader,
    may_hold_templates,
    service_in,
    template_in,
)
from inference.intake.raw_logs import Block, Tally
from inference.intake.records import UnusableRecordError
from inference.intake.scanning import count_byte
from inference.intake.shapes import Log
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError

__all__ = ["read_json"]

MAX_VALUES: Final = 1_500_000
"""Objects and commas of a body: what is kept of each takes eighty bytes."""

MAX_BLOCK: Final = 1_024


class _Text(msgspec.Struct, rename="camel", gc=False):
    string_value: str = ""


class _Key(msgspec.Struct, gc=False):
    key: str = ""


class _Record(msgspec.Struct, rename="camel", gc=False):
    """The members that are read of an ordinary record."""

    severity_text: str = ""
    severity_number: int = 0
    body: _Text | None = None
    attributes: list[_Key] | None = None


class _ScopeLogs(msgspec.Struct, rename="camel", gc=False):
    log_records: list[Raw] = []


class _ResourceLogs(msgspec.Struct, rename="camel", gc=False):
    resource: dict[str, Raw] = {}
    scope_logs: list[_ScopeLogs] = []


class _Request(msgspec.Struct, rename="camel", gc=False):
    resource_logs: list[_ResourceLogs] = []


_decode_request = BodyDecoder(_Request).decode
_decode_record = msgspec.json.Decoder(_Record, strict=False).decode
_decode_object = BodyDecoder(dict).decode


def read_json(body: bytes, reader: OtlpReader, tally: Tally) -> Iterator[Block]:
    """The logs of an `ExportLogsServiceRequest`.

    Args:
        body: its JSON.
        reader: reads records.
        tally: counts them, and those that cannot be used.

    Raises:
        MalformedJsonError, InvalidBodyError: it is no such message.
        TooManyRecordsError: it has more records than a call may have.
    """
    if count_byte(body, b"{") + count_byte(body, b",") > MAX_VALUES:
        raise MalformedJsonError(f"the body has more than {MAX_VALUES} values")
    for group in _decode_request(body).resource_logs:
        records = _Records(group.resource, reader, tally)
        for scope in group.scope_logs:
            yield from records.of_scope(scope.log_records)


class _Records:
    """Reads the records of a resource."""

    def __init__(self, resource: dict[str, Raw], reader: OtlpReader, tally: Tally) -> None:
        self._resource = {"attributes": _value_of(resource.get("attributes", Raw(b"[]")))}
        self._service = service_in(self._apart({})["resource"])
        self._reader = reader
        self._tally = tally

    def of_scope(self, records: list[Raw]) -> Iterator[Block]:
        """The logs of a `ScopeLogs`."""
        tally = self._tally
        for start in range(0, len(records), MAX_BLOCK):
            logs: list[Log] = []
            positions: list[int] = []
            templates: dict[int, str] = {}
            for raw in records[start : start + MAX_BLOCK]:
                tally.count(1)
                try:
                    logs.append(self._read(bytes(raw), templates, len(logs)))
                    positions.append(tally.n_records - 1)
                except UnusableRecordError as error:
                    tally.add(tally.n_records - 1, str(error))
            yield Block(positions, logs, templates)

    def _read(self, raw: bytes, templates: dict[int, str], place: int) -> Log:
        if len(raw) > MAX_VALUE_BYTES:
            raise UnusableRecordError(f"longer than {MAX_VALUE_BYTES} bytes")
        log = self._at_once(raw) if self._service else None
        document = None
        if may_hold_templates(raw):
            document = self._apart(_object(raw))
            template = template_in(document["attributes"])
            if template is not None:
                templates[place] = template
        return log or self._reader.of_document(document or self._apart(_object(raw)))

    def _at_once(self, raw: bytes) -> Log | None:
        try:
            record = _decode_record(raw)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        if record.body is None:
            return None
        return self._reader.at_once(
            record.body.string_value,
            record.severity_text,
            record.severity_number,
            self._service,
            [attribute.key for attribute in record.attributes or ()],
        )

    def _apart(self, record: dict[str, Any]) -> dict[str, Any]:
        scope = {"logRecords": [record]}
        group = {"resource": self._resource, "scopeLogs": [scope]}
        return next(take_apart({"resourceLogs": [group]}))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        return _decode_object(raw)
    except (MalformedJsonError, InvalidBodyError) as error:
        raise UnusableRecordError("the record is no JSON object") from error


def _value_of(raw: Raw) -> Any:
    try:
        return msgspec.json.decode(raw) if len(bytes(raw)) <= MAX_VALUE_BYTES else []
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
