"""Fitting scikit-learn's IsolationForest on a count table.

Source: F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation Forest", ICDM 2008,
doi:10.1109/ICDM.2008.17.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest

from inference.detectors.scorer import in_parts
from schemas.bundle.options import TrainOptions
from trainer.counting.table import CountTable
from trainer.errors import TooFewRowsError
from trainer.fitting.quantiles import weighted_percentile

Rows = npt.NDArray[np.float32]

MAX_FIT_ROWS: Final = 131_072
"""Rows that scikit-learn gets to draw each tree's `max_samples` from.

Up to here it gets all of them, and the model is the one that scikit-learn fits on the rows in the
table's order. Of more it gets a uniform sample of this size; each tree still sees a uniform
sample of all rows, and the threshold is always computed over all of them.
"""


def fit_forest(
    table: CountTable, options: TrainOptions, *, max_rows: int = MAX_FIT_ROWS
) -> IsolationForest:
    """Fit a forest on the six features and set its threshold over every row of the table.

    Equal to `IsolationForest(...).fit(rows)` on the table's rows with their repetitions, offset
    included, for tables of at most `max_rows` rows; scoring each distinct row once makes it
    cheaper.

    Args:
        table: without traits.
        options: how to fit.
        max_rows: rows that scikit-learn gets at most.

    Raises:
        TooFewRowsError: the table has fewer than two distinct rows.
    """
    require_two(table)
    rows = table.rows
    sample = np.repeat(rows, table.sample(max_rows, options.random_state), axis=0)
    forest = grow_forest(sample, options)
    if options.contamination != "auto":
        # What fit() does with a contamination, with each distinct row scored once.
        scores = score_samples(forest, rows)
        forest.offset_ = weighted_percentile(scores, table.counts, 100.0 * options.contamination)
        forest.set_params(contamination=options.contamination)
    return forest


def require_two(table: CountTable) -> None:
    """Refuse a table from which nothing can be isolated.

    Raises:
        TooFewRowsError: fewer than two distinct rows.
    """
    if table.n_distinct < 2:  # noqa: PLR2004 - nothing can be isolated from nothing else
        raise TooFewRowsError(
            f"the training data has {table.n_samples} row(s), {table.n_distinct} of them distinct; "
            f"an isolation forest needs two distinct rows at least"
        )


def grow_forest(rows: Rows, options: TrainOptions) -> IsolationForest:
    """Fit the trees; the offset is that of contamination "auto"."""
    return IsolationForest(
        n_estimators=options.n_estimators,
        max_samples=min(options.max_samples, len(rows)),
        contamination="auto",
        random_state=options.random_state,
    ).fit(rows)


def score_samples(forest: IsolationForest, rows: Rows) -> npt.NDArray[np.float64]:
    """`forest.score_samples(rows)`, to the bit, with the rows shared out among the cores."""
    (scores,) = in_parts(lambda part: (forest.score_samples(part),), rows)
    return scores
