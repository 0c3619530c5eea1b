"""Kinds of verdicts, by the cells that a log with such a verdict adds to.

The first kinds, which are mostly the most frequent, have a cell of their own in each worker's row:
to count a log is then a single addition, and the reader of the metrics looks the kind up. The mark
of any other kind names the cells to add to itself.
"""

import struct
import threading
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from inference.metrics.board import Board, Totals

N_CELLS: Final = 4

_N_PARTS: Final = N_CELLS + 1
_KIND: Final = struct.Struct(f"<{_N_PARTS}i")
_PART: Final = np.dtype("<i4")

Parts = npt.NDArray[np.int32]
"""Kinds, of shape (n, N_CELLS + 1): the cells that each adds to, and a whole number above 0."""

Mark = int | bytes
"""The cell of a kind that has its own; of any other kind the bytes of its parts."""


class Kinds:
    """Marks, and the counts by them.

    Args:
        board: where they are counted.
        n_kinds: kinds that have a cell of their own, in each worker.
        sum_cell: what the last part of each kind is added to.
    """

    def __init__(self, board: Board, n_kinds: int, sum_cell: int) -> None:
        self._board = board
        self._n_kinds = n_kinds
        self._sum_cell = sum_cell
        self._counts = board.block(n_kinds)
        self._parts = board.block(n_kinds * _N_PARTS)
        self._used = board.block(1)
        self._marks: dict[bytes, int] = {}
        self._row = np.empty(0)
        self._lock = threading.Lock()

    def mark(self, *parts: int) -> Mark:
        """The mark of a kind; may be called in any thread."""
        return self._marks_of([_KIND.pack(*parts)])[0]

    def marks(self, parts: Parts) -> list[Mark]:
        """The marks of several kinds; may be called in any thread."""
        whole = parts.astype(_PART, copy=False).tobytes()
        return self._marks_of(
            [whole[at : at + _KIND.size] for at in range(0, len(whole), _KIND.size)]
        )

    def count(self, mark: Mark) -> None:
        """Count a log by its mark: some hundreds of nanoseconds."""
        cells = self._board.cells
        if isinstance(mark, int):
            cells[mark] += 1
            return
        *places, number = _KIND.unpack(mark)
        for place in places:
            cells[place] += 1
        cells[self._sum_cell] += number

    def count_all(self, marks: Sequence[Mark]) -> None:
        """Count logs by their marks: some tens of nanoseconds each."""
        if len(marks) == 1:  # for which numpy takes longer
            self.count(marks[0])
            return
        others: list[bytes] = []
        if bytes in set(map(type, marks)):
            others = [mark for mark in marks if isinstance(mark, bytes)]
        if len(others) < len(marks):
            known = [mark for mark in marks if isinstance(mark, int)] if others else marks
            np.add.at(self._board.row, np.array(known, np.int64), 1.0)
        if others:  # they have no cell of their own
            self.count_parts(np.frombuffer(b"".join(others), _PART).reshape(-1, _N_PARTS))

    def count_parts(self, parts: Parts) -> None:
        """Count logs by the parts of their kinds, without marks."""
        np.add.at(self._board.row, parts[:, :N_CELLS].ravel(), 1.0)
        self._board.row[self._sum_cell] += int(parts[:, N_CELLS].sum(dtype=np.int64))

    def expanded(self, totals: Totals) -> Totals:
        """The totals with what was counted in cells of kinds."""
        totals = totals.copy()
        # Counts first: what a kind is was written before.
        counts, parts = self._board.by_worker(
            slice(self._counts, self._counts + self._n_kinds),
            slice(self._parts, self._parts + self._n_kinds * _N_PARTS),
        )
        counts, parts = counts.ravel(), parts.reshape(-1, _N_PARTS)
        came = counts > 0
        counts, parts = counts[came], parts[came]
        for column in range(N_CELLS):
            np.add.at(totals, parts[:, column].astype(np.int64), counts)
        totals[self._sum_cell] += counts @ parts[:, N_CELLS]
        return totals

    def _marks_of(self, kinds: Sequence[bytes]) -> list[Mark]:
        with self._lock:
            known = self._known()
            marks = list(map(known.get, kinds))
            if len(known) < self._n_kinds:
                for at, kind in enumerate(kinds):
                    if marks[at] is None:  # it may stand twice
                        marks[at] = known[kind] if kind in known else self._take(kind)
        return [kind if mark is None else mark for kind, mark in zip(kinds, marks, strict=True)]

    def _known(self) -> dict[bytes, int]:
        """The kinds of this worker's row, those of the worker among them that had it before."""
        row = self._board.row
        if row is not self._row:
            self._row = row
            used = int(row[self._used])
            parts = row[self._parts : self._parts + used * _N_PARTS].astype(_PART)
            kinds = parts.reshape(used, _N_PARTS)
            self._marks = {kind.tobytes(): cell for cell, kind in enumerate(kinds, self._counts)}
        return self._marks

    def _take(self, kind: bytes) -> int | None:
        """Give a kind a cell of its own, if any is left.

        The kind is written before anything is counted in the cell; a worker that dies in between
        has written nothing.
        """
        number = len(self._marks)
        if number >= self._n_kinds:
            return None
        first = self._parts + number * _N_PARTS
        self._row[first : first + _N_PARTS] = _KIND.unpack(kind)
        self._row[self._used] = number + 1
        self._marks[kind] = mark = self._counts + number
        return mark
