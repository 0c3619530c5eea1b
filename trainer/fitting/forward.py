"""Thresholds that hold later: training records judged as they came, by what came before them.

A record judged by tables that hold it, or all but itself, is hardly ever new: its neighbours in
time are in there. What a service judges is often new: a release, a job or a fault writes what
training never saw. So the records are split at several moments, and what came after each moment
is judged by the tables of what came before it, over at most the same span, since a model usually
serves about as long as it learned. A threshold is a quantile of both together: the records judged
forward, and the records judged by all others. The latter alone treat new records as known; the
former alone treat an incident in the training data as usual.

Nothing is read or counted again. First and last moments say exactly which records are new at a
moment and which ended before it. The lines of the records in between are taken to have come
evenly. The moments are a minimum and a maximum, so tables still merge in any order.
"""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.key import Ints
from trainer.counting.table import CountTable
from trainer.fitting.quantiles import Floats, Steps, summed
from trainer.fitting.reach import Reach

SPLIT_SHARES: Final = (2 / 8, 3 / 8, 4 / 8, 5 / 8, 6 / 8, 7 / 8)
"""Shares of the records that came before the moments at which they are split."""

MIN_RECORDS: Final = 1_000
"""A part with fewer records has seen too little: nearly every later record looks new."""

NEARNESS: Final = 1 / 2_000
"""How near a moment must come to the share wanted; the search then ends."""


class Split(msgspec.Struct, frozen=True):
    """The records on both sides of a moment, each int64 of shape (n_distinct,).

    Attributes:
        before: how often each came before it, scaled up to as many records as the table has:
            rarities of unequally many records cannot be compared.
        after: how often each came after it, as long again at most.
    """

    before: Ints
    after: Ints


def split_forward(table: CountTable, min_records: int = MIN_RECORDS) -> Iterator[Split]:
    """The splits of a table; none where the times of its records are unknown, or all the same.

    Args:
        table: not empty.
        min_records: tables with fewer records are not split.
    """
    n = table.n_samples
    if table.first_seen is None or table.last_seen is None or n < min_records:
        return
    reached = 0
    arrivals = Arrivals(table)
    moments = {share: arrivals.moment_of(share) for share in SPLIT_SHARES}
    # The span after a share ends at the moment of twice the share, which is also in the list.
    kept: dict[float, Ints] = {}
    for share in SPLIT_SHARES:
        before = kept.pop(share, None)
        if before is None:
            before = arrivals.before(moments[share])
        n_before = int(before.sum())
        if not reached < n_before < n:
            continue
        reached = n_before
        later = table.counts
        if 2 * share < 1:
            later = kept[2 * share] = arrivals.before(moments[2 * share])
        after = later - before
        if after.any():
            yield Split(np.rint(before * (n / n_before)).astype(np.int64), after)


class Arrivals:
    """When the records of a table came.

    Args:
        table: with times or an order.
    """

    def __init__(self, table: CountTable) -> None:
        assert table.first_seen is not None
        assert table.last_seen is not None
        self._first, self._last, self._counts = table.first_seen, table.last_seen, table.counts
        self._n = table.n_samples
        # Moments of all years fit into a double, times counts too.
        self._span = self._last - self._first + 1.0
        self._most = np.maximum(self._counts - 1.0, 1)

    def before(self, moment: int) -> Ints:
        """How often each record came before a moment: int64 of shape (n_distinct,)."""
        return self._before(moment).astype(np.int64)

    def _before(self, moment: int) -> Floats:
        # From the moment of the first on.
        before = (moment - self._first) / self._span
        before *= self._counts
        np.floor(before, out=before)
        np.maximum(before, 1, out=before)
        np.minimum(before, self._most, out=before)
        np.copyto(before, 0, where=self._first >= moment)
        np.copyto(before, self._counts, where=self._last < moment)
        return before

    def moment_of(self, share: float) -> int:
        """The earliest moment, or nearly, before which at least a share of all records came."""
        low, high = int(self._first.min()), int(self._last.max()) + 1
        while high - low > 1:
            middle = (low + high) // 2
            excess = int(self._before(middle).sum()) - share * self._n
            if 0 <= excess <= NEARNESS * self._n:
                return middle
            if excess < 0:
                low = middle
            else:
                high = middle
        return high


class Measured(msgspec.Struct, frozen=True):
    """Records with the D of each, all of shape (n,).

    Attributes:
        values: float64, their D.
        counts: int64, how often each came, at least once.
        services: integers, the numbers of their services.
    """

    values: Floats
    counts: Ints
    services: npt.NDArray[np.integer]

    def take(self, rows: Ints) -> "Measured":
        """Some of them."""
        return Measured(self.values[rows], self.counts[rows], self.services[rows])


class Calibration(msgspec.Struct, frozen=True):
    """The values of D that thresholds are quantiles of.

    Attributes:
        present: D of the training records, each left out of the counts itself.
        whole: the same and D of them as they came, after each of several moments, together.
        is_forward: records as they came are among them.
    """

    present: Steps
    whole: Steps
    is_forward: bool

    @classmethod
    def of(cls, present: Measured, later: Iterable[Measured]) -> "Calibration":
        """Calibration on the training records, and on the same after each of several moments.

        Each part is added up before the next is measured: together the parts are several times as
        large as the table.
        """
        parts = [summed(present.values, present.counts)]
        steps = Steps.of_parts(parts[:])
        parts += (summed(measured.values, measured.counts) for measured in later)
        is_forward = len(parts) > 1
        return cls(steps, Steps.of_parts(parts) if is_forward else steps, is_forward)

    def at_least(self, shares: Floats) -> Floats:
        """For each share, the lowest edge that at least that share lies below."""
        return self.whole.at_least(shares)

    def threshold(self, contamination: float) -> float:
        """The lowest edge that at most a share lies above."""
        return float(self.at_least(np.array([1 - contamination]))[0])

    def reach(self, threshold: float, records: str) -> Reach:
        """The share that a threshold flags, without and with the tie on it.

        Args:
            threshold: an edge.
            records: that it judges, in words for people.
        """
        edges = self.whole.edges
        below = float(edges[edges < threshold].max(initial=-np.inf))
        return Reach(records, self._share_above(threshold), self._share_above(below))

    def _share_above(self, edge: float) -> float:
        counts = self.whole.counts
        return float(counts[self.whole.edges > edge].sum() / counts.sum())
