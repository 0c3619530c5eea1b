"""What workers count together."""

import os
import signal
from typing import Any, cast

from inference.metrics.board import NO_ROW, Board


def test_what_a_killed_worker_counted_is_kept() -> None:
    """Whoever takes its place goes on where it stopped; what only says how things are is gone."""
    board = Board(n_rows=3)
    counted, passing = board.block(2), board.block(1, passing=True)
    board.open()
    row = board.join()
    child = os.fork()
    if child == 0:
        board.enter(row)
        board.cells[counted + 1] += 5
        board.cells[passing] += 1
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert board.totals()[:3].tolist() == [0, 5, 1]
    board.leave(row)
    assert board.totals()[:3].tolist() == [0, 5, 0]
    assert board.join() == row
    board.enter(row)
    board.cells[counted + 1] += 2
    assert board.totals()[:3].tolist() == [0, 7, 0]


def test_workers_add_up() -> None:
    """Each has a row of its own; rows that nobody entered are not read."""
    board = Board(n_rows=9)
    cell = board.block(1)
    board.open()
    for count in (1, 10):
        board.enter(board.join())
        board.cells[cell] += count
        board.row[cell] += count  # the same memory
    assert board.totals()[cell] == 22
    assert board.by_worker(slice(cell, cell + 1))[0].tolist() == [[2], [20]]


def test_blocks_are_of_the_same_workers() -> None:
    """Whatever is read together has as many rows, also when a worker enters its row meanwhile."""
    board = Board(n_rows=2)
    first, second = board.block(1), board.block(1)
    board.open()
    memory = board._rows

    class Rows:
        """Rows of which another is entered with each read."""

        def __getitem__(self, key: Any) -> Any:
            found = memory[key].copy()
            memory[1] = 7.0
            return found

    board._rows = cast(Any, Rows())
    assert [found.shape for found in board.by_worker(slice(first, 1), slice(second, 2))] == [
        (1, 1),
        (1, 1),
    ]
    assert board.totals()[[first, second]].tolist() == [7, 7]


def test_a_worker_too_many_counts_alone() -> None:
    """It disturbs nobody, and its row is never given away."""
    board = Board(n_rows=1)
    cell = board.block(1)
    board.open()
    assert board.join() == 0
    assert board.join() == NO_ROW
    board.enter(NO_ROW)
    board.cells[cell] += 1
    board.leave(NO_ROW)
    assert board.totals()[cell] == 0
    assert board.join() == NO_ROW


def test_blocks_do_not_overlap() -> None:
    """Each part has its cells to itself."""
    board = Board()
    assert [board.block(3), board.block(1), board.block(2)] == [0, 3, 4]
    board.open()
    assert len(board.cells) == 6 + 1  # and one of the board's own
