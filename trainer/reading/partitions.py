"""The parts into which data is cut, so that several processes can read it."""

from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import Source

PARTITION_BYTES: Final = 8_388_608
"""Large enough to be worth a process's while, small enough to show progress and to spread well."""

SPLITTABLE_FORMATS: Final = ("jsonl", "text")
"""CSV is not: its records may hold line ends."""

MAX_LINES: Final = 2**40
MAX_PARTITIONS: Final = 2**22


class Partition(msgspec.Struct, frozen=True):
    """A part of the data.

    Attributes:
        number: its position in the order of the input.
        source: the file it is a part of.
        start: the part holds the records that begin at this byte or behind it ...
        stop: ... and before this one; None for the end of the file.
    """

    number: int
    source: Source
    start: int = 0
    stop: int | None = None

    @property
    def size_bytes(self) -> int:
        """How much is stored of it; 0 if nobody knows."""
        if self.stop is not None:
            return self.stop - self.start
        return max((self.source.size_bytes or 0) - self.start, 0)


class Place(msgspec.Struct, frozen=True):
    """Where a record stands: a partition and the record's number in it, counted from 1."""

    partition: int
    line: int

    def pack(self) -> int:
        """One integer that ascends in the order of the input."""
        return self.partition * MAX_LINES + self.line

    @classmethod
    def unpack(cls, number: int) -> "Place":
        """The opposite of `pack`."""
        return cls(*divmod(number, MAX_LINES))


def cut(
    sources: Sequence[Source], plan: ReadingPlan, partition_bytes: int = PARTITION_BYTES
) -> list[Partition]:
    """Cut sources into partitions of at most `partition_bytes`, where their format allows it."""
    return [
        Partition(number, source, start, stop)
        for number, (source, start, stop) in enumerate(_ranges(sources, plan, partition_bytes))
    ]


def _ranges(
    sources: Sequence[Source], plan: ReadingPlan, partition_bytes: int
) -> Iterator[tuple[Source, int, int | None]]:
    for source in sources:
        size = source.size_bytes or 0
        if plan.format not in SPLITTABLE_FORMATS or not source.splittable:
            yield source, 0, None
            continue
        starts = range(0, max(size, 1), partition_bytes)
        for start in starts:
            last = start + partition_bytes >= size
            yield source, start, None if last else start + partition_bytes
