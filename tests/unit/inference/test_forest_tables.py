"""Forests as tables: the graph's own verdicts, to the last bit."""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.ensemble import IsolationForest

from inference.detectors.forest_tables import ForestTables
from inference.detectors.graph_forest import read_forest
from inference.detectors.isolation_forest_detector import IsolationForestDetector
from inference.detectors.scorer import ROWS_WORTH_TABLES, Scorer
from inference.detectors.surprisal_detector import SurprisalDetector
from inference.model.explanations import explanation_json
from inference.model.model import Model
from inference.store.versions import ModelStore
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import MODEL_FILE
from schemas.record.key import columns_of
from tests.made_logs import make_log, make_logs
from trainer.fitting.ensemble import trees_of
from trainer.fitting.export import export_forest
from trainer.fitting.threshold import decisions_of_depths, denominator_of


def _column(kind: str, choose: np.random.Generator, n: int) -> npt.NDArray[np.float32]:
    values: dict[str, npt.NDArray[Any]] = {
        "count": choose.integers(0, 4_000, n),
        "few": choose.integers(0, 5, n),
        "flag": choose.integers(0, 2, n),
        "constant": np.full(n, 7),
        "real": choose.lognormal(0, 4, n),
    }
    return values[kind].astype(np.float32)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.sampled_from(["count", "few", "flag", "constant", "real"]), min_size=1, max_size=6),
    st.integers(1, 40),
    st.integers(2, 24),
    st.integers(0, 2**32 - 1),
)
def test_tables_say_what_the_graph_and_scikit_learn_say(
    kinds: list[str], n_estimators: int, max_samples: int, seed: int
) -> None:
    """For rows as in training, for others, and for values on thresholds and a float step beside."""
    choose = np.random.default_rng(seed)
    rows = np.column_stack([_column(kind, choose, 100) for kind in kinds])
    forest = IsolationForest(
        n_estimators=n_estimators,
        max_samples=max_samples,
        contamination=0.1,
        random_state=seed % 97,
    ).fit(rows)
    graph = export_forest(forest)
    read = read_forest(graph)
    assume(read is not None)  # of two constants with the same value the graph has one
    assert read is not None
    is_leaf = read.trees.left == np.arange(len(read.trees.left))
    for name, theirs in msgspec.structs.asdict(read.trees).items():
        ours, chosen = getattr(trees_of(forest), name), is_leaf if name == "weight" else slice(None)
        assert np.array_equal(ours[chosen], theirs[chosen])
    tables = ForestTables(read.trees, [None] * len(kinds))
    others = choose.uniform(-10, 1e5, rows.shape).astype(np.float32)
    asked = np.concatenate([rows, others, tables.rows_at_borders(300)])
    labels, decisions, scores, _ = msgspec.structs.astuple(Scorer(graph, len(kinds)).score(asked))
    sums = tables.path_lengths(asked)
    is_anomaly, their_decisions, their_scores = read.scores(sums)
    assert np.array_equal(labels < 0, is_anomaly)
    assert np.array_equal(decisions, their_decisions)
    assert np.array_equal(scores, their_scores)
    known = [np.unique(column).astype(np.float64) for column in asked.T]
    domains: list[Any] = [
        None if kind in {"count", "real"} else table
        for kind, table in zip(kinds, known, strict=True)
    ]
    assert np.array_equal(ForestTables(read.trees, domains).path_lengths(asked), sums)
    samples = decisions_of_depths(denominator_of(forest), 0.0, sums)
    assert np.array_equal(samples, forest.score_samples(asked))
    counted = [range(2**17) if kind == "count" else None for kind in kinds]
    by_intervals = ForestTables(read.trees, counted)
    whole = np.where([kind == "count" for kind in kinds], np.abs(np.rint(asked)), asked)
    whole = np.concatenate([whole.astype(np.float32), by_intervals.rows_at_borders(300)])
    assert np.array_equal(by_intervals.path_lengths(whole), tables.path_lengths(whole))


