"""The values of a JSON text in order, as bytes: nothing is built of what lies beyond.

A decoder for the whole text would hold all of it at once, forty bytes for each of `[[],[],[]]`. A
text of any length is read by windows, in the same way.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

__all__ = [
    "MAX_VALUE_BYTES",
    "begins_array",
    "is_event",
    "items_of",
    "nothing",
    "values_in",
    "with_more",
]

MAX_VALUE_BYTES: Final = 1_048_576
"""The limit for records, in training as well; a longer record is a bad record."""

MAX_LOST_BYTES: Final = 4 * MAX_VALUE_BYTES
"""Bytes searched in vain, for the end of values, before a body is given up."""

_STRING: Final = rb'"(?:[^"\\\n]++|\\[^\n])*+"'
"""A text, in which no line ends (RFC 8259, section 7); so a torn line takes no other along."""

_USUAL_DEPTH: Final = 4
_USUAL_BYTES: Final = 65_536


def _shallow() -> bytes:
    """A pattern that finds the end of a value at once, unless it is nested deeper than usual."""
    inner = rb'(?:[^{}\[\]"]++|' + _STRING + rb")*+"
    for _ in range(_USUAL_DEPTH - 1):
        inner = rb'(?:[^{}\[\]"]++|' + _STRING + rb"|[{\[]" + inner + rb"[}\]])*+"
    return rb"[{\[]" + inner + rb"[}\]]"


_SHALLOW: Final = re.compile(_shallow(), re.DOTALL)

_TOKEN: Final = re.compile(_STRING + rb'|([{\[])|([}\]])|"', re.DOTALL)
"""A string, what opens, what closes, and a quote that nothing closes."""

_SCALAR: Final = re.compile(_STRING + rb'|[^\s,{}\[\]"]++', re.DOTALL)
_BLANK: Final = re.compile(rb"(?:[\s,\x1e\0]|\xef\xbb\xbf)*+")
"""What stands between values: blanks, commas, the separators of RFC 7464, the NULs of GELF over
TCP, and the marks of files that were put behind each other."""

_OUTSIDE: Final = re.compile(rb"(?:[\s,\x1e\0\]]|\xef\xbb\xbf|\[\s*+\])*+")
"""The same outside of an array, where arrays without items and ends of arrays say nothing."""

_NUMBER: Final = rb"-?\d[\d.eE+-]*+"
_ARRAY: Final = re.compile(rb'\[\s*+(?:[\]{"]|(?:\[\s*+){0,2}+' + _NUMBER + rb"\s*+,\s*+\{)")
_EVENT: Final = re.compile(rb"\[\s*+" + _NUMBER + rb"\s*+,\s*+\{")
_HEADED: Final = re.compile(rb"\[\s*+(?=\[\s*+" + _NUMBER + rb"\s*+,\s*+\{)")

_OPENING, _CLOSING = 1, 2
_OPENS, _CLOSES = b"[]"
_BEFORE_TEXT: Final = b"{[,:"
_BEFORE_BRACKET: Final = b"[,:"

Value = tuple[int, bytes]
"""Where a value begins, and its bytes; empty for a value without an end within the limit."""


def nothing() -> bytes:
    """No bytes: what follows a text that is whole."""
    return b""


def with_more(text: bytes, at: int, more: Callable[[], bytes]) -> tuple[bytes, int, bool]:
    """The rest of a text with what follows it, where the rest begins in it, and whether all came.

    Args:
        text: the text so far.
        at: everything before it is done with.
        more: gives what follows, and nothing at the end; the text stays as it is then.
    """
    further = more()
    return (text[at:] + further, 0, False) if further else (text, at, True)


def begins_array(text: bytes, at: int) -> bool:
    """Whether an array of records, or an event, begins here, and not a line of text in brackets."""
    return _ARRAY.match(text, at) is not None


def values_in(
    text: bytes,
    start: int = 0,
    more: Callable[[], bytes] = nothing,
    max_lost_bytes: float = MAX_LOST_BYTES,
) -> Iterator[bytes]:
    """The values that follow each other in a text, with or without anything between them.

    Arrays are opened: their items are values like those that stand alone. Behind a value without an
    end, the text is taken up again at the next line, or where it became clear.

    Args:
        text: the text, or its beginning.
        start: where the values begin.
        more: gives what follows the text, in any pieces, and nothing at the end.
        max_lost_bytes: after so many bytes without an end the rest is given up.

    Yields:
        The bytes of a value; empty for a value without an end within the limit.
    """
    lost, at, ended, within = 0, start, False, False
    while True:
        at = _after_blank(text, at, _BLANK if within else _OUTSIDE)
        if not ended and len(text) - at <= MAX_VALUE_BYTES:
            text, at, ended = with_more(text, at, more)
            if not ended:
                continue
        if at == len(text):
            return
        if text[at] == (_CLOSES if within else _OPENS) and (within or not is_event(text, at)):
            within, at = not within, at + 1
            continue
        end, seen = _scan(text, at)
        if end:
            yield text[at:end]
            at = end
            continue
        yield b""
        lost += seen - at + _USUAL_BYTES
        if lost > max_lost_bytes:
            return
        at = _next_beginning(text, at, seen)


def items_of(text: bytes, start: int) -> Iterator[Value]:
    """The items of an array from a given item on; an item without end takes in all that follows.

    Args:
        text: holds the array.
        start: behind its bracket, or behind an item.
    """
    at = _after_blank(text, start)
    while at < len(text) and text[at] != ord("]"):
        end, _ = _scan(text, at)
        yield at, text[at:end] if end else b""
        if not end:
            return
        at = _after_blank(text, end)


def is_event(text: bytes, at: int) -> bool:
    """Whether an array is a value: `[time, record]`, or Fluent Bit's `[[time, about], record]`."""
    if _EVENT.match(text, at) is not None:
        return True
    headed = _HEADED.match(text, at)
    if headed is None:
        return False
    end, _ = _scan(text, headed.end())
    return bool(end) and text[_after_blank(text, end) :][:1] == b"{"


