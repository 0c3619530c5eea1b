"""Bodies of raw logs: their format follows from the first bytes and the content type.

Taken are one JSON object, an array of them, JSON lines, objects one behind the other, and lines of
plain text. What is read is bounded: a record at a time, or a window of records of one known shape.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from inference.intake.envelopes import decode_object
from inference.intake.json_records import JsonRecords
from inference.intake.json_values import MAX_VALUE_BYTES
from inference.intake.line_records import lines_from, read_text
from inference.intake.raw_logs import Block, Tally
from inference.intake.text_records import decode_line
from schemas.api.operations import LINE_TYPES

__all__ = ["BodyReader"]

MIN_SHARE: Final = 0.5
"""Of the first lines, how many are objects where a body is taken for JSON lines."""

_SNIFFED_LINES: Final = 50
_ARRAY: Final = re.compile(rb'\[\s*+[\]{"]')
_MARK: Final = b"\xef\xbb\xbf"
_BLANK: Final = re.compile(rb"[\s\x1e\0]*+")


class BodyReader:
    """Reads bodies of raw logs; remembers shapes of records from body to body."""

    def __init__(self) -> None:
        self._json = JsonRecords()

    def read(self, body: bytes, media_type: str, tally: Tally) -> Iterator[Block]:
        """The logs of a body.

        Args:
            body: decompressed.
            media_type: the content type without parameters; may be empty.
            tally: counts the records, and those that cannot be used.

        Raises:
            TooManyRecordsError: the body has more records than are judged in one call.
        """
        blank = _BLANK.match(body, len(_MARK) if body.startswith(_MARK) else 0)
        assert blank is not None  # it may be empty
        start = blank.end()
        array = _ARRAY.match(body, start)
        if start == len(body):
            return iter(())
        if array is not None and media_type not in LINE_TYPES:
            return self._json.of_array(body, start + 1, tally)
        if media_type in LINE_TYPES or self._are_json_lines(body, start):
            return self._json.of_lines(body, start, tally)
        if body[start] == ord("{"):
            return self._json.of_values(body, start, tally)
        return read_text(body, start, self._json.reader, tally)

    def _are_json_lines(self, body: bytes, start: int) -> bool:
        """Whether the first line is an object, or as many of the next ones as in training."""
        lines = islice((line for line in lines_from(body, start) if line.strip()), _SNIFFED_LINES)
        first = next(lines, b"")
        if self._json.knows(first) or _is_object(first):
            return True
        sniffed = [first, *lines]
        return sum(map(_is_object, sniffed)) >= MIN_SHARE * len(sniffed)


def _is_object(line: bytes) -> bool:
    begins = line.lstrip()[:1] == b"{" and len(line) <= MAX_VALUE_BYTES
    return begins and decode_object(decode_line(line)) is not None