@pytest.mark.parametrize("name", ["isolation_forest", "surprisal"])
def test_a_batch_in_columns_is_judged_as_each_log(
    name: str, model_dir: Path, surprisal_bundle: Bundle
) -> None:
    """Bit by bit, by the graph at first and by tables when they pay, contributions but left out."""
    bundle = surprisal_bundle if name == "surprisal" else ModelStore(model_dir).bundle(1)
    loader = SurprisalDetector if name == "surprisal" else IsolationForestDetector
    detector = loader(bundle.manifest, bundle.files)
    services = [f"service-{number}" for number in range(200)]
    logs = [
        *make_logs(800, seed=5),
        *(make_log(length, service=service) for length, service in enumerate(services)),
        *(make_log(length) for length in (16_383, 16_384, 65_535, 65_536, 2**24)),
    ]
    expected = [
        msgspec.structs.replace(detector.judge([log])[0], contributions=b"") for log in logs
    ]
    left_out = []
    for _ in range(2 + ROWS_WORTH_TABLES // len(logs)):
        judged = detector.judge_columns(logs, columns_of(logs))
        left_out.append(judged.contributions.shape[1] == 0)
        bare = msgspec.structs.replace(judged, contributions=np.empty((len(logs), 0), np.float32))
        assert bare.singly() == expected
        usual = detector.judge_columns(logs[:1_000], columns_of(logs[:1_000]))
        assert usual.decisions.tolist() == [judgement.decision for judgement in expected[:1_000]]
    assert left_out == sorted(left_out)
    assert set(left_out) == {False, True}


@pytest.mark.parametrize("name", ["isolation_forest", "surprisal"])
def test_explanations_do_not_depend_on_how_a_log_was_judged(
    name: str, model_dir: Path, surprisal_bundle: Bundle
) -> None:
    """What tables leave out is computed when somebody asks, for one log and for many at once."""
    bundle = surprisal_bundle if name == "surprisal" else ModelStore(model_dir).bundle(1)
    model, fresh = (Model(bundle, memo_capacity=10) for _ in range(2))
    logs = [
        msgspec.structs.replace(log, message_length=number)
        for number, log in enumerate(make_logs(2 * ROWS_WORTH_TABLES, seed=3))
    ]
    verdicts = model.verdicts(logs[:ROWS_WORTH_TABLES])
    logs = logs[-100:]
    verdicts = model.verdicts(logs)
    assert all(verdict.contributions is None for verdict in verdicts)
    expected = [explanation_json(fresh, log, fresh.verdict(log)) for log in logs]
    assert [verdict.json for verdict in verdicts] == [fresh.verdict(log).json for log in logs]
    assert list(map(explanation_json, [model] * 100, logs, verdicts)) == expected
    complete = model.explained(logs, verdicts)
    assert all(verdict.contributions for verdict in complete)
    assert list(map(explanation_json, [model] * 100, logs, complete)) == expected


def test_graphs_of_another_make_are_left_to_onnxruntime(model_dir: Path) -> None:
    """What is no graph of ours, or is cut off, has no forest to read; nothing is raised."""
    graph = ModelStore(model_dir).bundle(1).files[MODEL_FILE]
    assert read_forest(graph) is not None
    assert read_forest(graph.replace(b"BRANCH_LEQ", b"BRANCH_LTE", 1)) is None
    for data in (b"", b"no graph", graph[:-1_000], graph.replace(b"Split", b"Slice")):
        assert read_forest(data) is None


def test_tables_are_bounded() -> None:
    """A forest whose tables would be too large gets none."""
    rows = np.random.default_rng(0).uniform(0, 1, (5_000, 2)).astype(np.float32)
    forest = IsolationForest(n_estimators=2, max_samples=4_096, random_state=0).fit(rows)
    read = read_forest(export_forest(forest))
    assert read is not None
    with pytest.raises(ValueError, match="too large"):
        ForestTables(read.trees, [None, None])
