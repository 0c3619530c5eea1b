"""Joins lines of text to records: a line begins a record, continues it, or does neither.

The caller decides what becomes of a record: a row of a table in training, a verdict in serving.

Every line that is not blank is counted once: as the beginning of a record, as a line that continues
a record, or as a bad line. A bad line ends the record before it, so a record does not depend on
where its file was cut.
"""

from collections.abc import Iterator
from typing import Final, Generic, Protocol, TypeVar

import msgspec

from inference.intake.cleaning import NUL, clean_text
from inference.intake.documents import RawRecord
from inference.intake.envelopes import decode_object
from inference.intake.exports import take_apart
from inference.intake.layout import Layout
from inference.intake.levels import MAX_KNOWN
from inference.intake.lines import (
    FURTHER_LEVELS,
    LineParser,
    Parsed,
    begins_record,
    compiled,
    continues_record,
    parser_of,
    read_foreign,
)
from inference.intake.records import RecordReader, UnusableRecordError
from schemas.record.features import Level
from schemas.record.text import ESCAPE

__all__ = [
    "MAX_CONTINUATION_LINES",
    "Assembly",
    "Notices",
    "OpenRecord",
    "RecordBuilder",
    "decode_line",
    "within",
]

MAX_CONTINUATION_LINES: Final = 1_000
"""Lines that a record of plain text may have; more is no stack trace."""

_NOBODY: Final = frozenset({"root", "__main__", "main"})
"""Names of loggers that say less than the name of a container."""

_ESCAPE_BYTE: Final = ord(ESCAPE)  # a byte is found in a third of the time that bytes are
_NUL_BYTE: Final = ord(NUL)

R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")


class Assembly(Protocol[R_co]):
    """Makes records of their parts; raises `UnusableRecordError` where a part is at fault."""

    @property
    def reader(self) -> RecordReader:
        """Reads the parts of lines."""

    def __call__(self, line: int, raw: RawRecord, /) -> R_co:
        """A record of a raw log, by the number of its first line."""

    def fast(
        self, line: int, message: str, level: Level, service: str, time: object, label: object, /
    ) -> R_co:
        """A record of parts that need no further reading; the message is clean."""

    def foreign(self, layout: Layout, parsed: Parsed, /) -> RawRecord:
        """The parts of a line of another layout than its file's."""


class Notices(Protocol):
    """Counts what a reader finds beside the records."""

    n_records: int
    n_foreign: int
    n_continued: int

    def add(self, line: int, problem: str, /) -> None:
        """Note a record that cannot be used."""


class OpenRecord(msgspec.Struct, gc=False):
    """A record whose further lines may still come.

    Attributes:
        number: of its first line.
        parsed: what that line says by the layout; None if it is of another layout.
        raw: what it says if it is of another layout.
        around: what its envelope says; None without an envelope.
        further: its further lines.
    """

    number: int
    parsed: Parsed | None
    raw: RawRecord | None = None
    around: RawRecord | None = None
    further: list[str] = []


