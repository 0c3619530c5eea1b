"""How counts spread over time: a few slots, as wide as the times need.

A slot is 2**bits microseconds wide, and its number is a time without its lowest `bits` bits. So two
slots of a width are exactly one slot of the next, spreads of different widths add up exactly, and
the width of a sum depends on the first and the last time alone: the order of records, parts and
merges does not matter.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from schemas.record.key import Bools, Ints

N_SLOTS: Final = 48
"""Slots of a spread; of these between half and all are used, since widths double."""


class Spread(msgspec.Struct, frozen=True):
    """Counts of rows by time; only what is not zero takes room.

    Attributes:
        bits: a slot is 2**bits microseconds wide.
        first: number of the first slot, which begins first * 2**bits microseconds after 1970.
        n_rows: how many rows there are, those without times included.
        cells: int64 of shape (m,), ascending, row * N_SLOTS + slot, slots counted from `first`.
        counts: int64 of shape (m,), each at least 1.
    """

    bits: int
    first: int
    n_rows: int
    cells: Ints
    counts: Ints

    def total(self, rows: Bools | None = None) -> Ints:
        """Counts by slot, int64, without the slots behind the last time; of all rows or some.

        Args:
            rows: bool of shape (n_rows,), those that count; None for all.
        """
        row, slot = np.divmod(self.cells, N_SLOTS)
        kept = slice(None) if rows is None else rows[row]
        sums = np.zeros(int(slot.max(initial=-1)) + 1, np.int64)
        np.add.at(sums, slot[kept], self.counts[kept])
        return sums

    def regrouped(self, groups: Ints, n_rows: int) -> "Spread":
        """The sums of groups of rows.

        Args:
            groups: int64 of shape (n_rows,), the number of each row's group; -1 leaves it out.
            n_rows: how many groups there are.
        """
        row, slot = np.divmod(self.cells, N_SLOTS)
        group = groups[row]
        kept = group >= 0
        cells, inverse = np.unique(group[kept] * N_SLOTS + slot[kept], return_inverse=True)
        counts = np.zeros(len(cells), np.int64)
        np.add.at(counts, inverse, self.counts[kept])
        return Spread(self.bits, self.first, n_rows, cells, counts)

    def take(self, rows: Ints) -> "Spread":
        """The spread of some rows, each named once."""
        groups = np.full(self.n_rows, -1)
        groups[rows] = np.arange(len(rows))
        return self.regrouped(groups, len(rows))

    def __add__(self, other: "Spread") -> "Spread":
        """The sum of two spreads of the same rows."""
        groups = np.tile(np.arange(self.n_rows), 2)
        return concatenated([self, other]).regrouped(groups, self.n_rows)


_NONE: Final = np.empty(0, np.int64)


def no_spread(n_rows: int) -> Spread:
    """The spread of rows without times."""
    return Spread(0, 0, n_rows, _NONE, _NONE)


def spread_of(times: Ints, rows: Ints, n_rows: int) -> Spread:
    """The spread of single records.

    Args:
        times: int64 of shape (n,), microseconds since 1970.
        rows: int64 of shape (n,), the row of each.
        n_rows: how many rows there are.
    """
    if not len(times):
        return no_spread(n_rows)
    bits = bits_for(int(times.min()), int(times.max()))
    first = int(times.min()) >> bits
    cells, counts = np.unique(rows * N_SLOTS + (times >> bits) - first, return_counts=True)
    return Spread(bits, first, n_rows, cells, counts)


def bits_for(low: int, high: int) -> int:
    """The least width of slots in which all times from `low` to `high` have room."""
    bits = max((high - low).bit_length() - N_SLOTS.bit_length(), 0)
    while (high >> bits) - (low >> bits) >= N_SLOTS:
        bits += 1
    return bits


def concatenated(spreads: Sequence[Spread]) -> Spread:
    """The rows of several spreads, in order, in slots of the same width."""
    n_rows = sum(spread.n_rows for spread in spreads)
    known = [spread for spread in spreads if len(spread.cells)]
    if not known:
        return no_spread(n_rows)
    # Begin of the first slot and end of the last: as good as the times themselves for any slots
    # that are not narrower.
    low = min(spread.first << spread.bits for spread in known)
    high = max(((spread.first + len(spread.total())) << spread.bits) - 1 for spread in known)
    bits = max(*(spread.bits for spread in known), bits_for(low, high))
    first = low >> bits
    parts, before = [], 0
    for spread in spreads:
        row, slot = np.divmod(spread.cells, N_SLOTS)
        at = ((slot + spread.first) >> (bits - spread.bits)) - first if len(slot) else slot
        parts.append((row + before) * N_SLOTS + at)
        before += spread.n_rows
    cells, inverse = np.unique(np.concatenate(parts), return_inverse=True)
    counts = np.zeros(len(cells), np.int64)
    np.add.at(counts, inverse, np.concatenate([spread.counts for spread in spreads]))
    return Spread(bits, first, n_rows, cells, counts)
