"""Counts of judged logs."""

import copy
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.detectors.judgements import NOVELTIES, Judgement
from inference.metrics.board import Board
from inference.metrics.judged import SCORE_BOUNDS, Judged
from inference.metrics.kinds import Mark
from inference.model.verdicts import Verdict, make_verdict
from schemas.record.bins import LENGTH_BINS, length_bin
from schemas.record.extraction import MessageFeatures, patterns_of
from schemas.record.features import Level, LogFeatures
from schemas.record.key import FLAG_VALUES, columns_of

N_SERVICES = 3
N_PATTERNS = 2

features = {
    "message_length": st.integers(0, 2**24),
    "level": st.sampled_from(list(Level)),
    "service": st.sampled_from(["a", "b", "c", "d", 'odd"\n\\']),
    "has_exception": st.booleans(),
    "has_timeout": st.booleans(),
    "has_connection_error": st.booleans(),
}
logs = st.one_of(
    st.builds(LogFeatures, **features),
    st.builds(MessageFeatures, **features, pattern=st.integers(0, 4), has_failure=st.booleans()),
)
scores = st.one_of(st.floats(1e-9, 1), st.sampled_from([n / 20 for n in range(1, 21)]))
judgements = st.builds(
    lambda score, is_anomaly: Judgement(is_anomaly, score, 0.0, 0.0, b"", b""),
    scores,
    st.booleans(),
)


def values(judged: Judged, board: Board) -> dict[tuple[str, ...], float]:
    """Samples by name and labels in the order of their names."""
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in judged.families(board.totals())
        for sample in family.samples
    }


@given(
    st.lists(st.tuples(logs, judgements, st.sampled_from(NOVELTIES)), max_size=40),
    st.integers(0, 10),
)
def test_what_is_counted_is_what_was_judged(
    judged_logs: list[tuple[Any, ...]], n_kinds: int
) -> None:
    """One by one and all at once, in cells of their own and without, sums are those of the logs."""
    found = []
    for at_once in (False, True):
        board = Board()
        judged = Judged(board, N_SERVICES, N_PATTERNS, n_kinds)
        board.open()
        marks = [judged.mark(*judged_log) for judged_log in judged_logs]
        if at_once and judged_logs:
            assert _mark_all(judged, judged_logs) == marks
        verdicts = [
            make_verdict(judgement, "1", mark)
            for (_, judgement, _), mark in zip(judged_logs, marks, strict=True)
        ]
        if at_once:
            judged.count_all(verdicts)
        else:
            for verdict in verdicts:
                judged.count(verdict)
        found.append(values(judged, board))
        spread = judged.spread(board.totals())
    assert found[0] == found[1]
    _check(found[0], judged_logs)
    lengths = Counter(length_bin(log.message_length) for log, *_ in judged_logs)
    assert spread.features[0].tolist() == [lengths[bin_] for bin_ in range(LENGTH_BINS)]
    for place, name in enumerate(("has_exception", "has_timeout", "has_connection_error"), 3):
        raised = sum(getattr(log, name) for log, *_ in judged_logs)
        assert spread.features[place].tolist() == [len(judged_logs) - raised, raised]


@given(
    st.lists(st.tuples(logs, judgements, st.sampled_from(NOVELTIES)), max_size=40),
    st.integers(0, 10),
)
def test_marks_of_many_are_those_of_each(judged_logs: list[tuple[Any, ...]], n_kinds: int) -> None:
    """Which kinds get cells of their own included, when nothing has been marked before."""
    found = []
    for at_once in (False, True):
        board = Board()
        judged = Judged(board, N_SERVICES, N_PATTERNS, n_kinds)
        board.open()
        alone = [judged.mark(*judged_log) for judged_log in judged_logs] if not at_once else []
        found.append(alone or (_mark_all(judged, judged_logs) if judged_logs else []))
    assert found[0] == found[1]