def _next_beginning(text: bytes, start: int, seen: int) -> int:
    """Where to go on behind a value without an end that was read so far."""
    line_end = text.find(b"\n", start, seen)
    if line_end >= 0:
        return line_end
    places = (text.find(b"\n", seen), text.find(b'{"', seen))
    return min((place for place in places if place >= 0), default=len(text))


def _after_blank(text: bytes, at: int, blanks: re.Pattern[bytes] = _BLANK) -> int:
    blank = blanks.match(text, at)
    assert blank is not None  # it may be empty
    return blank.end()


def _scan(text: bytes, start: int) -> tuple[int, int]:
    """The end of the value that begins here, 0 if it lies beyond the limit; how far was searched.

    A value that was torn off shows where the next begins: no JSON has a bracket or a text there.
    """
    limit = min(len(text), start + MAX_VALUE_BYTES)
    if text[start] not in b"{[":
        scalar = _SCALAR.match(text, start, limit)
        return (0, start + 1) if scalar is None else (scalar.end(), scalar.end())
    shallow = _SHALLOW.match(text, start, min(limit, start + _USUAL_BYTES))
    if shallow is not None:
        return shallow.end(), shallow.end()
    return _scan_tokens(text, start, limit)


def _scan_tokens(text: bytes, start: int, limit: int) -> tuple[int, int]:
    """The same for an object or an array of any depth."""
    depth, last = 0, start
    for token in _TOKEN.finditer(text, start, limit):
        begin, kind = token.start(), token.lastindex
        if kind == _OPENING:
            if depth and not _follows(text, last, begin, _BEFORE_BRACKET):
                return 0, begin
            depth += 1
        elif kind == _CLOSING:
            depth -= 1
            if depth == 0:
                return token.end(), token.end()
        elif token.end() - begin == 1 or not _follows(text, last, begin, _BEFORE_TEXT):
            return 0, begin
        last = begin
    return 0, limit


def _follows(text: bytes, last: int, begin: int, usual: bytes) -> bool:
    """Whether a usual byte stands before a place, with or without blanks between."""
    return text[begin - 1] in usual or text[last:begin].rstrip()[-1:] in usual
