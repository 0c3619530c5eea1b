"""The findings of the shadow, summed up over all workers of a service.

Counters never go back. What is reported of the candidate begins anew with each pair
of models: a worker's row names the pair that its cells are about, so that the next worker which
gets the row goes on with them if it is still the same.
"""

import hashlib
from collections.abc import Iterable
from typing import Final

import msgspec
from prometheus_client.core import Metric

from inference.metrics.board import Board
from inference.metrics.families import Spec
from inference.shadow.comparing import Comparison
from inference.shadow.examples import Examples
from schemas.api.shadow import STATES, ShadowExample, ShadowState

LOGS: Final = Spec(
    "log_anomaly_shadow_logs_total",
    "counter",
    "Logs that a candidate judged too, by who flags them: neither, both, or the model or the "
    "candidate alone; only with ANOMALY_SHADOW",
    ("flagged_by",),
)
DROPPED: Final = Spec(
    "log_anomaly_shadow_dropped_total",
    "counter",
    "Logs that the candidate did not judge, for want of processor time or room, or since it is "
    "broken; only with ANOMALY_SHADOW",
)
WORKERS: Final = Spec(
    "log_anomaly_shadow_workers",
    "gauge",
    "Workers by what their candidate does: judging, broken, missing, or serving itself; only with "
    "ANOMALY_SHADOW",
    ("state",),
)
SPECS: Final = (LOGS, DROPPED, WORKERS)

_FLAGGED_BY: Final = ("neither", "both", "model", "candidate")
_PAIR_DIGITS: Final = 13
"""Of a hash in hexadecimal: 52 bits, which a cell holds exactly."""


class Found(msgspec.Struct, frozen=True):
    """The findings of all workers on a pair of models.

    Attributes:
        n_neither, n_both, n_model, n_candidate: logs, by who flags them.
        n_dropped: logs that the candidate did not judge.
        n_judging: workers that judge by it.
        examples: logs that only the model or only the candidate flags.
    """

    n_neither: int
    n_both: int
    n_model: int
    n_candidate: int
    n_dropped: int
    n_judging: int
    examples: list[ShadowExample]


class Figures:
    """Counts what is found; a worker must use it from a single event loop.

    Args:
        board: where it is counted, before it is opened.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._logs = {who: board.block(1) for who in _FLAGGED_BY}
        self._dropped = board.block(1)
        self._state = board.block(1, passing=True)
        self._pair = board.block(1)
        self._found = {who: board.block(1) for who in (*_FLAGGED_BY, "dropped")}
        self._first, self._size = self._pair, 1 + len(self._found)
        self._examples = Examples(board)

    def begin(self, model: str, candidate: str) -> None:
        """Count for this pair from now on.

        Args:
            model: the hash that identifies what answers.
            candidate: that of the candidate.
        """
        pair = _pair_of(model, candidate)
        cells = self._board.cells
        if cells[self._pair] != pair:
            self._examples.clear()
            for cell in self._found.values():
                cells[cell] = 0
            cells[self._pair] = pair

    def announce(self, state: ShadowState) -> None:
        """Set the state of this worker's candidate."""
        self._board.cells[self._state] = STATES.index(state)

    def add(self, comparison: Comparison) -> None:
        """Count what a comparison found."""
        cells = self._board.cells
        counts = (
            comparison.n_neither,
            comparison.n_both,
            comparison.n_model,
            comparison.n_candidate,
        )
        for who, count in zip(_FLAGGED_BY, counts, strict=True):
            cells[self._logs[who]] += count
            cells[self._found[who]] += count
        self.drop(comparison.n_skipped)
        for difference in comparison.differences:
            self._examples.keep(difference)

    def drop(self, n_logs: int) -> None:
        """Count logs that are not judged by the candidate."""
        self._board.cells[self._dropped] += n_logs
        self._board.cells[self._found["dropped"]] += n_logs

    def of_pair(self, model: str, candidate: str) -> Found:
        """The findings of all workers on a pair; arguments as for `begin`."""
        cells, states, kept = self._board.by_worker(
            slice(self._first, self._first + self._size),
            slice(self._state, self._state + 1),
            self._examples.block,
        )
        rows = cells[:, 0] == _pair_of(model, candidate)
        neither, both, of_model, of_candidate, dropped = (
            cells[rows, 1:].sum(axis=0).astype(int).tolist()
        )
        judging = (states.ravel() == STATES.index("judging")) & rows
        examples = self._examples.listed(kept[rows])
        n_judging = int(judging.sum())
        return Found(neither, both, of_model, of_candidate, dropped, n_judging, examples)

    def families(self) -> Iterable[Metric]:
        """The families, over all workers."""
        totals = self._board.totals()
        yield LOGS.counter(((who,), totals[cell]) for who, cell in self._logs.items())
        yield DROPPED.counter([((), totals[self._dropped])])
        (cells,) = self._board.by_worker(slice(self._state, self._state + 1))
        states = cells.ravel().astype(int).tolist()
        yield WORKERS.gauge(
            ((state,), states.count(number)) for number, state in enumerate(STATES) if number
        )


def _pair_of(model: str, candidate: str) -> float:
    return float(
        int(hashlib.sha256(f"{model} {candidate}".encode()).hexdigest()[:_PAIR_DIGITS], 16)
    )
