"""The parts that data was read in, by name: they give places a meaning without the data."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from schemas.record.key import Ints
from trainer.reading.partitions import MAX_LINES, Place


class Part(msgspec.Struct, frozen=True, array_like=True):
    """A part of data.

    Attributes:
        uri: of the source that it is a part of; "" where records cannot be found again.
        start: the byte of the source at which it begins.
        before: records of the source before it.
        in_lines: records are lines, so that their numbers are those of lines.
    """

    uri: str
    start: int
    before: int
    in_lines: bool

    def describe(self, line: int) -> str:
        """A place in the part, in words; "" where records cannot be found again."""
        between = ":" if self.in_lines else ", record "
        return f"{self.uri}{between}{self.before + line}" if self.uri else ""


NOWHERE: Final = Part("", 0, 0, in_lines=False)
"""The first of the parts of every count table: place 0 is none."""


def describe_place(parts: Sequence[Part], packed: int) -> str:
    """A place in words."""
    place = Place.unpack(packed)
    return parts[place.partition].describe(place.line)


class Renumbering:
    """Numbers the parts anew that places need.

    Attributes:
        parts: those that are needed, NOWHERE first.

    Args:
        parts: all parts, by their number.
        places: all places, int64.
    """

    def __init__(self, parts: Sequence[Part], places: Ints) -> None:
        self.parts = [NOWHERE]
        self._numbers = np.zeros(len(parts), np.int64)
        for number in np.unique(places // MAX_LINES).tolist():
            if parts[number].uri:
                self._numbers[number] = len(self.parts)
                self.parts.append(parts[number])

    def __call__(self, places: Ints) -> Ints:
        """The places, in parts by their new number; 0 for none."""
        old, lines = np.divmod(places, MAX_LINES)
        numbers = self._numbers[old]
        renumbered: Ints = np.where(numbers > 0, numbers * MAX_LINES + lines, 0)
        return renumbered
