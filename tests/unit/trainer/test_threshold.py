"""Where the decision changes its sign."""

import itertools
import math

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.ensemble._iforest import _average_path_length

from schemas.bundle.options import TrainOptions
from trainer.counting.table import CountTable
from trainer.errors import ExportError
from trainer.fitting.forest import fit_forest
from trainer.fitting.threshold import (
    average_path_length,
    decisions_of_depths,
    denominator_of,
    depth_denominator,
    threshold_depth,
)


def test_average_path_length_by_hand() -> None:
    """c(0) = c(1) = 0, c(2) = 1, c(3) = 2 (ln 2 + gamma) - 4/3: Liu 2008, equation 1."""
    assert average_path_length(0) == average_path_length(1) == 0
    assert average_path_length(2) == 1
    assert average_path_length(3) == pytest.approx(2 * (math.log(2) + 0.5772156649) - 4 / 3)


def test_average_path_length_is_scikit_learns() -> None:
    """To the last bit, for every size that a leaf can have here, and it grows."""
    sizes = np.arange(5_000)
    ours = [average_path_length(int(size)) for size in sizes]
    assert ours == _average_path_length(sizes).tolist()
    assert all(a < b for a, b in itertools.pairwise(ours[1:]))


def test_the_denominator_is_trees_times_the_mean_path_length(table: CountTable) -> None:
    """n_estimators * c(max_samples), of a forest as of its options: Liu 2008, equation 2."""
    assert depth_denominator(7, 2) == 7
    assert depth_denominator(100, 256) == pytest.approx(1024.4770920116851)
    forest = fit_forest(
        table,
        TrainOptions(
            detector="isolation_forest", contamination=0.05, n_estimators=10, max_samples=64
        ),
    )
    assert denominator_of(forest) == 10 * average_path_length(64) == depth_denominator(10, 64)


@pytest.fixture(params=[0.01, 0.1, 0.5, "auto"])
def forest(request: pytest.FixtureRequest, table: CountTable) -> IsolationForest:
    """Forests with different offsets."""
    return fit_forest(table, TrainOptions(detector="isolation_forest", contamination=request.param))


def test_the_threshold_is_the_smallest_inlier(forest: IsolationForest) -> None:
    """scikit-learn's own expression is not negative there, and negative one double below."""
    denominator = denominator_of(forest)
    threshold = threshold_depth(denominator, forest.offset_)
    around = np.array([np.nextafter(threshold, 0), threshold])
    below, at = decisions_of_depths(denominator, forest.offset_, around)
    assert below < 0 <= at


def test_the_expression_is_scikit_learns(forest: IsolationForest, table: CountTable) -> None:
    """From the depths that a score stands for comes the decision, to rounding."""
    scores = -forest.score_samples(table.rows)
    denominator = denominator_of(forest)
    depths = -np.log2(scores) * denominator
    expected = forest.decision_function(table.rows)
    decisions = decisions_of_depths(denominator, forest.offset_, depths)
    assert decisions == pytest.approx(expected, abs=1e-12)


def test_a_forest_without_outliers_has_threshold_zero(forest: IsolationForest) -> None:
    """With an offset of -1, the score of depth 0, nothing can lie below it."""
    assert threshold_depth(denominator_of(forest), -1.0) == 0


def test_a_forest_of_outliers_cannot_be_exported(forest: IsolationForest) -> None:
    """With an offset above every score there is no threshold."""
    with pytest.raises(ExportError, match="every row would be an anomaly"):
        threshold_depth(denominator_of(forest), 0.1)
