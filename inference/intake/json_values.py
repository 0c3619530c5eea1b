"""The values of a JSON text one after the other, as bytes: nothing is built of what lies beyond.

A decoder for the whole text would hold all of it at once, forty bytes for each of `[[],[],[]]`.
"""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["MAX_VALUE_BYTES", "items_of", "values_in"]

MAX_VALUE_BYTES: Final = 1_048_576
"""The one limit for records, in training as well; a longer one is a bad record."""

MAX_LOST_BYTES: Final = 4 * MAX_VALUE_BYTES
"""Bytes that are looked through in vain, for values without an end, before a text is given up."""

_STRING: Final = rb'"(?:[^"\\]++|\\.)*+"'
_USUAL_DEPTH: Final = 4


def _shallow() -> bytes:
    """What finds the end of a value in one go, if no more values are in each other than usual."""
    inner = rb'(?:[^{}\[\]"]++|' + _STRING + rb")*+"
    for _ in range(_USUAL_DEPTH - 1):
        inner = rb'(?:[^{}\[\]"]++|' + _STRING + rb"|[{\[]" + inner + rb"[}\]])*+"
    return rb"[{\[]" + inner + rb"[}\]]"


_SHALLOW: Final = re.compile(_shallow(), re.DOTALL)

_TOKEN: Final = re.compile(_STRING + rb'|([{\[])|([}\]])|"', re.DOTALL)
"""A string, what opens, what closes, and a quote that nothing closes."""

_SCALAR: Final = re.compile(_STRING + rb'|[^\s,{}\[\]"]++', re.DOTALL)
_BLANK: Final = re.compile(rb"[\s,\x1e]*+")
"""What stands between values: blanks, commas, and the separators of RFC 7464."""

_OPENING, _CLOSING = 1, 2

Value = tuple[int, bytes]
"""Where a value begins, and its bytes; empty for one that has no end within the limit."""


def values_in(text: bytes, start: int = 0) -> Iterator[Value]:
    """The values that follow each other in a text, with or without anything between them.

    Behind a value without an end, the text is taken up again at the next line.
    """
    lost = 0
    at = _after_blank(text, start)
    while at < len(text):
        end = _end_of(text, at)
        if end:
            yield at, text[at:end]
        else:
            yield at, b""
            line_end = text.find(b"\n", at)
            lost += min(len(text) - at, MAX_VALUE_BYTES)
            if line_end < 0 or lost > MAX_LOST_BYTES:
                return
            end = line_end
        at = _after_blank(text, end)


def items_of(text: bytes, start: int) -> Iterator[Value]:
    """The items of an array from one of them on; what follows one without an end is a part of it.

    Args:
        text: holds the array.
        start: behind its bracket, or behind one of its items.
    """
    at = _after_blank(text, start)
    while at < len(text) and text[at] != ord("]"):
        end = _end_of(text, at)
        yield at, text[at:end] if end else b""
        if not end:
            return
        at = _after_blank(text, end)


def _after_blank(text: bytes, at: int) -> int:
    blank = _BLANK.match(text, at)
    assert blank is not None  # it may be empty
    return blank.end()


def _end_of(text: bytes, start: int) -> int:
    """Where the value ends that begins here; 0 if it does not within the limit."""
    limit = min(len(text), start + MAX_VALUE_BYTES)
    if text[start] not in b"{[":
        scalar = _SCALAR.match(text, start, limit)
        return 0 if scalar is None else scalar.end()
    shallow = _SHALLOW.match(text, start, limit)
    if shallow is not None:
        return shallow.end()
    depth = 0
    for token in _TOKEN.finditer(text, start, limit):
        kind = token.lastindex
        if kind == _OPENING:
            depth += 1
        elif kind == _CLOSING:
            depth -= 1
            if depth == 0:
                return token.end()
        elif token.end() - token.start() == 1:
            return 0
    return 0
