"""OTLP logs in protobuf: records are found on the wire and decoded one by one."""

import base64
from collections.abc import Iterator
from typing import Any, Final

from google.protobuf.message import DecodeError

from inference.errors import MalformedProtobufError, TooManyRecordsError
from inference.intake.otlp.messages import LogRecord, Resource
from inference.intake.otlp.reader import (
    OtlpReader,
    may_hold_templates,
    service_in,
    template_in,
)
from inference.intake.raw_logs import MAX_RECORDS, Block, Tally
from inference.intake.records import UnusableRecordError
from inference.intake.shapes import Log
from inference.wire import parts_of

__all__ = ["read_protobuf"]

MAX_BLOCK: Final = 1_024
_P, _R = b"PR"
MAX_RECORD_BYTES: Final = 1_048_576
MAX_DEPTH: Final = 8
"""Values within values; what lies deeper is left out."""

_RESOURCE_LOGS = _RESOURCE = 1
_SCOPE_LOGS = _LOG_RECORDS = 2

_parse = LogRecord.FromString


def read_protobuf(body: bytes, reader: OtlpReader, tally: Tally) -> Iterator[Block]:
    """The logs of an `ExportLogsServiceRequest`.

    Args:
        body: the message.
        reader: reads records.
        tally: counts them, and those that cannot be used.

    Raises:
        MalformedProtobufError: it is no such message.
        TooManyRecordsError: it has more records than a call may have.
    """
    # The attributes of interest are rare; a search of the bytes shows that they are absent.
    sought = _may_hold_traces(body), may_hold_templates(body)
    n_groups = 0
    for number, _, start, end in parts_of(body, 0, len(body)):
        if number != _RESOURCE_LOGS:
            continue
        scopes = None
        for part, _, at, stop in parts_of(body, start, end):
            n_groups += 1
            if n_groups > MAX_RECORDS:
                raise TooManyRecordsError(f"the body has more than {MAX_RECORDS} scopes")
            if part == _SCOPE_LOGS:
                scopes = scopes or _Records(_resource(body, start, end), reader, tally, sought)
                yield from scopes.of_scope(body, at, stop)


def _resource(body: bytes, start: int, end: int) -> dict[str, Any]:
    """The attributes of the resource whose logs these are; mostly it stands first."""
    parts = parts_of(body, start, end)
    raw = next((body[at:stop] for number, _, at, stop in parts if number == _RESOURCE), b"")
    return _attributes(_decoded(Resource, raw).attributes, MAX_DEPTH)


def _decoded(kind: Any, raw: bytes) -> Any:
    if len(raw) > MAX_RECORD_BYTES:
        raise MalformedProtobufError(f"a resource has more than {MAX_RECORD_BYTES} bytes")
    try:
        return kind.FromString(raw)
    except DecodeError as error:
        raise MalformedProtobufError("a resource cannot be decoded") from error


def _may_hold_traces(raw: bytes) -> bool:
    """Whether a record, or any of a body, may have an attribute that is a trace.

    That is an attribute of an exception, or of a name such as `error`: behind the key stands the
    tag of its value. A letter is found in a twentieth of the time that a word is.
    """
    return (
        b"ception" in raw
        or b"r\x12" in raw
        or (_P in raw and b"CEPTION" in raw)
        or (_R in raw and b"R\x12" in raw)
    )


class _Records:
    """Reads the records of a resource."""

    def __init__(
        self, about: dict[str, Any], reader: OtlpReader, tally: Tally, sought: tuple[bool, bool]
    ) -> None:
        self._about = about
        self._traces, self._templates = sought
        self._service = service_in(about)
        self._reader = reader
        self._tally = tally

    def of_scope(self, body: bytes, start: int, end: int) -> Iterator[Block]:
        """The logs of a `ScopeLogs`."""
        tally = self._tally
        logs: list[Log] = []
        positions: list[int] = []
        templates: dict[int, str] = {}
        for number, _, at, stop in parts_of(body, start, end):
            if number != _LOG_RECORDS:
                continue
            tally.count(1)
            try:
                logs.append(self._read(body[at:stop], templates, len(logs)))
                positions.append(tally.n_records - 1)
            except UnusableRecordError as error:
                tally.add(tally.n_records - 1, str(error))
            if len(logs) >= MAX_BLOCK:
                yield Block(positions, logs, templates)
                logs, positions, templates = [], [], {}
        yield Block(positions, logs, templates)

    def _read(self, raw: bytes, templates: dict[int, str], place: int) -> Log:
        if len(raw) > MAX_RECORD_BYTES:
            raise UnusableRecordError(f"longer than {MAX_RECORD_BYTES} bytes")
        try:
            record = _parse(raw)
        except DecodeError as error:
            raise UnusableRecordError("the record cannot be decoded") from error
        text = record.body.string_value
        severity = record.severity_text
        keys = None
        if not severity or (self._traces and _may_hold_traces(raw)):
            keys = [pair.key.decode("utf-8", "replace") for pair in record.attributes]
        log = None
        if text and self._service:
            log = self._reader.at_once(
                text.decode("utf-8", "replace"),
                severity.decode("utf-8", "replace"),
                record.severity_number,
                self._service,
                keys,
            )
        if self._templates and may_hold_templates(raw):
            template = template_in(_attributes(record.attributes, MAX_DEPTH))
            if template is not None:
                templates[place] = template
        return log or self._reader.of_document(_document(record, self._about))


def _document(record: Any, about: dict[str, Any]) -> dict[str, Any]:
    """A record as `take_apart` makes it of JSON."""
    return {
        "timeUnixNano": str(record.time_unix_nano),
        "severityNumber": record.severity_number,
        "severityText": record.severity_text.decode("utf-8", "replace"),
        "body": _value(record.body, MAX_DEPTH),
        "attributes": _attributes(record.attributes, MAX_DEPTH),
        "resource": about,
    }


def _attributes(pairs: Any, depth: int) -> dict[str, Any]:
    return {pair.key.decode("utf-8", "replace"): _value(pair.value, depth - 1) for pair in pairs}


def _value(value: Any, depth: int) -> object:
    """The value in an `AnyValue`, as OTLP's JSON has it."""
    kind = value.WhichOneof("value")
    if kind is None or depth <= 0:
        return None
    inner = getattr(value, kind)
    if kind == "string_value":
        return inner.decode("utf-8", "replace")
    if kind == "int_value":
        return str(inner)  # as JSON has numbers of 64 bits
    if kind == "bytes_value":
        return base64.b64encode(inner).decode()
    if kind == "array_value":
        return [_value(element, depth - 1) for element in inner.values]
    return _attributes(inner.values, depth) if kind == "kvlist_value" else inner
