"""Records of a shape that was met before, decoded without building the rest of them.

The reader of raw records (`inference.intake.documents`) finds out from the names in a record
where its parts stand. Records with the very same names, none less and none more, have them in the
same places: a decoder that takes those names alone gives the same parts, ten times as fast. It
refuses every other record, and each whose parts are not enough, such as a record with a trace or
with JSON in its message; those are read whole.
"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any, Final

import msgspec

from inference.intake.cleaning import NUL, clean_text
from inference.intake.documents import Shape, bare_service
from inference.intake.field_names import plain_name
from inference.intake.levels import MAX_KNOWN
from inference.intake.paths import MAX_DEPTH, flatten
from schemas.record.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS, Level
from schemas.record.text import ESCAPE

__all__ = ["Log", "ShapeDecoder", "shape_decoder"]

Log = tuple[str, Level, str]
"""Message, level and service of a raw log, ready to be judged."""

MAX_FIELDS: Final = 64
"""A record with more is read whole."""

_Scalar = str | int | float | bool | None
_Level = str | int
_Path = tuple[str, ...]

REFUSALS: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""How a decoder says that a record is of another shape."""


class ShapeDecoder:
    """Decodes records of a shape.

    Attributes:
        known: levels by the value in the record; filled where records are read whole.
        lines: decodes JSON lines.
        items: decodes an array.
        record: decodes a record.
    """

    def __init__(self, struct: type[msgspec.Struct], shape: Shape, default_service: str) -> None:
        self.known: dict[str | int, Level] = {}
        decoder = msgspec.json.Decoder(struct)
        self.lines: Callable[[bytes], list[Any]] = decoder.decode_lines
        self.items: Callable[[bytes], list[Any]] = msgspec.json.Decoder(list[struct]).decode  # type: ignore[valid-type]  # made just now
        self.record: Callable[[bytes], Any] = decoder.decode
        self._default_service = default_service
        self._services: dict[str, str] = {}
        paths = [shape.message[0], shape.level[0][1], *shape.service[:1]]
        if not shape.service:
            self._services[""] = default_service
        self._has_service = bool(shape.service)
        self._parts: Callable[[Any], tuple[Any, ...]] = attrgetter(
            *(".".join(_attribute(struct, path)) for path in paths)
        )

    def logs(self, records: list[Any], *, plain: bool) -> list[Log | None]:
        """The logs of decoded records; None for a record that is to be read whole.

        Args:
            records: as decoded.
            plain: they were written in ASCII without escapes, so that there is nothing to be
                cleaned.
        """
        logs: list[Log | None] = []
        known, services, add = self.known.get, self._services.get, logs.append
        parts: Iterable[tuple[Any, ...]] = map(self._parts, records)
        if not self._has_service:
            parts = ((message, level, "") for message, level in parts)
        for message, written, name in parts:
            level, service = known(written), services(name) or self._service(name)
            # What may hold another record is for others: see `RecordReader.of_document`, `opened`.
            if (
                level is None
                or service is None
                or not message
                or message[0] in "{<"
                or message[-1] == "\n"
                or len(message) > MAX_MESSAGE_LENGTH
            ):
                add(None)
            elif plain or (message.isascii() and ESCAPE not in message and NUL not in message):
                add((message, level, service))  # as `clean_text` would: most need no call
            else:
                add((clean_text(message), level, service))
        return logs

    def _service(self, name: str) -> str | None:
        service = bare_service(name)
        if not service or service.isdecimal() or len(service) > MAX_SERVICE_CHARS:
            return None
        if len(self._services) < MAX_KNOWN and len(name) <= MAX_SERVICE_CHARS:
            self._services[name] = service
        return service

    def learn(self, written: object, level: Level) -> None:
        """Note the meaning of a level in records of this shape."""
        if len(self.known) < MAX_KNOWN and type(written) in {str, int}:
            self.known[written] = level  # type: ignore[index] # as the line before has found


def shape_decoder(
    document: dict[str, Any], shape: Shape, default_service: str
) -> ShapeDecoder | None:
    """A decoder for records of the shape of a document; None if such records are read whole.

    Args:
        document: a record.
        shape: where the parts of such records stand.
        default_service: of records that do not say who wrote them.
    """
    if not shape.message or not shape.level:
        return None
    roles: dict[_Path, Any] = dict.fromkeys(shape.traces)
    for path in shape.service[:1]:
        roles[path] = str
    roles[shape.level[0][1]] = _Level
    roles[shape.message[0]] = str
    names = [plain_name(".".join(path)) for path in flatten(document)]
    placed = [shape.message[0], shape.level[0][1], *shape.service[:1], *shape.traces]
    if len(set(placed)) < len(placed) or len(set(names)) < len(names):
        return None  # a field is to be two parts, or two fields are to be the same part
    if any(outer == inner[: len(outer)] != inner for outer in placed for inner in placed):
        return None  # a field stands within another
    try:
        struct = _struct(document, roles, (), MAX_DEPTH)
        return None if struct is None else ShapeDecoder(struct, shape, default_service)
    except (ValueError, AttributeError):
        return None  # a name that no struct's field may have, or a path with dots


def _struct(
    document: dict[str, Any], roles: dict[_Path, Any], path: _Path, depth: int
) -> type[msgspec.Struct] | None:
    if len(document) > MAX_FIELDS or depth == 0:
        return None
    fields: list[tuple[str, Any]] = []
    for number, (name, value) in enumerate(document.items()):
        here = (*path, name)
        kind: Any = _Scalar
        if here in roles:
            kind = roles[here]
        elif isinstance(value, dict):
            kind = _struct(value, roles, here, depth - 1)
            if kind is None:
                return None
        elif isinstance(value, list):
            kind = list[_Scalar]
        fields.append((f"field{number}", kind))
    names = dict(zip((field for field, _ in fields), document, strict=True))
    return msgspec.defstruct(
        "Shaped", fields, rename=names, forbid_unknown_fields=True, frozen=True, gc=False
    )


def _attribute(struct: type[msgspec.Struct], path: _Path) -> list[str]:
    """The names of the attributes that lead to where a part stands."""
    attributes: list[str] = []
    for name in path:
        field = next(
            candidate
            for candidate in msgspec.structs.fields(struct)
            if candidate.encode_name == name
        )
        attributes.append(field.name)
        struct = field.type
    return attributes
