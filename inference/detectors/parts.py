"""Rows shared out among the cores, or worked on in an order in which alike rows are neighbours."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from inference.cores import usable_cores
from schemas.record.key import Ints

ROWS_WORTH_A_THREAD: Final = 16_384
ROWS_AT_ONCE: Final = 32_768
"""Larger parts are cut, where several are worked on."""

ROWS_WORTH_SORTING: Final = 256
"""From this many rows on, sorting saves the trees more time than it costs."""

Columns = tuple[npt.NDArray[Any], ...]


def in_parts(
    function: Callable[[npt.NDArray[np.float32]], Columns],
    rows: npt.NDArray[np.float32],
    *,
    part_rows: int = ROWS_WORTH_A_THREAD,
    max_parts: int | None = None,
    alike_together: bool = True,
) -> Columns:
    """Apply a function of rows to many of them, on all cores.

    Trees answer alike rows from the same few cache lines, so rows are worked on in sorted order:
    that nearly halves the time. Tables gain nothing by it.

    Args:
        function: gives columns; an entry of a column depends on its row alone.
        rows: float32 of shape (n, n_features).
        part_rows: rows that are worth a part of their own.
        max_parts: how many parts are worked on at once; None for as many as there are cores.
        alike_together: work on the rows in sorted order.

    Returns:
        The columns for all rows, in their order.
    """
    n_parts = n_threads = 1 + len(rows) // part_rows
    if n_parts > 1:
        n_threads = min(max_parts or usable_cores(), n_parts)
        # More parts than threads: what is made of a part is put in its place before the end.
        n_parts = max(n_threads, len(rows) // ROWS_AT_ONCE)
    if n_threads == 1:
        if not alike_together or len(rows) < ROWS_WORTH_SORTING:
            return function(rows)
        return in_order(function, rows, np.lexsort(rows.T))
    orders: Sequence[Ints | slice]
    if alike_together:
        orders = np.array_split(np.lexsort(rows.T), n_parts)
    else:
        ends = [len(rows) * part // n_parts for part in range(n_parts + 1)]
        orders = [slice(*span) for span in pairwise(ends)]
    found: list[npt.NDArray[Any]] = []
    with ThreadPoolExecutor(n_threads) as threads:
        parts = threads.map(lambda order: function(rows[order]), orders)
        for order, columns in zip(orders, parts, strict=True):
            # Results go straight to their place: a table may be large, and no copy is kept.
            found = found or [
                np.empty((len(rows), *column.shape[1:]), column.dtype) for column in columns
            ]
            for whole, column in zip(found, columns, strict=True):
                whole[order] = column
    return tuple(found)


def in_order(
    function: Callable[[npt.NDArray[np.float32]], Columns],
    rows: npt.NDArray[np.float32],
    order: Ints,
) -> Columns:
    """Apply a function of rows as `in_parts` does, on a single core and in a known order.

    Trees answer alike rows from the same few cache lines, so an order in which alike rows are
    neighbours takes a fifth off 1,000 rows, and a third off 10,000.

    Args:
        function: as there.
        rows: as there.
        order: the rows' indices, of shape (n,).
    """
    found = []
    for column in function(rows[order]):
        whole = np.empty_like(column)
        whole[order] = column
        found.append(whole)
    return tuple(found)
