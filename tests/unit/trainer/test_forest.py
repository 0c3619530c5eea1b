"""Fitting."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import IsolationForest

import trainer.fitting.forest
from schemas.bundle.options import TrainOptions
from tests.made_logs import make_log
from trainer.counting.table import CountTable, count_logs
from trainer.errors import TooFewRowsError
from trainer.fitting.forest import fit_forest
from trainer.fitting.quantiles import weighted_percentile


@given(
    st.lists(st.tuples(st.floats(-1, 0), st.integers(1, 40)), min_size=1, max_size=60),
    st.floats(0, 100),
)
def test_the_weighted_percentile_is_numpys(
    pairs: list[tuple[float, int]], percentage: float
) -> None:
    """Equal to numpy's percentile of the repeated values, to the last bit."""
    values = np.array([value for value, _ in pairs])
    counts = np.array([count for _, count in pairs], np.int64)
    expected = np.percentile(np.repeat(values, counts), percentage)
    assert weighted_percentile(values, counts, percentage) == expected


@pytest.mark.parametrize("contamination", [0.01, 0.05, 0.5, "auto"])
def test_the_forest_is_scikit_learns_own(table: CountTable, contamination: float) -> None:
    """Fitting the table is fitting its rows: same offset, same scores, to the last bit."""
    options = TrainOptions(contamination=contamination, random_state=7)
    ours = fit_forest(table, options)
    theirs = IsolationForest(contamination=contamination, random_state=7, max_samples=256).fit(
        np.repeat(table.rows, table.counts, axis=0)
    )
    assert ours.offset_ == theirs.offset_
    assert np.array_equal(ours.decision_function(table.rows), theirs.decision_function(table.rows))


def test_max_samples_above_the_rows_means_all_of_them() -> None:
    """Small training sets take every row for every tree, without a warning."""
    table = count_logs([make_log(length) for length in range(10)])
    assert fit_forest(table, TrainOptions()).max_samples_ == 10


@pytest.mark.parametrize("count", [0, 1, 50])
def test_one_distinct_row_is_too_few(count: int) -> None:
    """Equal rows cannot be told apart, however many there are."""
    with pytest.raises(TooFewRowsError, match="two distinct rows at least"):
        fit_forest(count_logs([make_log()] * count), TrainOptions())


def test_large_tables_are_sampled(table: CountTable, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above the limit scikit-learn gets a sample; the offset is still over all rows."""
    monkeypatch.setattr(trainer.fitting.forest, "MAX_FIT_ROWS", 300)
    options = TrainOptions(contamination=0.1)
    forest = fit_forest(table, options)
    scores = np.repeat(forest.score_samples(table.rows), table.counts)
    assert forest.offset_ == np.percentile(scores, 10)
