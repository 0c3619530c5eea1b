"""Numbers that the workers of a service count, in memory that is made before the fork.

Each worker adds to a row of its own, so no count needs a lock, and a count costs as much as any
addition in Python. The worker that answers adds the rows up.

A row is never cleared. When its worker has ended, in whatever way, the next worker goes on where it
stopped. So no sum goes back, and the counts of a killed worker are not lost.
"""

import mmap
from typing import Final, cast

import numpy as np
import numpy.typing as npt

Totals = npt.NDArray[np.float64]
"""The sum over all workers, of shape (n_cells,)."""

BYTES: Final = 8
"""Of a cell: a float64, which counts exactly up to 2**53."""

NO_ROW: Final = -1


class Board:
    """Rows of cells; the parts of a service take blocks of cells before it is opened.

    Attributes:
        row: that of this process, to be added to, of shape (n_cells,). Before a worker enters its
            own it is the first.
        cells: the same as plain floats, without a numpy object in between.

    Args:
        n_rows: workers that may be there at once.
    """

    def __init__(self, n_rows: int = 1) -> None:
        self.row: Totals = np.zeros(1)
        self.cells = cast("memoryview[float]", self.row.data)
        self._n_rows = n_rows
        self._n_cells = 0
        self._passing: list[slice] = []
        self._rows: npt.NDArray[np.float64] = np.empty((0, 0))
        self._free: list[int] = []
        self._entered = 0

    def block(self, size: int, *, passing: bool = False) -> int:
        """Take cells for a part, before the board is opened.

        Args:
            size: how many.
            passing: they say how things are and not what has been counted, and so end with their
                worker.

        Returns:
            The first of them; the others follow.
        """
        first = self._n_cells
        self._n_cells += size
        if passing:
            self._passing.append(slice(first, self._n_cells))
        return first

    def open(self) -> None:
        """Make the memory, all zero, for this process and those that are forked from it, once."""
        if self._rows.size:
            return
        self._entered = self.block(1)
        memory = mmap.mmap(-1, BYTES * max(self._n_rows * self._n_cells, 1))
        rows = np.frombuffer(memory, np.float64, self._n_rows * self._n_cells)
        self._rows = rows.reshape(self._n_rows, self._n_cells)
        self._free = list(range(self._n_rows))
        self.enter(0)

    def join(self) -> int:
        """A row for a worker that is about to be forked, to be called in the master.

        Returns:
            NO_ROW if there are more workers than rows; it counts for itself alone.
        """
        return self._free.pop(0) if self._free else NO_ROW

    def leave(self, row: int) -> None:
        """Free the row of a worker that has ended, to be called in the master."""
        if row != NO_ROW:
            for passing in self._passing:
                self._rows[row, passing] = 0
            self._free.insert(0, row)

    def enter(self, row: int) -> None:
        """Count in this row from now on, to be called in the worker."""
        self.row = self._rows[row] if row != NO_ROW else np.zeros(self._n_cells)
        self.cells = cast("memoryview[float]", self.row.data)
        self.cells[self._entered] = 1

    def totals(self) -> Totals:
        """The counts of all workers, including workers that have ended."""
        (rows,) = self.by_worker(slice(None))
        totals: Totals = rows.sum(axis=0)
        return totals

    def by_worker(self, *blocks: slice) -> list[npt.NDArray[np.float64]]:
        """Copies of what each worker has in blocks of cells, each of shape (n_workers, size).

        Blocks are read in their order. Their rows are those of the same workers, whoever enters a
        row meanwhile.
        """
        rows = np.flatnonzero(self._rows[:, self._entered])
        return [self._rows[rows, block] for block in blocks]
