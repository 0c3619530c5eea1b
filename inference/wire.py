"""Protobuf's wire format: where the parts of a message stand, and the few messages that we write.

Nothing is built of the parts, so that a message with millions of empty parts costs no memory.
Source: https://protobuf.dev/programming-guides/encoding/
"""

from collections.abc import Callable, Iterator
from typing import Final

from inference.errors import MalformedProtobufError

__all__ = ["number_field", "parts_of", "text_field", "with_fields"]

_MORE: Final = 0x80
_VARINT, _LENGTH = 0, 2
_FIXED: Final = {1: 8, 5: 4}
"""How many bytes the kinds of fixed size take."""

_MAX_SHIFT: Final = 63

Part = tuple[int, int, int, int]
"""A field's number, where the field begins, and where its bytes begin and end."""


def parts_of(data: bytes, at: int, end: int) -> Iterator[Part]:
    """The fields of a message that have a length: texts and messages, in their order.

    Args:
        data: holds the message.
        at: where it begins.
        end: where it ends, at most the length of `data`.

    Raises:
        MalformedProtobufError: a field does not end within the message, or is of no known kind.
    """
    try:
        while at < end:
            head = at
            tag = data[at]
            at += 1
            if tag >= _MORE:
                tag, at = _varint(data, at - 1)
            kind = tag & 7
            if kind == _LENGTH:
                length = data[at]
                at += 1
                if length >= _MORE:
                    more = data[at]  # most records have less than 16 KiB: two bytes say it
                    if more < _MORE:
                        length += (more - 1) << 7
                        at += 1
                    else:
                        length, at = _varint(data, at - 1)
                stop = at + length
                if stop > end:
                    raise MalformedProtobufError(f"field {tag >> 3} has no end")
                yield tag >> 3, head, at, stop
                at = stop
            else:
                at = _behind_number(data, at, kind)
    except IndexError as error:
        raise MalformedProtobufError("the message ends within a field") from error
    if at > end:
        raise MalformedProtobufError("the message ends within a field")


def _behind_number(data: bytes, at: int, kind: int) -> int:
    """Where a number ends."""
    if kind == _VARINT:
        return _varint(data, at)[1]
    if kind not in _FIXED:
        raise MalformedProtobufError(f"a field is of the unknown kind {kind}")
    return at + _FIXED[kind]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < _MORE:
            return value, at
        shift += 7
        if shift > _MAX_SHIFT:
            raise MalformedProtobufError("a number has more than 64 bits")


def with_fields(
    data: bytes, at: int, end: int, number: int, rewrite: Callable[[int, int], bytes]
) -> bytes:
    """A message in which each field of a number has other bytes; all else is kept as it is.

    Args:
        data: holds the message.
        at: where it begins.
        end: where it ends.
        number: of the fields.
        rewrite: gives a field's new bytes by where its old bytes begin and end.

    Raises:
        MalformedProtobufError: as `parts_of`.
    """
    pieces: list[bytes] = []
    for found, head, start, stop in parts_of(data, at, end):
        if found == number:
            pieces += [data[at:head], text_field(number, rewrite(start, stop))]
            at = stop
    return b"".join([*pieces, data[at:end]])


def number_field(number: int, value: int) -> bytes:
    """A field with a number that is not negative; nothing for 0, which is what absence means."""
    return _encoded(number << 3 | _VARINT) + _encoded(value) if value else b""


def text_field(number: int, value: str | bytes) -> bytes:
    """A field with a text or a message."""
    raw = value.encode() if isinstance(value, str) else value
    return _encoded(number << 3 | _LENGTH) + _encoded(len(raw)) + raw


def _encoded(value: int) -> bytes:
    out = bytearray()
    while value >= _MORE:
        out.append(value & 0x7F | _MORE)
        value >>= 7
    out.append(value)
    return bytes(out)
