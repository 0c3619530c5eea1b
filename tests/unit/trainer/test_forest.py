"""Fitting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import IsolationForest

from inference.detectors.parts import ROWS_AT_ONCE
from inference.detectors.scorer import ROWS_WORTH_TABLES, Scorer
from schemas.bundle.options import TrainOptions
from schemas.record.features import FEATURE_NAMES
from tests.made_logs import make_log
from trainer.counting.table import CountTable, count_logs
from trainer.errors import TooFewRowsError
from trainer.fitting.export import export_forest
from trainer.fitting.forest import distinct_rows, fit_forest, score_samples, table_scorer
from trainer.fitting.made_up import made_up_table


@pytest.mark.parametrize("contamination", [0.01, 0.05, 0.5, "auto"])
def test_the_forest_is_scikit_learns_own(table: CountTable, contamination: float) -> None:
    """Fitting the table is fitting its rows: same offset, same scores, to the last bit."""
    options = TrainOptions(detector="isolation_forest", contamination=contamination, random_state=7)
    ours = fit_forest(table, options)
    theirs = IsolationForest(contamination=contamination, random_state=7, max_samples=256).fit(
        np.repeat(table.rows, table.counts, axis=0)
    )
    assert ours.offset_ == theirs.offset_
    assert np.array_equal(ours.decision_function(table.rows), theirs.decision_function(table.rows))


def test_max_samples_above_the_rows_means_all_of_them() -> None:
    """Small training sets take every row for every tree, without a warning."""
    table = count_logs([make_log(length) for length in range(10)])
    assert (
        fit_forest(
            table, TrainOptions(detector="isolation_forest", contamination=0.05)
        ).max_samples_
        == 10
    )


@pytest.mark.parametrize("count", [0, 1, 50])
def test_one_distinct_row_is_too_few(count: int) -> None:
    """Equal rows cannot be separated, however many there are."""
    with pytest.raises(TooFewRowsError, match="two distinct rows at least"):
        fit_forest(
            count_logs([make_log()] * count),
            TrainOptions(detector="isolation_forest", contamination=0.05),
        )


def test_large_tables_are_sampled(table: CountTable) -> None:
    """Above the limit scikit-learn gets a sample; the offset is still over all rows."""
    options = TrainOptions(detector="isolation_forest", contamination=0.1)
    forest = fit_forest(table, options, max_rows=300)
    assert forest.offset_ != fit_forest(table, options).offset_
    scores = np.repeat(forest.score_samples(table.rows), table.counts)
    assert forest.offset_ == np.percentile(scores, 10)


def test_many_rows_get_the_scores_of_scikit_learn_and_of_the_graph() -> None:
    """To the last bit, though tables score them; a few rows are left to the other two."""
    table = made_up_table(80_000).without_traits()
    options = TrainOptions(detector="isolation_forest", contamination=0.05, max_samples=64)
    forest, rows = fit_forest(table, options), table.rows
    assert len(rows) > max(ROWS_WORTH_TABLES, 2 * ROWS_AT_ONCE)
    for some in (rows, rows[:100]):
        assert np.array_equal(score_samples(forest, some), forest.score_samples(some))
    graph = export_forest(forest)
    scorer = table_scorer(graph, FEATURE_NAMES)
    scored = scorer.score_batch(rows)
    expected = Scorer(graph, len(FEATURE_NAMES)).score(rows)
    assert scored.contributions.shape == (len(rows), 0)
    for name in ("labels", "decisions", "anomaly_scores"):
        assert np.array_equal(getattr(scored, name), getattr(expected, name))
        assert getattr(scorer.score_batch(rows[:0]), name).shape == (0,)


@given(st.lists(st.tuples(*[st.sampled_from([-1.5, 0.0, 1.0, 3e4])] * 3), min_size=1))
def test_distinct_rows_are_numpys(values: list[tuple[float, ...]]) -> None:
    """The same rows in the same order."""
    rows = np.array(values, np.float32)
    assert np.array_equal(distinct_rows(rows), np.unique(rows, axis=0))
