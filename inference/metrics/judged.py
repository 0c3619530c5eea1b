"""Counts judged logs: by service and level, by score, by feature, by pattern.

The counters of a log depend on its verdict alone, so they are found once, when the verdict is made,
and stay with the verdict as a number, its mark. The first kinds of verdicts, mostly the
most frequent, have a cell of their own: to count a log is then a single addition, and the kind is
looked up when metrics are read. The mark of any other kind says which cells to add to.
"""

import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Final, Protocol

import numpy as np
from prometheus_client.core import Metric

from inference.detectors.judgements import NOVELTIES, Judgement, Novelty
from inference.metrics.board import Board, Totals
from inference.metrics.families import Spec
from inference.metrics.kinds import Kinds, Mark, Parts
from inference.metrics.names import OTHER, Names
from inference.metrics.spread import Counts, Spread, spread_of
from schemas.record.bins import (
    LENGTH_BINS,
    SERVICE_BINS,
    length_bin,
    length_bins,
    service_bin,
    service_bins,
)
from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.features import SEVERITY, Level, LogFeatures
from schemas.record.key import FLAGS, LEVELS, Bools, Columns, Ints, flags_of

LOGS: Final = Spec(
    "log_anomaly_logs_total", "counter", "Logs that were judged", ("service", "level")
)
ANOMALIES: Final = Spec(
    "log_anomaly_anomalies_total",
    "counter",
    "Logs that were judged to be anomalies",
    ("service", "level"),
)
SCORE: Final = Spec("log_anomaly_score", "histogram", "anomaly_score of the logs that were judged")
UNSEEN: Final = Spec(
    "log_anomaly_unseen_logs_total",
    "counter",
    "Logs whose signature (service, level, flags, length) or template no training record had; "
    "models of isolation_forest know no templates",
    ("what",),
)
MESSAGES: Final = Spec(
    "log_anomaly_messages_total", "counter", "Logs whose template the model looked up"
)
PATTERN_LOGS: Final = Spec(
    "log_anomaly_pattern_logs_total",
    "counter",
    "Logs by pattern id, of those that were flagged and of those that were not; the first patterns "
    "that come are named, all others count as other",
    ("pattern_id", "anomaly"),
)
COMPUTED: Final = Spec(
    "log_anomaly_verdicts_computed_total",
    "counter",
    "Verdicts that no memo held, so that the model was asked",
)
SPECS: Final = (LOGS, ANOMALIES, SCORE, UNSEEN, MESSAGES, PATTERN_LOGS, COMPUTED)

SCORE_BINS: Final = 20
SCORE_BOUNDS: Final = tuple(n / SCORE_BINS for n in range(1, SCORE_BINS + 1))

KINDS: Final = 2_048
"""Kinds of verdicts that have a cell of their own."""

_SCORE_BOUNDS: Final = np.array(SCORE_BOUNDS)

_SCORE_UNIT: Final = 1_000_000
"""Scores are summed up as whole millionths."""

_mark_of = attrgetter("mark")

_SEVERITY_LEVELS: Final = [level.value for level in Level]


class Marked(Protocol):
    """A verdict, as far as it is counted."""

    @property
    def mark(self) -> Mark:
        """The mark that `Judged.mark` gave it."""


class Counted(Protocol):
    """Verdicts in columns, as far as they are counted."""

    @property
    def parts(self) -> Parts:
        """The parts that `Judged.parts` gave them."""


