"""The exported graph says what scikit-learn says: the claim the whole service rests on."""

from collections import Counter

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import IsolationForest

from inference.detectors.scorer import Scorer, session_options
from schemas.bundle.options import TrainOptions
from schemas.record.features import FEATURE_NAMES, LogFeatures
from schemas.record.key import pack
from trainer.counting.table import CountTable, count_logs, merge_tables
from trainer.fitting.export import TARGET_OPSET, export_forest
from trainer.fitting.forest import fit_forest
from trainer.fitting.parity import adversarial_rows
from trainer.fitting.reference import fitted_reference

Rows = npt.NDArray[np.float32]


def edge_rows(forest: IsolationForest, rows: Rows, size: int) -> Rows:
    """Rows at the edges of the forest's trees."""
    return adversarial_rows(fitted_reference(forest), rows, size)


def assert_same(forest: IsolationForest, rows: Rows) -> int:
    """Labels are identical, scores within 1e-6; returns how many rows tie with the offset."""
    scores = Scorer(export_forest(forest), rows.shape[1]).score(rows)
    decisions = forest.decision_function(rows)
    assert np.count_nonzero(scores.labels != forest.predict(rows)) == 0
    assert np.array_equal(scores.decisions < 0, scores.labels < 0)
    assert np.abs(scores.decisions - decisions).max() <= 1e-6
    assert np.abs(scores.anomaly_scores + forest.score_samples(rows)).max() <= 1e-6
    exponents = -1 + scores.contributions.sum(axis=1, dtype=np.float64)
    assert np.abs(2**exponents - scores.anomaly_scores).max() <= 1e-6
    return int(np.count_nonzero(decisions == 0))


def tie_rich_rows(seed: int, count: int) -> Rows:
    """Rows as discrete as logs are: few values a column, so that many scores are equal."""
    generator = np.random.default_rng(seed)
    return np.column_stack(
        [
            generator.choice([20, 21, 64, 128, 129, 500], count),
            generator.choice(5, count, p=[0.1, 0.7, 0.1, 0.07, 0.03]),
            generator.choice(generator.integers(0, 65_536, 4), count),
            *(generator.random((3, count)) < 0.03),
        ]
    ).astype(np.float32)


def count_rows(rows: Rows) -> CountTable:
    """Rows of the six features as a table."""
    length, level, service, exception, timeout, connection_error = rows.astype(np.int64).T
    keys = pack(length, level, service, 4 * exception + 2 * timeout + connection_error, 0 * level)
    return merge_tables([CountTable(keys=keys, counts=np.ones(len(keys), np.int64))])


@pytest.mark.parametrize("seed", range(40))
def test_tie_rich_forests(seed: int) -> None:
    """Forty forests over tie-rich rows, over 2,500 rows each: no label differs, nor on ties."""
    rows = tie_rich_rows(seed, 1_501)
    contamination = (0.01, 0.05, 0.1, 0.3, 0.5)[seed % 5]
    options = TrainOptions(
        detector="isolation_forest", contamination=contamination, random_state=seed, n_estimators=60
    )
    forest = fit_forest(count_rows(rows), options)
    ties = assert_same(forest, np.vstack([rows, edge_rows(forest, rows, 1_000)]))
    assert ties > 0


@pytest.mark.parametrize("seed", range(10))
def test_real_forests(real_logs: list[LogFeatures], seed: int) -> None:
    """Ten forests over real logs: not one label differs."""
    part = real_logs[seed * 6_400 : (seed + 1) * 6_400]
    table = count_logs(part)
    contamination = (0.01, 0.05, 0.1, 0.2, "auto")[seed % 5]
    options = TrainOptions(
        detector="isolation_forest",
        contamination=contamination,  # type: ignore[arg-type]  # a share, or "auto"
        random_state=seed,
    )
    forest = fit_forest(table, options)
    rows = np.repeat(table.rows, table.counts, axis=0)
    assert_same(forest, np.vstack([rows, edge_rows(forest, table.rows, 4_000)]))


small_tables = hnp.arrays(
    np.float32,
    st.tuples(st.integers(2, 60), st.integers(1, 6)),
    elements=st.sampled_from([0.0, 1.0, 2.0, 3.0, 17.0, 250.0, 16_777_216.0]),
).filter(lambda rows: len(np.unique(rows, axis=0)) > 1)


