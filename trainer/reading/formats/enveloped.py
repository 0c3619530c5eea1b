"""Lines in envelopes: each stream's lines follow each other, parts of lines are joined."""

from collections.abc import Iterator
from typing import Final

import msgspec

from inference.intake.documents import RawRecord
from trainer.reading.assembling import Assembler, Record
from trainer.reading.envelopes import Unwrapped, Unwrapper
from trainer.reading.faults import Faults
from trainer.reading.lines import MAX_LINE_BYTES, TOO_LONG, read_lines
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source
from trainer.reading.text_lines import OpenRecord, RecordBuilder, decode_line, within

MAX_LEADING_LINES: Final = 100
"""Lines before a file's first record that may be a banner, or the rest of a stack trace."""


def read_enveloped(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    """The records of lines in envelopes; each stream's lines follow each other.

    Args:
        partition: a whole file.
        plan: with an envelope, and the layout of most lines within.
        faults: is told of what cannot be used.
        assemble: makes records.
    """
    assert plan.envelope is not None  # or there would be nothing to open
    assert plan.layout is not None  # a plan with an envelope has one
    unwrapper = Unwrapper(plan.envelope)
    builders: dict[str, RecordBuilder] = {}
    parts: dict[str, list[str]] = {}
    first: dict[str, int] = {}
    layout = msgspec.structs.replace(plan.layout, continued=True)
    with open_source(partition.source) as stream:
        for _, line in read_lines(stream, partition):
            faults.n_records += 1
            if len(line) > MAX_LINE_BYTES:
                faults.add(faults.n_records, TOO_LONG)
                continue
            text = decode_line(line)
            found = unwrapper.open(text)
            if found is None:
                if text and not text.isspace():
                    faults.add(faults.n_records, f"no line in an envelope of {plan.envelope}")
                continue
            number = first.setdefault(found.stream, faults.n_records)
            parts.setdefault(found.stream, []).append(found.text)
            if not found.whole:
                faults.n_continued += 1
                continue
            del first[found.stream]
            joined = "".join(parts.pop(found.stream))
            builder = builders.get(found.stream)
            if builder is None:
                builder = builders[found.stream] = RecordBuilder(layout, assemble, faults)
            yield from _take(builder, joined, number, found, faults)
    for stream_name, rest in parts.items():
        builder = builders.setdefault(stream_name, RecordBuilder(layout, assemble, faults))
        found = Unwrapped(stream_name, "", True, RawRecord(""))  # noqa: FBT003 - a struct's field
        faults.n_continued -= 1
        yield from _take(builder, "".join(rest), first[stream_name], found, faults)
    for builder in builders.values():
        yield from builder.finish()


def _take(
    builder: RecordBuilder, text: str, number: int, found: Unwrapped, faults: Faults
) -> Iterator[Record]:
    """Give a line to the records of its stream; one that continues none is a record by itself."""
    beginning = builder.begin(text, number)
    if beginning is None:
        if not text.strip() or builder.takes(text):
            faults.n_continued += 1
            builder.append(text)
            return
        raw = builder.opened(RawRecord(text))
        beginning = OpenRecord(number, None, raw)
    yield from builder.finish()
    raw_around = beginning.raw and within(beginning.raw, found.around)
    builder.open_record = OpenRecord(number, beginning.parsed, raw_around, found.around)