class Judged:
    """The judged logs of a service; a worker must count them from a single event loop.

    Args:
        board: where they are counted.
        n_services: services that have a label of their own.
        n_patterns: patterns that have a label, of flagged logs and of others each.
        n_kinds: kinds of verdicts that have a cell of their own, in each worker.
    """

    def __init__(
        self, board: Board, n_services: int, n_patterns: int, n_kinds: int = KINDS
    ) -> None:
        self._board = board
        self._services = Names(n_services)
        self._patterns = (Names(n_patterns), Names(n_patterns))
        self._by_service = (self._services.size, LEVELS, 2)
        self._by_score = (SCORE_BINS, FLAGS, len(NOVELTIES))
        self._by_length = (LENGTH_BINS, SERVICE_BINS)
        self._by_pattern = (2, n_patterns + 1)
        self._service_cells = board.block(int(np.prod(self._by_service)))
        self._score_cells = board.block(int(np.prod(self._by_score)))
        self._length_cells = board.block(int(np.prod(self._by_length)))
        self._pattern_cells = board.block(int(np.prod(self._by_pattern)))
        self._no_pattern = board.block(1)
        self._score_sum = board.block(1)
        self._computed = board.block(1)
        self._kinds = Kinds(board, n_kinds, self._score_sum)
        self._lock = threading.Lock()

    def mark(self, log: LogFeatures, judgement: Judgement, novelty: Novelty) -> Mark:
        """How a verdict is counted whenever it is given; may be called in any thread."""
        anomaly = int(judgement.is_anomaly)
        service = self._services.number(log.service)
        score = judgement.anomaly_score
        score_bin = min(bisect_left(SCORE_BOUNDS, score), SCORE_BINS - 1)
        number = service_number(log.service, SERVICE_BUCKETS)
        pattern = log.pattern if isinstance(log, MessageFeatures) else None
        return self._kinds.mark(
            self._service_cells + (service * LEVELS + SEVERITY[log.level]) * 2 + anomaly,
            self._score_cells
            + (score_bin * FLAGS + flags_of(log)) * len(NOVELTIES)
            + novelty.number,
            self._length_cells
            + length_bin(log.message_length) * SERVICE_BINS
            + service_bin(number),
            self._pattern_cell(pattern, judgement.is_anomaly),
            max(round(score * _SCORE_UNIT), 1),
        )

    def parts(
        self,
        services: Sequence[str],
        columns: Columns,
        is_anomaly: Bools,
        scores: Counts,
        novelties: Ints,
        patterns: Sequence[int | None] = (),
    ) -> Parts:
        """The same for several whose columns are known, without marks; in any thread.

        Args:
            services: of the logs; not empty.
            columns: of the logs.
            is_anomaly: the label of each, of shape (n,).
            scores: anomaly score of each, float64 of shape (n,).
            novelties: `Novelty.number` of each, int64 of shape (n,).
            patterns: of the messages, None for a log without a message; empty if none has any.
        """
        length, level, service, flags = columns
        named = np.array(self._services.numbers(services), np.int64)
        score_bin = np.minimum(np.searchsorted(_SCORE_BOUNDS, scores), SCORE_BINS - 1)
        columns_of_cells = (
            self._service_cells + (named * LEVELS + level) * 2 + is_anomaly,
            self._score_cells + (score_bin * FLAGS + flags) * len(NOVELTIES) + novelties,
            self._length_cells + length_bins(length) * SERVICE_BINS + service_bins(service),
            list(map(self._pattern_cell, patterns, is_anomaly.tolist()))
            if patterns
            else self._no_pattern,
            np.maximum(np.rint(scores * _SCORE_UNIT), 1),
        )
        parts = np.empty((len(services), len(columns_of_cells)), np.int32)
        for place, column in enumerate(columns_of_cells):
            parts[:, place] = column
        return parts

    def marks(self, parts: Parts) -> list[Mark]:
        """The marks of logs by their parts; may be called in any thread."""
        return self._kinds.marks(parts)

    def _pattern_cell(self, pattern: int | None, anomaly: bool) -> int:  # noqa: FBT001
        if pattern is None:
            return self._no_pattern
        named = self._patterns[anomaly].number(f"{pattern:016x}")
        return self._pattern_cells + anomaly * self._by_pattern[1] + named

    def computed(self, n_verdicts: int) -> None:
        """Count verdicts that were made; may be called in any thread."""
        with self._lock:
            self._board.cells[self._computed] += n_verdicts

    def count(self, verdict: Marked) -> None:
        """Count a log by its verdict: some hundreds of nanoseconds."""
        mark = verdict.mark
        if isinstance(mark, int):  # mostly; a call less for each prediction
            self._board.cells[mark] += 1
        else:
            self._kinds.count(mark)

    def count_all(self, verdicts: Sequence[Marked]) -> None:
        """Count logs by their verdicts: some tens of nanoseconds each."""
        self._kinds.count_all(list(map(_mark_of, verdicts)))

    def count_columns(self, verdicts: Counted) -> None:
        """Count logs by verdicts in columns: some tens of nanoseconds each."""
        self._kinds.count_parts(verdicts.parts)

    def spread(self, totals: Totals) -> Spread:
        """The counts that drift is computed from."""
        return spread_of(*self._tables(self._kinds.expanded(totals)))

    def families(self, totals: Totals) -> Iterable[Metric]:
        """All of it; a service has samples of the levels that came."""
        totals = self._kinds.expanded(totals)
        by_service, by_score, by_length = self._tables(totals)
        names = self._services.listed()
        logs = by_service.sum(axis=2)
        came = [(service, level) for service, level in np.argwhere(logs).tolist()]
        labels = [(names[service], _SEVERITY_LEVELS[level]) for service, level in came]
        yield LOGS.counter(
            (label, logs[at]) for label, at in zip(labels, map(tuple, came), strict=True)
        )
        yield ANOMALIES.counter(
            (label, by_service[(*at, 1)]) for label, at in zip(labels, came, strict=True)
        )
        scores = by_score.sum(axis=(1, 2)).tolist()
        total = float(totals[self._score_sum]) / _SCORE_UNIT
        yield SCORE.histogram(SCORE_BOUNDS, [((), [*scores, 0.0], total)])
        spread = spread_of(by_service, by_score, by_length)
        yield UNSEEN.counter(
            [(("signature",), spread.unseen_signatures), (("template",), spread.unseen_templates)]
        )
        yield MESSAGES.counter([((), spread.n_messages)])
        yield PATTERN_LOGS.counter(self._patterned(totals))
        yield COMPUTED.counter([((), totals[self._computed])])

    def _patterned(self, totals: Totals) -> Iterable[tuple[tuple[str, str], float]]:
        size = int(np.prod(self._by_pattern))
        counts = totals[self._pattern_cells : self._pattern_cells + size].reshape(self._by_pattern)
        for anomaly, names in enumerate(self._patterns):
            for name, count in zip(names.listed(), counts[anomaly].tolist(), strict=False):
                if count or name == OTHER:
                    yield (name, "true" if anomaly else "false"), count

    def _tables(self, totals: Totals) -> tuple[Counts, Counts, Counts]:
        """Counts by service, level and label; by score, flags and novelty; by length, service."""
        service, score, length = (
            totals[first : first + int(np.prod(shape))].reshape(shape)
            for first, shape in (
                (self._service_cells, self._by_service),
                (self._score_cells, self._by_score),
                (self._length_cells, self._by_length),
            )
        )
        return service, score, length
