"""Records held out of training, to see how a model does on what it did not learn from."""

from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.key import Ints
from trainer.counting.table import EARLIEST_US, CountTable
from trainer.errors import TooFewRowsError
from trainer.fitting.forward import Arrivals

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
"""2^64 divided by the golden ratio: multiples of it are spread evenly (Knuth, TAOCP 3, 6.4)."""


class Split(msgspec.Struct, frozen=True):
    """A table in two parts.

    Attributes:
        learned: what a model is fitted on.
        held_out: the rest.
        since: microseconds since 1970 in UTC, from when on records are held out; None where
            they have no times.
        in_order: whether the records that are held out came last.
        is_given: whether these are data of their own.
    """

    learned: CountTable
    held_out: CountTable
    since: int | None
    in_order: bool
    is_given: bool = False


def split_as_given(learned: CountTable, held_out: CountTable) -> Split:
    """A split into two tables, the second of which is held out.

    Args:
        learned: what a model is fitted on.
        held_out: other records.

    Raises:
        TooFewRowsError: `held_out` is empty.
    """
    if not held_out.n_distinct:
        raise TooFewRowsError("what is to be held out has no usable record")
    since = None
    if learned.n_distinct and learned.has_times and held_out.has_times:
        since = int(_moments(held_out.first_seen).min())
        if int(_moments(learned.last_seen).max()) > since:
            since = None
    return Split(learned, held_out, since, in_order=since is not None, is_given=True)


def hold_out(table: CountTable, share: float) -> Split:
    """Hold out the newest records or, where their order is unknown, some of each kind.

    Nothing is read again: first and last moments say exactly which records ended before the cut
    and which began behind it. The lines of the records in between are taken to have come evenly.
    Where the order is unknown, each record's count is divided by the share, and a hash of the
    record decides which way the remainder goes. Both ways depend on the table alone, so the same
    records are held out however the data was read.

    Args:
        table: the records.
        share: of the records that are held out, in (0, 1).

    Raises:
        TooFewRowsError: a part would be empty.
    """
    since = None
    if table.first_seen is None or table.last_seen is None:
        exact = table.counts * (1 - share)
        before = np.floor(exact + _fractions(table.keys)).astype(np.int64)
    else:
        arrivals = Arrivals(table)
        since = arrivals.moment_of(1 - share) if table.n_distinct else 0
        before = arrivals.before(since)
    learned = _part(table, before, before)
    held_out = _part(table, table.counts - before, before)
    if since is not None:
        # A record that lasts across the moment is cut there.
        last = np.minimum(_moments(learned.last_seen), since - 1)
        learned = msgspec.structs.replace(learned, last_seen=last)
        first = np.maximum(_moments(held_out.first_seen), since)
        held_out = msgspec.structs.replace(held_out, first_seen=first)
    if not learned.n_distinct or not held_out.n_distinct:
        raise TooFewRowsError(
            f"a share of {share:g} of {table.n_samples:,} records cannot be held out: they came "
            "all at once, or are too few"
        )
    in_order = since is not None
    if since is not None and since < EARLIEST_US:
        since = None  # the number of a record, where none has a time
    return Split(learned, held_out, since, in_order)


def _part(table: CountTable, counts: Ints, before: Ints) -> CountTable:
    """The records with some of their counts; records with a count of 0 are left out.

    A record's labels are divided in proportion to its lines.
    """
    kept = counts > 0
    positives = table.positives
    if positives is not None:
        earlier = np.rint(positives * (before / table.counts)).astype(np.int64)
        positives = (earlier if counts is before else positives - earlier)[kept]

    def rows(column: Ints | None) -> Ints | None:
        return None if column is None else column[kept]

    return msgspec.structs.replace(
        table,
        keys=table.keys[kept],
        counts=counts[kept],
        positives=positives,
        places=rows(table.places),
        last_places=rows(table.last_places),
        first_seen=rows(table.first_seen),
        last_seen=rows(table.last_seen),
    )


def _moments(moments: Ints | None) -> Ints:
    assert moments is not None  # asked of tables with moments only
    return moments


def _fractions(keys: Ints) -> npt.NDArray[np.float64]:
    """A number in [0, 1) for each key, the same wherever it is computed."""
    mixed = keys.astype(np.uint64) * _GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(32))) * _GOLDEN
    found: npt.NDArray[np.float64] = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return found
