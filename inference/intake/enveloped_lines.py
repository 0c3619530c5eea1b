"""Lines in envelopes: each stream's lines follow each other, parts of lines are joined."""

from collections.abc import Iterator
from typing import Generic, TypeVar

import msgspec

from inference.intake.documents import RawRecord
from inference.intake.envelopes import Envelope, Unwrapper
from inference.intake.layout import Layout
from inference.intake.text_records import Assembly, Notices, OpenRecord, RecordBuilder, within

__all__ = ["EnvelopedLines", "take_line"]

R = TypeVar("R")


class EnvelopedLines(Generic[R]):
    """Makes records of lines in envelopes: each stream's lines follow each other.

    Args:
        envelope: what is around each line.
        layout: of most lines within.
        assemble: makes records of what they say.
        faults: collects the records that cannot be used.
    """

    def __init__(
        self, envelope: Envelope, layout: Layout, assemble: Assembly[R], faults: Notices
    ) -> None:
        self._unwrapper = Unwrapper(envelope)
        self._layout = msgspec.structs.replace(layout, continued=True)
        self._assemble = assemble
        self._faults = faults
        self._builders: dict[str, RecordBuilder[R]] = {}
        self._parts: dict[str, list[str]] = {}
        self._first: dict[str, int] = {}

    def take(self, text: str, number: int) -> Iterator[R] | None:
        """The records that a line shows to be whole; None if it is in no such envelope."""
        found = self._unwrapper.open(text)
        if found is None:
            return None
        number = self._first.setdefault(found.stream, number)
        self._parts.setdefault(found.stream, []).append(found.text)
        if not found.whole:
            self._faults.n_continued += 1
            return iter(())
        del self._first[found.stream]
        joined = "".join(self._parts.pop(found.stream))
        return take_line(self._builder(found.stream), joined, number, self._faults, found.around)

    def finish(self) -> Iterator[R]:
        """The records that are left, those of lines without an end too."""
        for stream, rest in self._parts.items():
            self._faults.n_continued -= 1
            builder, number = self._builder(stream), self._first[stream]
            yield from take_line(builder, "".join(rest), number, self._faults, RawRecord(""))
        for builder in self._builders.values():
            yield from builder.finish()

    def _builder(self, stream: str) -> RecordBuilder[R]:
        builder = self._builders.get(stream)
        if builder is None:
            builder = RecordBuilder(self._layout, self._assemble, self._faults)
            self._builders[stream] = builder
        return builder


def take_line(
    builder: RecordBuilder[R],
    text: str,
    number: int,
    faults: Notices,
    around: RawRecord | None = None,
) -> Iterator[R]:
    """Give a line to the records of its stream; one that continues none is a record by itself."""
    beginning = builder.begin(text, number)
    if beginning is None:
        if not text.strip() or builder.takes(text):
            faults.n_continued += 1
            builder.append(text)
            return
        beginning = OpenRecord(number, None, builder.opened(RawRecord(text)))
    yield from builder.finish()
    raw = beginning.raw
    if raw is not None and around is not None:
        raw = within(raw, around)
    builder.open_record = OpenRecord(number, beginning.parsed, raw, around)
