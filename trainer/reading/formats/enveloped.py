"""Lines in envelopes: each stream's lines follow each other, parts of lines are joined."""

from collections.abc import Iterator
from typing import Final

from inference.intake.enveloped_lines import EnvelopedLines
from inference.intake.text_records import decode_line
from trainer.reading.assembling import Assembler, Record
from trainer.reading.faults import Faults
from trainer.reading.lines import MAX_LINE_BYTES, TOO_LONG, read_units
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source

MAX_LEADING_LINES: Final = 100
"""Lines before a file's first record that may be a banner, or the rest of a stack trace."""


def read_enveloped(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    """The records of lines in envelopes; each stream's lines follow each other.

    Args:
        partition: a whole file.
        plan: with an envelope, and the layout of most lines within.
        faults: collects the records that cannot be used.
        assemble: makes records.
    """
    assert plan.envelope is not None  # the plan of enveloped lines always has an envelope
    assert plan.layout is not None  # a plan with an envelope always has a layout
    streams = EnvelopedLines(plan.envelope, plan.layout, assemble, faults)
    with open_source(partition.source) as stream:
        for _, line in read_units(stream, partition, plan.framing):
            faults.n_records += 1
            if len(line) > MAX_LINE_BYTES:
                faults.add(faults.n_records, TOO_LONG)
                continue
            text = decode_line(line)
            records = streams.take(text, faults.n_records)
            if records is not None:
                yield from records
            elif text and not text.isspace():
                faults.add(faults.n_records, f"no line in an envelope of {plan.envelope}")
    yield from streams.finish()
