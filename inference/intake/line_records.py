"""Records of bodies of plain text: lines of a layout that is found out, alone or in envelopes."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import Final

import msgspec

from inference.intake.documents import DEFAULT_SERVICE, RawRecord, bare_service
from inference.intake.enveloped_lines import EnvelopedLines, take_line
from inference.intake.envelopes import Unwrapper
from inference.intake.json_records import MAX_BLOCK, TOO_LONG, end_of_lines
from inference.intake.json_values import MAX_VALUE_BYTES
from inference.intake.layout import Layout
from inference.intake.layout_choice import choose_envelope, find_layout
from inference.intake.levels import MAX_KNOWN
from inference.intake.lines import Parsed
from inference.intake.raw_logs import Block, Tally, as_log
from inference.intake.records import RecordReader, UnusableRecordError
from inference.intake.shapes import Log
from inference.intake.text_records import RecordBuilder, decode_line
from schemas.record.features import Level

__all__ = ["lines_from", "read_text"]

SAMPLE_LINES: Final = 50
"""Of a body, the lines that all layouts are tried on: a few milliseconds of work."""

_Found = tuple[int, Log | str]
"""A record's number, and the log that it is or what is at fault with it."""


def read_text(body: bytes, start: int, reader: RecordReader, tally: Tally) -> Iterator[Block]:
    """The logs of lines of plain text; a line that is of no layout is a message by itself.

    Args:
        body: holds the lines.
        start: where they begin.
        reader: reads what they say.
        tally: counts what is found.
    """
    lines = (decode_line(line) for line in lines_from(body, start))
    sample = [*islice((line for line in lines if line.strip()), SAMPLE_LINES)]
    positions: list[int] = []
    logs: list[Log] = []
    for number, found in _records(body, start, _Assembly(reader), tally, sample):
        tally.count(1)
        if isinstance(found, str):
            tally.add(number, found)
            continue
        positions.append(number)
        logs.append(found)
        if len(logs) >= MAX_BLOCK:
            yield Block(positions, logs)
            positions, logs = [], []
    yield Block(positions, logs)


def lines_from(body: bytes, start: int) -> Iterator[bytes]:
    """The lines of a body, of which a window is held at a time."""
    while start < len(body):
        end = end_of_lines(body, start)
        lines = body[start:end].split(b"\n")
        yield from lines[:-1] if end < len(body) or not lines[-1] else lines
        start = end


class _Assembly:
    """Makes numbered logs of what lines say."""

    def __init__(self, reader: RecordReader) -> None:
        self.reader = reader
        self._services: dict[str, str] = {}

    def __call__(self, line: int, raw: RawRecord, /) -> _Found:
        try:
            message, level, service = as_log(raw)
            return line, (message, level, self._services.get(service) or self._service(service))
        except UnusableRecordError as error:
            return line, str(error)

    def fast(
        self, line: int, message: str, level: Level, service: str, time: object, _: object, /
    ) -> _Found:
        return self(line, RawRecord(message, level, service, time))

    def _service(self, name: str) -> str:
        service = bare_service(name) or DEFAULT_SERVICE
        if len(self._services) < MAX_KNOWN:
            self._services[name] = service
        return service

    def foreign(self, layout: Layout, parsed: Parsed, /) -> RawRecord:
        raw = self.reader.of_line(parsed, layout)
        return msgspec.structs.replace(raw, service=raw.service or layout.service)


def _records(
    body: bytes, start: int, assemble: _Assembly, tally: Tally, sample: list[str]
) -> Iterator[_Found]:
    envelope = choose_envelope(sample) if sample else None
    inner = sample
    if envelope is not None:
        opened = map(Unwrapper(envelope).open, sample)
        inner = [one.text for one in opened if one is not None and one.text.strip()] or sample
    layout = msgspec.structs.replace(find_layout(inner), continued=True)
    streams = None if envelope is None else EnvelopedLines(envelope, layout, assemble, tally)
    builder: RecordBuilder[_Found] = RecordBuilder(layout, assemble, tally)
    for number, line in enumerate(lines_from(body, start)):
        if len(line) > MAX_VALUE_BYTES:
            yield number, TOO_LONG
            continue
        if streams is None and not line.strip():
            builder.append("")  # of which a body may have millions
            continue
        text = decode_line(line)
        records = None if streams is None else streams.take(text, number)
        yield from take_line(builder, text, number, tally) if records is None else records
    yield from chain(builder.finish(), () if streams is None else streams.finish())
