"""Fitting."""

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest

from schemas.bundle.options import TrainOptions
from tests.made_logs import make_log
from trainer.counting.table import CountTable, count_logs
from trainer.errors import TooFewRowsError
from trainer.fitting.forest import fit_forest


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
