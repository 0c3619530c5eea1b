"""How records follow each other in bytes: as lines, values, or counted as syslog over TCP.

The same for files in training and for bodies in serving.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final, Literal

from inference.intake.envelopes import decode_object
from inference.intake.json_values import MAX_VALUE_BYTES, begins_array
from inference.intake.text_records import decode_line

__all__ = ["Framing", "are_counted", "frames_in", "json_framing"]

Framing = Literal["lines", "values", "events", "counted"]
"""Lines; JSON values in arrays or behind each other; events in XML; or `LENGTH MESSAGE` (RFC 6587,
3.4.1)."""

MIN_SHARE: Final = 0.5
"""How many of the first lines must be objects where the first line is no object."""

_SNIFFED_LINES: Final = 50
_BETWEEN: Final = re.compile(rb"[\s\0]*+")
_HEADER: Final = re.compile(rb"([1-9]\d{0,8}) (?=<\d{1,3}>)")


def json_framing(text: bytes, start: int, lines: Iterable[bytes]) -> Framing | None:
    """How JSON records follow each other; None if a text has no JSON records.

    Args:
        text: the text, or its beginning.
        start: where it begins, behind blanks.
        lines: its first lines from there on; asked for as far as they are needed.
    """
    if begins_array(text, start):
        return "values"
    filled = (line for line in lines if line.strip())
    first = next(filled, b"")
    if _is_object(first):
        return "lines"
    sniffed = [first, *islice(filled, _SNIFFED_LINES - 1)]
    if sum(map(_is_object, sniffed)) >= MIN_SHARE * len(sniffed):
        return "lines"
    return "values" if text[start : start + 1] == b"{" else None


def _is_object(line: bytes) -> bool:
    begins = line.lstrip()[:1] == b"{" and len(line) <= MAX_VALUE_BYTES
    return begins and decode_object(decode_line(line)) is not None


def are_counted(text: bytes, start: int) -> bool:
    """Whether a text begins with the length of a message of syslog."""
    return _HEADER.match(text, start) is not None


def _nothing() -> bytes:
    return b""


def frames_in(text: bytes, start: int = 0, more: Callable[[], bytes] = _nothing) -> Iterator[bytes]:
    """The messages of a counted text, cut behind `MAX_VALUE_BYTES` + 1 bytes.

    A wrong length, as from a sender that counts characters, loses nothing: the message then ends
    where the next length stands.

    Args:
        text: the text, or its beginning.
        start: where it begins.
        more: gives what follows the text, in any pieces, and nothing at the end.
    """
    at, ended = start, False
    while True:
        if not ended and len(text) - at <= 2 * MAX_VALUE_BYTES:
            further = more()
            ended = not further
            if further:
                text, at = text[at:] + further, 0
                continue
        at = _behind_blanks(text, at)
        if at == len(text):
            return
        header = _HEADER.match(text, at)
        begin = at if header is None else header.end()
        end = begin + int(header[1]) if header is not None else len(text) + 1
        next_at = _behind_blanks(text, end)
        if end > len(text) or (next_at < len(text) and _HEADER.match(text, next_at) is None):
            following = _HEADER.search(text, begin)
            end = len(text) if following is None else following.start()
        yield text[begin : min(end, begin + MAX_VALUE_BYTES + 1)].strip(b"\r\n\0")
        at = end


def _behind_blanks(text: bytes, at: int) -> int:
    blanks = _BETWEEN.match(text, at)
    assert blanks is not None  # it may be empty
    return blanks.end()