@settings(deadline=None, max_examples=60)
@given(
    small_tables,
    st.floats(0.001, 0.5) | st.just("auto"),
    st.integers(1, 30),
    st.integers(0, 2**32 - 1),
    st.integers(2, 64),
)
def test_any_forest(
    rows: Rows, contamination: float, n_estimators: int, seed: int, max_samples: int
) -> None:
    """Whatever the rows and options, the graph's labels are scikit-learn's on every row."""
    forest = IsolationForest(
        contamination=contamination,
        n_estimators=n_estimators,
        random_state=seed,
        max_samples=min(max_samples, len(rows)),
    ).fit(rows)
    assert_same(forest, np.vstack([rows, edge_rows(forest, rows, 200)]))


@pytest.fixture(scope="module")
def small_forest(table: CountTable) -> IsolationForest:
    """A forest that is fitted once."""
    return fit_forest(
        table, TrainOptions(detector="isolation_forest", contamination=0.05, n_estimators=10)
    )


@settings(deadline=None, max_examples=100)
@given(
    row=hnp.arrays(
        np.float32, 6, elements=st.floats(allow_nan=False, allow_infinity=False, width=32)
    )
)
def test_any_row(small_forest: IsolationForest, row: Rows) -> None:
    """Whatever finite values a row has, far out of range too, the label is scikit-learn's."""
    assert_same(small_forest, row[None, :])


def test_an_anomaly_by_a_rounding_has_a_negative_decision(table: CountTable) -> None:
    """A sum of path lengths a single step below the threshold has the threshold's own score.

    Its label is an anomaly nevertheless, and so its decision is negative.
    """
    forest = fit_forest(
        table, TrainOptions(detector="isolation_forest", contamination=0.05, n_estimators=20)
    )
    scores = -forest.score_samples(table.rows)
    for row, score in zip(table.rows[:40], scores[:40].tolist(), strict=True):
        forest.offset_ = float(np.nextafter(-score, np.inf))
        assert forest.predict(row[None, :]).tolist() == [-1]
        found = Scorer(export_forest(forest), len(FEATURE_NAMES)).score(row[None, :])
        assert found.labels.tolist() == [-1]
        assert found.decisions[0] < 0


def test_the_stock_conversion_agrees(table: CountTable) -> None:
    """skl2onnx's own graph of the same forest gives the same scores, within 1e-5."""
    forest = fit_forest(
        table, TrainOptions(detector="isolation_forest", contamination=0.05, n_estimators=20)
    )
    stock = convert_sklearn(
        forest,
        initial_types=[("features", FloatTensorType([None, len(FEATURE_NAMES)]))],
        target_opset=TARGET_OPSET,
    )
    session = onnxruntime.InferenceSession(stock.SerializeToString(), session_options())
    _, stock_decisions = session.run(None, {"features": table.rows})
    ours = Scorer(export_forest(forest), len(FEATURE_NAMES)).score(table.rows)
    assert np.abs(stock_decisions[:, 0] - ours.decisions).max() <= 1e-5


def test_the_same_forest_gives_the_same_bytes(table: CountTable) -> None:
    """Fitting and exporting again gives an identical file, so that a model can be reproduced."""
    first, second = (
        export_forest(
            fit_forest(table, TrainOptions(detector="isolation_forest", contamination=0.05))
        )
        for _ in range(2)
    )
    assert first == second


def test_the_graph_of_real_logs_is_small(real_logs: list[LogFeatures]) -> None:
    """A hundred trees over real logs are at most 700 kB and ten nodes."""
    graph = export_forest(
        fit_forest(
            count_logs(real_logs), TrainOptions(detector="isolation_forest", contamination=0.05)
        )
    )
    assert len(graph) <= 700_000
    assert len(onnx.load_from_string(graph).graph.node) <= 10


def test_the_graph_is_small(table: CountTable) -> None:
    """One tree ensemble and a handful of nodes around it; the checker finds nothing wrong."""
    model = onnx.load_from_string(
        export_forest(
            fit_forest(table, TrainOptions(detector="isolation_forest", contamination=0.05))
        )
    )
    onnx.checker.check_model(model, full_check=True)
    operators = Counter(node.op_type for node in model.graph.node)
    assert operators["TreeEnsembleRegressor"] == 1
    assert operators.total() <= 10
    assert [output.name for output in model.graph.output] == [
        "label",
        "scores",
        "anomaly_score",
        "contributions",
    ]
