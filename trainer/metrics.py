"""The metrics of the trainer service."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from prometheus_client.core import Metric

from inference.metrics import traffic
from inference.metrics.board import Board, Totals
from inference.metrics.build import BUILD, build_family
from inference.metrics.families import Spec
from inference.metrics.traffic import Traffic
from schemas.api.training import TrainResponse
from schemas.api.validation import InvalidBodyError, MalformedJsonError
from trainer.errors import (
    AbandonedError,
    BudgetError,
    ForestTooLargeError,
    InsensitiveModelError,
    TooFewRowsError,
    TrainerBusyError,
)

TRAININGS: Final = Spec(
    "log_anomaly_trainings_total",
    "counter",
    "Trainings by how they ended: published; refused for what was asked or sent; busy with another "
    "training; abandoned by who asked; failed",
    ("result",),
)
DURATION: Final = Spec(
    "log_anomaly_training_duration_seconds", "histogram", "Duration of published trainings"
)
ROWS: Final = Spec(
    "log_anomaly_training_rows_total", "counter", "Rows that published models learned from"
)
SPECS: Final = (*traffic.SPECS, TRAININGS, DURATION, ROWS, BUILD)

BOUNDS_S: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1_800.0)

PUBLISHED, REFUSED, BUSY, ABANDONED, FAILED = RESULTS = (
    "published",
    "refused",
    "busy",
    "abandoned",
    "failed",
)
_KINDS: Final[dict[type[Exception], str]] = {
    MalformedJsonError: REFUSED,
    InvalidBodyError: REFUSED,
    TooFewRowsError: REFUSED,
    BudgetError: REFUSED,
    ForestTooLargeError: REFUSED,
    InsensitiveModelError: REFUSED,
    TrainerBusyError: BUSY,
    AbandonedError: ABANDONED,
}


class TrainerMetrics:
    """Requests and trainings.

    Attributes:
        traffic: counts requests.

    Args:
        board: where all of it is counted; opened here.
        routes: paths as they are routed.
        problems: kinds of problems.
    """

    def __init__(self, board: Board, routes: list[str], problems: list[str]) -> None:
        self._board = board
        self.traffic = Traffic(board, routes, problems)
        self._results = {result: board.block(1) for result in RESULTS}
        self._buckets = board.block(len(BOUNDS_S) + 1)
        self._seconds = board.block(1)
        self._rows = board.block(1)
        board.open()

    def published(self, trained: TrainResponse) -> None:
        """Count a training that came to its end."""
        cells = self._board.cells
        cells[self._results[PUBLISHED]] += 1
        cells[self._buckets + bisect_left(BOUNDS_S, trained.duration_s)] += 1
        cells[self._seconds] += trained.duration_s
        cells[self._rows] += trained.n_samples

    def failed(self, error: Exception) -> None:
        """Count a training that failed."""
        kinds = (_KINDS[kind] for kind in type(error).__mro__ if kind in _KINDS)
        self._board.cells[self._results[next(kinds, FAILED)]] += 1

    def families(self) -> Iterable[Metric]:
        """All metrics."""
        totals: Totals = self._board.totals()
        yield build_family()
        yield from self.traffic.families(totals)
        yield TRAININGS.counter(((result,), totals[cell]) for result, cell in self._results.items())
        buckets = totals[self._buckets : self._buckets + len(BOUNDS_S) + 1].tolist()
        yield DURATION.histogram(BOUNDS_S, [((), buckets, float(totals[self._seconds]))])
        yield ROWS.counter([((), totals[self._rows])])
