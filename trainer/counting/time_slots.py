"""How counts spread over time: a few slots, as wide as the times need.

A slot is 2**bits microseconds wide, and its number is a time without its lowest `bits` bits. So two
slots of one width are exactly one slot of the next, spreads of different widths add up exactly, and
the width of a sum depends on the first and the last time alone: the order of records, parts and
merges does not matter.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from schemas.record.key import Ints

N_SLOTS: Final = 48
"""Slots of a spread; of these between half and all are used, since widths double."""


class Spread(msgspec.Struct, frozen=True):
    """Counts of rows by time.

    Attributes:
        bits: a slot is 2**bits microseconds wide.
        first: number of the first slot, which begins first * 2**bits microseconds after 1970.
        counts: int64 of shape (n, N_SLOTS); without columns where no row has a time, or where
            nobody counted.
    """

    bits: int
    first: int
    counts: Ints

    @property
    def is_known(self) -> bool:
        """Whether any row has a time."""
        return bool(self.counts.shape[1])

    def take(self, rows: Ints) -> "Spread":
        """That of some rows."""
        return Spread(self.bits, self.first, self.counts[rows])

    def __add__(self, other: "Spread") -> "Spread":
        """The sum of two spreads of the same rows."""
        n = len(self.counts)
        both = concatenated([self, other])
        return Spread(both.bits, both.first, both.counts[:n] + both.counts[n:])


def no_spread(n: int) -> Spread:
    """That of n rows without times."""
    return Spread(0, 0, np.empty((n, 0), np.int64))


def spread_of(times: Ints, rows: Ints, n_rows: int) -> Spread:
    """That of single records.

    Args:
        times: int64 of shape (n,), at least one, microseconds since 1970.
        rows: int64 of shape (n,), the row of each.
        n_rows: how many rows there are.
    """
    low, high = int(times.min()), int(times.max())
    bits = bits_for(low, high)
    first = low >> bits
    cells = np.bincount(rows * N_SLOTS + (times >> bits) - first, minlength=n_rows * N_SLOTS)
    return Spread(bits, first, cells.reshape(n_rows, N_SLOTS))


def bits_for(low: int, high: int) -> int:
    """The least width of slots in which all times from `low` to `high` have room."""
    bits = max((high - low).bit_length() - N_SLOTS.bit_length(), 0)
    while (high >> bits) - (low >> bits) >= N_SLOTS:
        bits += 1
    return bits


def concatenated(spreads: Sequence[Spread]) -> Spread:
    """The rows of several spreads, one after the other, in slots of one width."""
    known = [spread for spread in spreads if spread.counts.any()]
    n = sum(len(spread.counts) for spread in spreads)
    if not known:
        return no_spread(n)
    low = min((spread.first + int(_used(spread)[0])) << spread.bits for spread in known)
    high = max(((spread.first + int(_used(spread)[-1]) + 1) << spread.bits) - 1 for spread in known)
    bits = max(*(spread.bits for spread in known), bits_for(low, high))
    first = low >> bits
    counts = np.zeros((n, N_SLOTS), np.int64)
    row = 0
    for spread in spreads:
        end = row + len(spread.counts)
        for slot in _used(spread) if spread.is_known else ():
            at = ((spread.first + int(slot)) >> (bits - spread.bits)) - first
            counts[row:end, at] += spread.counts[:, slot]
        row = end
    return Spread(bits, first, counts)


def _used(spread: Spread) -> Ints:
    """The slots that hold anything."""
    return np.flatnonzero(spread.counts.any(axis=0))