def _mark_all(judged: Judged, judged_logs: list[tuple[Any, ...]]) -> list[Mark]:
    logs_ = [log for log, *_ in judged_logs]
    novelties = np.array([novelty.number for *_, novelty in judged_logs], np.int64)
    is_anomaly = np.array([judgement.is_anomaly for _, judgement, _ in judged_logs])
    scores = np.array([judgement.anomaly_score for _, judgement, _ in judged_logs])
    services = [log.service for log in logs_]
    columns, patterns = columns_of(logs_), patterns_of(logs_)
    return judged.marks(judged.parts(services, columns, is_anomaly, scores, novelties, patterns))


def _check(found: dict[tuple[str, ...], float], judged_logs: list[tuple[Any, ...]]) -> None:
    services = list(dict.fromkeys(log.service for log, *_ in judged_logs))[:N_SERVICES]
    by_service: Counter[tuple[str, str]] = Counter()
    flagged: Counter[tuple[str, str]] = Counter()
    for log, judgement, _ in judged_logs:
        service = log.service if log.service in services else "other"
        by_service[log.level.value, service] += 1
        flagged[log.level.value, service] += judgement.is_anomaly
    assert by_service == {k[1:]: n for k, n in found.items() if k[0] == "log_anomaly_logs_total"}
    assert flagged == {k[1:]: n for k, n in found.items() if k[0] == "log_anomaly_anomalies_total"}
    for bound in SCORE_BOUNDS:
        below = sum(judgement.anomaly_score <= bound for _, judgement, _ in judged_logs)
        assert found["log_anomaly_score_bucket", str(bound)] == below
    total = sum(judgement.anomaly_score for _, judgement, _ in judged_logs)
    assert found["log_anomaly_score_sum",] == pytest.approx(total, abs=1e-6 * len(judged_logs))
    unseen = "log_anomaly_unseen_logs_total"
    novelties = [novelty for *_, novelty in judged_logs]
    assert found[unseen, "signature"] == sum(novelty.new_signature for novelty in novelties)
    assert found[unseen, "template"] == sum(novelty.new_template for novelty in novelties)
    assert found["log_anomaly_messages_total",] == sum(
        novelty.has_template for novelty in novelties
    )
    patterns = {k: n for k, n in found.items() if k[0] == "log_anomaly_pattern_logs_total"}
    with_pattern = [log for log, *_ in judged_logs if isinstance(log, MessageFeatures)]
    assert sum(patterns.values()) == len(with_pattern)
    assert len(patterns) <= 2 * (N_PATTERNS + 1)


def test_no_logs() -> None:
    """An empty batch is counted as nothing."""
    board = Board()
    judged = Judged(board, 1, 0)
    board.open()
    none: list[Verdict] = []
    judged.count_all(none)
    assert board.totals().sum() == 1  # that the row is in use


def test_the_next_worker_goes_on_where_one_stopped() -> None:
    """It knows the kinds of verdicts of its row, and gives out only what cells are left."""
    log = LogFeatures(5, Level.INFO, "a", *FLAG_VALUES[0])
    judgement = Judgement(True, 0.5, 0.0, 0.0, b"", b"")  # noqa: FBT003 - it is an anomaly
    board = Board(n_rows=1)
    workers = [Judged(board, N_SERVICES, N_PATTERNS, 1)]
    board.open()
    workers.append(copy.copy(workers[0]))  # as after a fork
    for judged in workers:
        board.enter(0)
        marks = [judged.mark(log, judgement, novelty) for novelty in NOVELTIES[:2]]
        assert [type(mark) for mark in marks] == [int, bytes]
        for mark in marks:
            judged.count(make_verdict(judgement, "1", mark))
    found = values(workers[0], board)
    assert found["log_anomaly_logs_total", "INFO", "a"] == 4
    assert found["log_anomaly_unseen_logs_total", "signature"] == 2
    assert found["log_anomaly_score_sum",] == 2
