"""Bodies of raw logs: their format follows from the first bytes and the content type.

Taken are a JSON object, arrays, JSON lines, objects behind each other, events in XML, lines in
docker's envelopes, syslog with the length of each message, and lines of plain text, in UTF-8 or
UTF-16. What is read is bounded: a record at a time, or a window of records of a known shape.
"""

import codecs
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from inference.intake.envelopes import are_docker
from inference.intake.framing import Framing, are_counted, json_framing
from inference.intake.json_records import JsonRecords
from inference.intake.json_values import begins_array, is_event, values_in
from inference.intake.line_records import (
    SAMPLE_LINES,
    lines_from,
    read_counted,
    read_docker,
    read_text,
)
from inference.intake.raw_logs import Block, Tally
from inference.intake.scanning import first_line
from inference.intake.xml_values import begins_events
from schemas.api.operations import LINE_TYPES

__all__ = ["BodyReader"]

_BLANK: Final = re.compile(rb"(?:[\s\x1e\0]++|\xef\xbb\xbf)*+")
_CHARSET: Final = re.compile(
    r';\s*charset\s*=\s*"?(utf-?(?:16|32)(?:-?[bl]e)?|iso-?8859-\d{1,2}|latin-?1|windows-125\d'
    r'|koi8-[ru]|gb18030|gbk|gb2312|big5|shift_jis|euc-(?:jp|kr))"?(?=\s|;|$)',
    re.IGNORECASE,
)
"""Encodings other than UTF-8 that programs write; each is decoded in time linear in its length."""

_DOCKER_NAMES: Final = (b'"log"', b'"stream"')

_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class BodyReader:
    """Reads bodies of raw logs; remembers shapes of records from body to body."""

    def __init__(self) -> None:
        self._json = JsonRecords()

    def read(self, body: bytes, content_type: str, tally: Tally) -> Iterator[Block]:
        """The logs of a body.

        Args:
            body: decompressed.
            content_type: of the body, with its parameters; may be empty.
            tally: counts the records, and those that cannot be used.

        Raises:
            TooManyRecordsError: the body has more records than a call may have.
        """
        if body.startswith(_UTF16_MARKS) or "charset" in content_type.lower():
            body = _as_utf8(body, content_type)
        media_type = content_type.partition(";")[0].strip().lower()
        blank = _BLANK.match(body)
        assert blank is not None  # it may be empty
        start = blank.end()
        if start == len(body):
            return
        framing = self._framing(body, start, media_type)
        if framing == "lines":
            yield from self._of_lines(body, start, tally)
        elif framing == "values":
            yield from self._of_values(body, start, tally)
        elif framing == "events":
            yield from self._json.of_events(body, start, tally)
        elif are_counted(body, start):
            yield from read_counted(body, start, self._json.reader, tally)
        else:
            yield from read_text(body, start, self._json.reader, tally)

    def _framing(self, body: bytes, start: int, media_type: str) -> Framing | None:
        if media_type in LINE_TYPES:
            return "lines"
        if begins_events(body, start):
            return "events"
        first = first_line(body, start)
        if self._json.knows(first):
            return "lines"
        return json_framing(body, start, lines_from(body, start))

    def _of_lines(self, body: bytes, start: int, tally: Tally) -> Iterator[Block]:
        first = first_line(body, start)
        if all(name in first for name in _DOCKER_NAMES):
            sample = [*islice(lines_from(body, start), SAMPLE_LINES)]
            if are_docker(sample):
                lines = enumerate(lines_from(body, start))
                return read_docker(lines, sample, self._json.reader, tally)
        return self._json.of_lines(body, start, tally)

    def _of_values(self, body: bytes, start: int, tally: Tally) -> Iterator[Block]:
        sample = [*islice(values_in(body, start), 1)]
        if sample and all(name in sample[0] for name in _DOCKER_NAMES):
            sample = [*islice(values_in(body, start), SAMPLE_LINES)]
            if are_docker(sample):
                values = enumerate(values_in(body, start))
                return read_docker(values, sample, self._json.reader, tally)
        if begins_array(body, start) and not is_event(body, start):
            return self._json.of_array(body, start + 1, tally)
        return self._json.of_values(body, start, tally)


def _as_utf8(body: bytes, content_type: str) -> bytes:
    """A body in UTF-8: a mark of UTF-16 goes before what the content type says."""
    named = _CHARSET.search(content_type)
    if body.startswith(_UTF16_MARKS):
        return body.decode("utf-16", "replace").encode("utf-8", "replace")
    try:
        return body if named is None else body.decode(named[1], "replace").encode("utf-8")
    except LookupError:  # a part of ISO 8859 that there is not
        return body
