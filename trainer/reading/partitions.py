"""The parts into which data is cut, so that several processes can read it."""

from typing import Final

import msgspec

from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import Source

MAX_LINES: Final = 2**40
MAX_PARTITIONS: Final = 2**22


class Partition(msgspec.Struct, frozen=True):
    """A part of the data.

    Attributes:
        number: its position in the order of the input.
        source: the file it is a part of.
        plan: how it is read.
        start: the part holds the records that begin at this byte or behind it ...
        stop: ... and before this byte; None for the end of the file.
    """

    number: int
    source: Source
    plan: ReadingPlan
    start: int = 0
    stop: int | None = None

    @property
    def size_bytes(self) -> int:
        """Its size as stored; 0 if unknown."""
        if self.stop is not None:
            return self.stop - self.start
        return max((self.source.size_bytes or 0) - self.start, 0)


class Place(msgspec.Struct, frozen=True):
    """The place of a record: a partition and the record's number in it, counted from 1."""

    partition: int
    line: int

    def pack(self) -> int:
        """An integer that ascends in the order of the input."""
        return self.partition * MAX_LINES + self.line

    @classmethod
    def unpack(cls, number: int) -> "Place":
        """The opposite of `pack`."""
        return cls(*divmod(number, MAX_LINES))