class RecordBuilder(Generic[R]):
    """Makes records of the lines of a stream.

    Args:
        layout: of the lines.
        assemble: makes records of what they say.
        faults: counts the lines of other layouts.
    """

    def __init__(self, layout: Layout, assemble: Assembly[R], faults: Notices) -> None:
        self.layout = layout
        self._assemble = assemble
        self._faults = faults
        self._parse = parser_of(layout)
        self._latest: tuple[str, Parsed | None] = ("", self._parse(""))
        self._parse_body = (
            LineParser(Layout(name="body", patterns=(layout.body,))).parse if layout.body else None
        )
        self._is_remark = compiled(layout.remark).fullmatch if layout.remark else None
        self._is_further = compiled(layout.further).match if layout.further else None
        self.open_record: OpenRecord | None = None
        self._is_simple = not (layout.has_body or layout.pairs)
        self._levels: dict[str | None, Level] = {}  # of a simple layout only

    def parse(self, text: str) -> Parsed | None:
        """The parts of a line by the layout; each line is asked for more than once in a row."""
        if text is not self._latest[0]:
            self._latest = (text, self._parse(text))
        return self._latest[1]

    def begin(self, text: str, number: int) -> OpenRecord | None:
        """The record that a line begins; None if it begins no record."""
        parsed = self._parse(text)
        self._latest = (text, parsed)
        if parsed is not None:
            if parsed.level in FURTHER_LEVELS and self.layout.continued:
                return None
            foreign = self._begin_foreign(text, number) if self.layout.any_line else None
            return foreign or OpenRecord(number, parsed)
        return self._begin_foreign(text, number)

    def _begin_foreign(self, text: str, number: int) -> OpenRecord | None:
        if self.awaits_body or self.layout.exact or not begins_record(text):
            return None
        if text.startswith("{"):
            document = decode_object(text)
            found = None if document is None else next(take_apart(document), None)
            raw = None if found is None else self._assemble.reader.of_document(found)
            return None if raw is None else OpenRecord(number, None, raw)
        foreign = read_foreign(text)
        if foreign is None:
            return None
        return OpenRecord(number, None, self._assemble.foreign(*foreign))

    @property
    def awaits_body(self) -> bool:
        """Whether the open record is a head only, whose text is the next line."""
        record = self.open_record
        return record is not None and self.layout.has_body and not record.further

    def takes(self, text: str) -> bool:
        """Whether a line that begins no record continues the open record, or is a remark."""
        if self.is_remark(text):
            return True
        record = self.open_record
        if record is None or len(record.further) >= MAX_CONTINUATION_LINES - 1:
            return False
        return self.awaits_body or self.continues(text)

    def is_remark(self, text: str) -> bool:
        """Whether a line is of no record, as headings are."""
        return self._is_remark is not None and self._is_remark(text) is not None

    def continues(self, text: str) -> bool:
        """Whether a line that begins no record continues any."""
        layout = self.layout
        if not layout.continued:
            return False
        if continues_record(text) or (layout.any_further and not begins_record(text)):
            return True
        if self._is_further is not None and self._is_further(text) is not None:
            return True
        parsed = self.parse(text)
        return parsed is not None and parsed.level in FURTHER_LEVELS

    def opened(self, raw: RawRecord) -> RawRecord:
        """A record completed by the record within its message."""
        return self._assemble.reader.opened(raw)

    def append(self, text: str) -> None:
        """Add a line to the open record, if it is open and may have further lines."""
        record = self.open_record
        if record is None or not (self.layout.continued or self.awaits_body):
            return
        if self.is_remark(text):
            return
        if len(record.further) < MAX_CONTINUATION_LINES:  # blank lines were not asked for that
            record.further.append(text)

    def finish(self) -> Iterator[R]:
        """The open record, if it is there and can be used."""
        record = self.close()
        if record is not None:
            yield record

    def close(self) -> R | None:
        """The open record; None if there is none, or if it cannot be used."""
        record, self.open_record = self.open_record, None
        if record is None:
            return None
        parsed = record.parsed
        try:
            if parsed is None or record.further or record.around is not None:
                return self._assembled(record)
            # Nearly all records: a line of the layout, with a level that was met before.
            level = self._levels.get(parsed.level)
            if level is None or not parsed.service:
                return self._assembled(record)
            message, time = parsed.message.rstrip(), parsed.time
            return self._assemble.fast(record.number, message, level, parsed.service, time, None)
        except UnusableRecordError as error:
            self._faults.add(record.number, str(error))
            return None

    def _assembled(self, beginning: OpenRecord) -> R:
        parsed, further = beginning.parsed, beginning.further
        if beginning.raw is not None:
            self._faults.n_foreign += beginning.parsed is None and beginning.around is None
            raw = beginning.raw
            if further:
                message = "\n".join([raw.message, *further]).rstrip()
                raw = msgspec.structs.replace(raw, message=message)
            return self._assemble(beginning.number, raw)
        assert parsed is not None  # a beginning is either
        if further or not self.layout.has_body:
            message = "\n".join([parsed.message, *further]).rstrip() if further else parsed.message
            parsed = Parsed(message.rstrip(), parsed.level, parsed.service, parsed.time)
        if self.layout.has_body:
            parsed = self._with_body(parsed)
        if beginning.around is None:
            return self._line(beginning.number, parsed)
        raw = self._assemble.reader.of_line(parsed, self.layout)
        return self._assemble(beginning.number, within(raw, beginning.around))

    def _line(self, number: int, parsed: Parsed) -> R:
        raw = self._assemble.reader.of_line(parsed, self.layout)
        if (
            self._is_simple
            and parsed.level
            and raw.level is not None
            and len(self._levels) < MAX_KNOWN
        ):
            self._levels.setdefault(parsed.level, raw.level)
        return self._assemble(number, raw)

    def _with_body(self, parsed: Parsed) -> Parsed:
        lines = [line.strip() if line[:1] == " " else line for line in parsed.message.split("\n")]
        message = "\n".join(line for line in lines if line)
        body = self._parse_body(message.partition("\n")[0]) if self._parse_body else None
        if body is None:
            return Parsed(message, parsed.level, parsed.service, parsed.time)
        rest = message.partition("\n")
        level = body.level or parsed.level
        return Parsed(body.message + rest[1] + rest[2], level, parsed.service, parsed.time)


def within(inner: RawRecord, around: RawRecord) -> RawRecord:
    """A record, completed by its envelope."""
    return msgspec.structs.replace(
        inner,
        level=inner.level or (around.level if inner.unknown is None else None),
        service=(None if inner.service in _NOBODY else inner.service) or around.service,
        time=around.time if inner.time is None else inner.time,
    )


def decode_line(line: bytes) -> str:
    """A line as text, without its line end and what is no part of it."""
    if line.isascii() and _ESCAPE_BYTE not in line and _NUL_BYTE not in line:
        return line.decode("ascii").rstrip("\r")
    return clean_text(line.decode("utf-8", "replace")).rstrip("\r")
