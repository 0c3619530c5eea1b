"""Events in XML after each other, as bytes: those of an export, or an event a line.

Names of elements and of what is around them are data. Nothing is built here, and a text of any
length is read through a window, as JSON is.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from inference.intake.json_values import (
    MAX_LOST_BYTES,
    MAX_VALUE_BYTES,
    nothing,
    with_more,
)

__all__ = ["begins_event", "begins_events", "events_in"]

EVENTS: Final = ("Event", "event", "log4j:event", "log4net:event", "nlog:event", "record")
"""Windows and Log4j 2; log4net; Log4j 1 and Logback; log4net; NLog; java.util.logging."""

AROUND: Final = ("Events", "events", "log", "log4j:eventSet", "log4net:events", "Batch", "root")
"""Elements that hold events in exports, and say nothing themselves."""

_BEGIN: Final = re.compile(rb"<(%b)(?=[\s>])" % "|".join(EVENTS).encode())
_BETWEEN: Final = re.compile(
    rb"(?:\s|\0|\xef\xbb\xbf|<\?[^>]{0,1000}+>|<!DOCTYPE[^>]{0,1000}+>"
    rb"|<!--(?:[^-]++|(?<!-)->|-++(?!>)){0,100}+-{2,}+>|</?(?:%b)(?:\s[^>]{0,1000}+)?>)*+"
    % "|".join(AROUND).encode()
)
_ENDS: Final = {
    name.encode(): re.compile(rb"<!\[CDATA\[|<(/?)%b(?=[\s>])\s*+>?" % name.encode())
    for name in EVENTS
}
"""What ends an event, what shows that it was torn off, and what may hold either as text."""

_ENDS_OF_TEXT: Final = {
    name.encode(): re.compile(rb"\]\]>|\n(?=<%b[\s>])" % name.encode()) for name in EVENTS
}
"""The same for such text: an event at the beginning of a line shows that the last was torn off."""


def begins_event(value: bytes) -> bool:
    """Whether a value is an event in XML."""
    return _BEGIN.match(value) is not None


def begins_events(text: bytes, start: int) -> bool:
    """Whether events in XML begin here, behind what an export has before them."""
    return _BEGIN.match(text, _behind(text, start)) is not None


def events_in(
    text: bytes,
    start: int = 0,
    more: Callable[[], bytes] = nothing,
    max_lost_bytes: float = MAX_LOST_BYTES,
) -> Iterator[bytes]:
    """The events of a text, and the lines between them that belong to none.

    Args:
        text: the text, or its beginning.
        start: where it begins.
        more: gives what follows the text, in any pieces, and nothing at the end.
        max_lost_bytes: after so many bytes without an end the rest is given up.

    Yields:
        The bytes of an event or a line; empty for an event without an end within the limit.
    """
    at, ended, lost = start, False, 0
    while True:
        at = _behind(text, at)
        if not ended and len(text) - at <= MAX_VALUE_BYTES:
            text, at, ended = with_more(text, at, more)
            if not ended:
                continue
        if at == len(text):
            return
        begin = _BEGIN.match(text, at)
        if begin is None:
            end = _end_of_line(text, at)
            yield text[at:end].strip()
            at = end
            continue
        end, seen = _scan(text, begin)
        if end:
            yield text[at:end]
            at = end
            continue
        yield b""
        lost += seen - at
        if lost > max_lost_bytes:
            return
        at = _next_event(text, begin.end(), seen)


def _behind(text: bytes, at: int) -> int:
    between = _BETWEEN.match(text, at)
    assert between is not None  # it may be empty
    return between.end()


def _end_of_line(text: bytes, at: int) -> int:
    line_end = text.find(b"\n", at, at + MAX_VALUE_BYTES)
    end = min(len(text), at + MAX_VALUE_BYTES) if line_end < 0 else line_end
    event = _BEGIN.search(text, at + 1, end)
    return end if event is None else event.start()


def _scan(text: bytes, begin: re.Match[bytes]) -> tuple[int, int]:
    """Where an event ends, 0 if it does not within the limit; how far was looked."""
    limit = min(len(text), begin.start() + MAX_VALUE_BYTES)
    at = begin.end()
    while (found := _ENDS[begin[1]].search(text, at, limit)) is not None:
        if found[1] is not None:
            return (found.end() if found[1] else 0), found.start() + len(found[1])
        end_of_text = _ENDS_OF_TEXT[begin[1]].search(text, found.end(), limit)
        if end_of_text is None:
            break
        if end_of_text[0] == b"\n":
            return 0, end_of_text.end()
        at = end_of_text.end()
    return 0, limit


def _next_event(text: bytes, at: int, seen: int) -> int:
    event = _BEGIN.search(text, at)
    return max(seen, at) if event is None else event.start()
