"""Lines in envelopes: each stream's lines follow each other, parts of lines are joined."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, Generic, TypeVar

import msgspec

from inference.intake.documents import RawRecord
from inference.intake.envelopes import Envelope, Unwrapper
from inference.intake.json_values import MAX_VALUE_BYTES
from inference.intake.layout import Layout
from inference.intake.text_records import (
    MAX_CONTINUATION_LINES,
    Assembly,
    Notices,
    OpenRecord,
    RecordBuilder,
    decode_line,
    within,
)

__all__ = ["TOO_LONG", "EnvelopedLines", "of_frames", "take_line"]

R = TypeVar("R")

MAX_STREAMS: Final = 1_000
"""Streams whose records may go on; a bound against hostile names."""

TOO_LONG: Final = f"longer than {MAX_VALUE_BYTES} bytes, or without an end"


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
        self._n_chars: dict[str, int] = {}

    def take(self, text: str, number: int) -> Iterator[R] | None:
        """The records that a line completes; None if it is in no such envelope."""
        found = self._unwrapper.open(text)
        if found is None:
            return None
        stream, text = found.stream, found.text
        number = self._first.setdefault(stream, number)
        self._n_chars[stream] = self._n_chars.get(stream, 0) + len(text)
        if self._n_chars[stream] <= MAX_VALUE_BYTES:
            self._parts.setdefault(stream, []).append(text)
        if not found.whole:
            self._faults.n_continued += 1
            return iter(())
        del self._first[stream]
        joined = "".join(self._parts.pop(stream, ()))
        if self._n_chars.pop(stream) > MAX_VALUE_BYTES:
            self._faults.add(number, TOO_LONG)
            return iter(())
        dropped = self._make_room(stream)
        return chain(
            dropped,
            take_line(self._builder(stream), joined, number, self._faults, found.around),
        )

    def finish(self) -> Iterator[R]:
        """The records that are left, with those of lines without an end."""
        for stream, rest in self._parts.items():
            self._faults.n_continued -= 1
            builder, number = self._builder(stream), self._first[stream]
            yield from take_line(builder, "".join(rest), number, self._faults, RawRecord(""))
        for builder in self._builders.values():
            yield from builder.finish()

    def _make_room(self, stream: str) -> Iterator[R]:
        """The last record of the stream that has been known longest, where there are too many."""
        if stream in self._builders or len(self._builders) < MAX_STREAMS:
            return iter(())
        return self._builders.pop(next(iter(self._builders))).finish()

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
    """Add a line to the records of its stream; a line that continues no record begins a record."""
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


def of_frames(
    frames: Iterable[tuple[int, bytes]], layout: Layout, assemble: Assembly[R], faults: Notices
) -> Iterator[R]:
    """The records of messages that were sent with their lengths, whatever lines they have.

    Args:
        frames: the messages with their numbers.
        layout: of most of them.
        assemble: makes records of what they say.
        faults: collects the messages that are none.
    """
    builder = RecordBuilder(layout, assemble, faults)
    for number, frame in frames:
        if len(frame) > MAX_VALUE_BYTES or not frame.startswith(b"<"):
            faults.add(number, TOO_LONG if frame[:1] == b"<" else "no message of syslog")
            continue
        first, *further = decode_line(frame).split("\n")
        beginning = builder.begin(first, number)
        if beginning is None:
            beginning = OpenRecord(number, None, builder.opened(RawRecord(first)))
        beginning.further = further[:MAX_CONTINUATION_LINES]
        builder.open_record = beginning
        yield from builder.finish()
