"""Writes verdicts into OTLP requests: attributes on each record, all else stays as it came.

In protobuf, what is appended to a message adds to its repeated fields, so that no record is decoded
again. A record that could not be judged stays as it is.
"""

import struct
from collections.abc import Callable, Mapping
from itertools import count
from typing import Final

import msgspec
from msgspec import Raw

from inference.model.message_judge import JudgedLog
from inference.model.model import Model
from inference.wire import text_field, with_fields
from schemas.api.raw_logs import LogVerdict

__all__ = ["mark_json", "mark_protobuf"]

_RESOURCE_LOGS = 1
_SCOPE_LOGS = _LOG_RECORDS = 2
_ATTRIBUTES: Final = 6

_encode: Final = msgspec.json.Encoder().encode
_decode_verdict = msgspec.json.Decoder(LogVerdict).decode
_decode_object = msgspec.json.Decoder(dict[str, Raw]).decode
_decode_array = msgspec.json.Decoder(list[Raw]).decode

_Values = dict[str, bool | float | str]


def _values(judged: JudgedLog, model: Model) -> _Values:
    """The attributes of a record, by the names that the Collector's processor has as well."""
    verdict = _decode_verdict(b'{"position":0%b}' % judged.members(model))
    return {
        "anomaly.is_anomaly": verdict.is_anomaly,
        "anomaly.isolation_score": verdict.anomaly_score,
        "anomaly.percentile": verdict.percentile,
        "anomaly.why": verdict.why,
        "anomaly.model_version": verdict.model_version,
    }


class _Marks:
    """The attributes to add, made once for all records that are judged alike."""

    def __init__(
        self, judged: Mapping[int, JudgedLog], model: Model, write: Callable[[_Values], bytes]
    ) -> None:
        self._judged = judged
        self._model = model
        self._write = write
        self._made: dict[int, bytes] = {}
        self._positions = count()

    def next(self) -> bytes:
        """The attributes to add to the next record; nothing if it could not be judged."""
        judged = self._judged.get(next(self._positions))
        if judged is None:
            return b""
        made = self._made.get(id(judged))
        if made is None:
            made = self._made[id(judged)] = self._write(_values(judged, self._model))
        return made


def mark_protobuf(body: bytes, judged: Mapping[int, JudgedLog], model: Model) -> bytes:
    """A request in protobuf with the verdicts on its records.

    Args:
        body: the request; it was read before.
        judged: by position of the record.
        model: which judged.
    """
    marks = _Marks(judged, model, _in_protobuf)

    def record(start: int, end: int) -> bytes:
        return body[start:end] + marks.next()

    def scope(start: int, end: int) -> bytes:
        return with_fields(body, start, end, _LOG_RECORDS, record)

    def resource(start: int, end: int) -> bytes:
        return with_fields(body, start, end, _SCOPE_LOGS, scope)

    return with_fields(body, 0, len(body), _RESOURCE_LOGS, resource)


def _in_protobuf(values: _Values) -> bytes:
    return b"".join(
        text_field(_ATTRIBUTES, text_field(1, name) + text_field(2, _any_value(value)))
        for name, value in values.items()
    )


def _any_value(value: bool | float | str) -> bytes:  # noqa: FBT001 - a value
    if isinstance(value, bool):
        return b"\x10\x01" if value else b"\x10\x00"
    if isinstance(value, str):
        return text_field(1, value)
    return b"\x21" + struct.pack("<d", value)


def mark_json(body: bytes, judged: Mapping[int, JudgedLog], model: Model) -> bytes:
    """A request in JSON with the verdicts on its records; as `mark_protobuf`."""
    marks = _Marks(judged, model, _in_json)

    def record(raw: bytes) -> bytes:
        mark = marks.next()
        if not mark:
            return raw
        members = _decode_object(raw)
        attributes = bytes(members.get("attributes", b"")).strip()
        if attributes[:1] != b"[":  # absent, or null
            attributes = b"[]"
        inner = attributes[1:-1].strip()
        members["attributes"] = Raw(b"[%b%b%b]" % (inner, b"," if inner else b"", mark))
        return _joined(members)

    def scope(raw: bytes) -> bytes:
        return _with_items(raw, "logRecords", record)

    def resource(raw: bytes) -> bytes:
        return _with_items(raw, "scopeLogs", scope)

    return _with_items(body, "resourceLogs", resource)


def _with_items(raw: bytes, name: str, rewrite: Callable[[bytes], bytes]) -> bytes:
    members = _decode_object(raw)
    if name in members:
        items = [rewrite(bytes(item)) for item in _decode_array(members[name])]
        members[name] = Raw(b"[%b]" % b",".join(items))
    return _joined(members)


def _joined(members: Mapping[str, Raw]) -> bytes:
    parts = [b"%b:%b" % (_encode(name), bytes(value)) for name, value in members.items()]
    return b"{%b}" % b",".join(parts)


def _in_json(values: _Values) -> bytes:
    kinds = {bool: "boolValue", float: "doubleValue", str: "stringValue"}
    pairs = [{"key": name, "value": {kinds[type(value)]: value}} for name, value in values.items()]
    return _encode(pairs)[1:-1]
