"""Records of bodies of lines, whose layout is detected: lines alone, in envelopes, or counted."""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final

import msgspec

from inference.intake.documents import DEFAULT_SERVICE, RawRecord, bare_service
from inference.intake.enveloped_lines import TOO_LONG, EnvelopedLines, of_frames, take_line
from inference.intake.envelopes import Envelope, Unwrapper
from inference.intake.framing import frames_in
from inference.intake.json_records import MAX_BLOCK
from inference.intake.json_values import MAX_VALUE_BYTES
from inference.intake.json_windows import end_of_lines
from inference.intake.layout import Layout
from inference.intake.layout_choice import choose_envelope, find_layout
from inference.intake.levels import MAX_KNOWN
from inference.intake.lines import Parsed
from inference.intake.raw_logs import Block, Tally, as_log
from inference.intake.records import RecordReader, UnusableRecordError
from inference.intake.shapes import Log
from inference.intake.text_records import RecordBuilder, decode_line
from schemas.record.features import Level

__all__ = ["SAMPLE_LINES", "lines_from", "read_counted", "read_docker", "read_text"]

SAMPLE_LINES: Final = 50
"""The lines of a body that all layouts are tried on: a few milliseconds of work."""

_Found = tuple[int, Log | str]
"""A record's number, and its log or its fault."""


def read_text(body: bytes, start: int, reader: RecordReader, tally: Tally) -> Iterator[Block]:
    """The logs of lines of plain text; a line that is of no layout is a message by itself.

    Args:
        body: holds the lines.
        start: where they begin.
        reader: reads what they say.
        tally: counts what is found.
    """
    sample = _sample(lines_from(body, start))
    envelope = choose_envelope(sample) if sample else None
    numbered = enumerate(lines_from(body, start))
    return _blocks(_records(numbered, envelope, sample, _Assembly(reader), tally), tally)


def read_docker(
    lines: Iterable[tuple[int, bytes]], first: Iterable[bytes], reader: RecordReader, tally: Tally
) -> Iterator[Block]:
    """The logs of lines in docker's envelopes, parts joined and stack traces with their record.

    Args:
        lines: the envelopes with their numbers.
        first: some of the first, by which the layout within is detected.
        reader: reads what the lines say.
        tally: counts what is found.
    """
    assemble = _Assembly(reader)
    return _blocks(_records(lines, "docker", _sample(first), assemble, tally), tally)


def read_counted(body: bytes, start: int, reader: RecordReader, tally: Tally) -> Iterator[Block]:
    """The logs of messages of syslog that were sent with their lengths; see `read_text`."""
    sample = _sample(frame.partition(b"\n")[0] for frame in frames_in(body, start))
    frames = enumerate(frames_in(body, start))
    found = of_frames(frames, find_layout(sample), _Assembly(reader), _Noted(tally))
    return _blocks(found, tally)


def _sample(lines: Iterable[bytes]) -> list[str]:
    decoded = map(decode_line, lines)
    return [*islice((line for line in decoded if line.strip()), SAMPLE_LINES)]


def _blocks(found: Iterable[_Found], tally: Tally) -> Iterator[Block]:
    positions: list[int] = []
    logs: list[Log] = []
    for number, log in found:
        tally.count(1)
        if isinstance(log, str):
            tally.add(number, log)
            continue
        positions.append(number)
        logs.append(log)
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


class _Noted:
    """Counts records that cannot be used as bad records of a body."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.n_records = self.n_foreign = self.n_continued = 0

    def add(self, line: int, problem: str, /) -> None:
        self._tally.count(1)
        self._tally.add(line, problem)


def _records(
    lines: Iterable[tuple[int, bytes]],
    envelope: Envelope | None,
    sample: list[str],
    assemble: _Assembly,
    tally: Tally,
) -> Iterator[_Found]:
    inner = sample
    if envelope is not None:
        opened = map(Unwrapper(envelope).open, sample)
        inner = [line.text for line in opened if line is not None and line.text.strip()] or sample
    layout = msgspec.structs.replace(find_layout(inner), continued=True)
    notices = _Noted(tally)
    streams = None if envelope is None else EnvelopedLines(envelope, layout, assemble, notices)
    builder: RecordBuilder[_Found] = RecordBuilder(layout, assemble, notices)
    for number, line in lines:
        if len(line) > MAX_VALUE_BYTES:
            yield number, TOO_LONG
            continue
        if streams is None and not line.strip():
            builder.append("")  # of which a body may have millions
            continue
        text = decode_line(line)
        records = None if streams is None else streams.take(text, number)
        yield from take_line(builder, text, number, notices) if records is None else records
    yield from chain(builder.finish(), () if streams is None else streams.finish())
