"""When the records of a part were seen: first, last and how often in each slot of time.

For every record, its time as it is written and a number are noted in two buffers. These are read
many at once, which costs a fraction of reading each time by itself.
"""

from typing import Final

import numpy as np

from schemas.record.key import Ints
from trainer.counting.iso_times import read_times
from trainer.counting.pattern_table import MAX_SPREAD_ROWS
from trainer.counting.table import NEVER_SEEN, NO_TIME
from trainer.counting.time_slots import Spread, concatenated, no_spread, spread_of

BUFFER_RECORDS: Final = 16_384
"""Records after which the buffers must be emptied, so that they stay in the processor's cache."""


class SeenTimes:
    """Times of rows.

    Args:
        year: of times that name none.

    Attributes:
        written: times of records since the last look, as they are written; to be appended to.
        rows: the row of each, as numbers from 0 on; likewise.
        n_known: whole times that were taken up.
    """

    def __init__(self, year: int | None = None) -> None:
        self._year = year
        self.written: list[object] = []
        self.rows: list[int] = []
        self.forget()

    def forget(self) -> None:
        """Begin with no rows."""
        self.n_known = 0
        self._first: Ints = np.empty(0, np.int64)
        self._last: Ints = np.empty(0, np.int64)
        self._spread: Spread | None = no_spread(0)

    def look(self, n_rows: int) -> None:
        """Take up what the buffers hold.

        Args:
            n_rows: how many rows there are by now.
        """
        more = n_rows - len(self._first)
        self._first = np.concatenate([self._first, np.full(more, NEVER_SEEN)])
        self._last = np.concatenate([self._last, np.full(more, NO_TIME)])
        times, known = read_times(self.written, self._year)
        rows = np.array(self.rows, np.int64)
        self.written.clear()  # and not new lists: their writers keep appending to them
        self.rows.clear()
        if not known.all():
            times, rows = times[known], rows[known]
        self.n_known += len(times)
        np.minimum.at(self._first, rows, times)
        np.maximum.at(self._last, rows, times)
        if self._spread is None or n_rows > MAX_SPREAD_ROWS:
            self._spread = None
            return
        self._spread = concatenated([self._spread, no_spread(more)])
        self._spread += spread_of(times, rows, n_rows)

    def ends(self) -> tuple[Ints, Ints]:
        """First and last times of all rows, as far as was looked."""
        return self._first, self._last

    def of(self, rows: Ints) -> tuple[Ints, Ints, Spread | None]:
        """First and last times of some rows, and how they spread, as far as was looked."""
        spread = None if self._spread is None else self._spread.take(rows)
        return self._first[rows], self._last[rows], spread
