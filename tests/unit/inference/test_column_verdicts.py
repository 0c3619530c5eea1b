"""Batches of which nothing was known: judged, answered and counted in columns, as any other."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inference.intake.requests import message_of
from inference.metrics.board import Board
from inference.metrics.judged import Judged
from inference.model.flagged import FlaggedLogs
from inference.model.model import LOGS_WORTH_SAMPLING, SAMPLED, Model
from inference.model.verdicts import batch_json
from inference.store.versions import ModelStore
from schemas.api.predictions import PredictRequest
from schemas.bundle.contents import Bundle
from schemas.record.extraction import extract
from schemas.record.features import Level, LogFeatures
from tests.made_logs import make_logs

logs_of_any_kind = st.builds(
    LogFeatures,
    st.integers(0, 2**24),
    st.sampled_from(list(Level)),
    st.sampled_from(["auth", "billing", "cart", "é", "x" * 256]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
names = st.one_of(st.text(max_size=8), st.integers(0, 2**63 - 1))


@pytest.fixture(params=["isolation_forest", "surprisal"])
def bundle(request: pytest.FixtureRequest, model_dir: Path, surprisal_bundle: Bundle) -> Bundle:
    """A model of each detector."""
    if request.param == "surprisal":
        return surprisal_bundle
    return ModelStore(model_dir).bundle(1)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(logs_of_any_kind, names),
        min_size=LOGS_WORTH_SAMPLING,
        max_size=LOGS_WORTH_SAMPLING + 40,
    )
)
def test_columns_change_nothing(bundle: Bundle, asked: list[tuple[LogFeatures, str | int]]) -> None:
    """Answers are the same bytes as those to each log alone, and sums of counts the same."""
    logs = [log for log, _ in asked]
    requests = [PredictRequest(name, log) for log, name in asked]
    found, answers = [], []
    for in_columns in (True, False):
        board = Board()
        judged = Judged(board, n_services=2, n_patterns=0, n_kinds=10)
        board.open()
        model = Model(bundle, memo_capacity=1_000, marker=judged)
        if in_columns:
            verdicts = model.verdicts_in_columns(logs)
            assert verdicts is not None
            answers.append(verdicts.json([request.log_id for request in requests]))
            judged.count_columns(verdicts)
        else:
            alone = [model.verdict(log) for log in logs]
            answers.append(batch_json(requests, alone, model.version))
            judged.count_all(alone)
        found.append(_counts(judged, board))
    assert answers[0] == answers[1]
    assert found[0] == found[1]


def _counts(judged: Judged, board: Board) -> dict[Any, float]:
    return {
        (sample.name, *sample.labels.items()): sample.value
        for family in judged.families(board.totals())
        for sample in family.samples
        if "computed" not in sample.name  # the same log twice is judged twice
    }


def test_what_comes_again_is_soon_known(bundle: Bundle) -> None:
    """A batch leaves each sixteenth record in the memo, others each time, until all are."""
    logs = list(dict.fromkeys(make_logs(4_000, seed=11)))[:LOGS_WORTH_SAMPLING]
    assert len(logs) == LOGS_WORTH_SAMPLING
    board = Board()
    judged = Judged(board, n_services=2, n_patterns=0)
    board.open()
    model = Model(bundle, memo_capacity=1_000, marker=judged)
    for _ in range(SAMPLED):
        assert model.verdicts_in_columns(logs) is not None
    assert model.verdicts_in_columns(logs) is None
    computed = board.totals()
    model.verdicts(logs)
    assert board.totals().tolist() == computed.tolist()


def test_half_of_the_sample_decides(bundle: Bundle) -> None:
    """A batch of which less than half is new is judged record by record."""
    logs = list(dict.fromkeys(make_logs(4_000, seed=11)))[:LOGS_WORTH_SAMPLING]
    for n_known, in_columns in ((0, True), (31, True), (33, False), (64, False)):
        model = Model(bundle, memo_capacity=1_000)
        for log in logs[:n_known]:
            model.verdict(log)
        assert (model.verdicts_in_columns(logs) is not None) == in_columns


def test_other_batches_are_judged_log_by_log(bundle: Bundle) -> None:
    """Small batches, and batches with messages."""
    logs = make_logs(LOGS_WORTH_SAMPLING, seed=3)
    with_message = extract("worker 7 of 8 is idle", Level.INFO, "cart")
    model = Model(bundle, memo_capacity=1_000)
    assert model.verdicts_in_columns(logs[1:]) is None
    assert model.verdicts_in_columns([*logs, with_message]) is None
    assert model.verdicts_in_columns(logs) is not None


def test_the_same_anomalies_are_reported(model_dir: Path) -> None:
    """As of requests that were judged one by one, each as often."""
    logs = make_logs(1_000, seed=7)
    requests = [PredictRequest(number, log) for number, log in enumerate(logs)]
    bundle = ModelStore(model_dir).bundle(1)
    model, fresh = (Model(bundle, memo_capacity=10_000) for _ in range(2))
    verdicts = model.verdicts_in_columns(logs)
    assert verdicts is not None
    expected: dict[tuple[LogFeatures, bytes], int] = {}
    single, columns = FlaggedLogs(), FlaggedLogs()
    single.add_all(logs, fresh.verdicts(logs), requests, message_of)
    columns.add_columns(verdicts)
    for flagged in single:
        expected[flagged.log, flagged.verdict.json] = flagged.count
    found = dict.fromkeys(expected, 0)
    for flagged in columns:
        found[flagged.log, flagged.verdict.json] += flagged.count
        assert flagged.message() == ""
    assert found == expected
    assert expected
