"""Fitting scikit-learn's IsolationForest on a count table.

Source: F. T. Liu, K. M. Ting, Z.-H. Zhou, "Isolation Forest", ICDM 2008,
doi:10.1109/ICDM.2008.17.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest

from inference.detectors.forest_tables import ForestTables, domains_of
from inference.detectors.parts import in_parts
from inference.detectors.scorer import ROWS_COMPARED, ROWS_WORTH_TABLES, Scorer
from schemas.bundle.options import TrainOptions
from schemas.record.features import FEATURE_NAMES
from trainer.counting.table import CountTable
from trainer.errors import TooFewRowsError
from trainer.fitting.ensemble import trees_of
from trainer.fitting.quantiles import weighted_percentile
from trainer.fitting.threshold import decisions_of_depths, denominator_of

Rows = npt.NDArray[np.float32]

MAX_FIT_ROWS: Final = 131_072
"""Rows that scikit-learn gets to draw each tree's `max_samples` from.

Up to this many rows it gets them all, and the model is scikit-learn's own on the rows in the
table's order. Of more rows it gets a uniform sample of this size. Each tree still sees a uniform
sample of all rows, and the threshold is always computed over all rows.
"""

TABLE_BYTES: Final = 67_108_864
"""What tables of path lengths may take in a job, see `ForestTables`: more than in a service, since
a job scores its whole table."""


def distinct_rows(rows: Rows) -> Rows:
    """Each row once, as `np.unique(rows, axis=0)` gives them, at a fraction of its cost."""
    ascending = rows[np.lexsort(rows.T[::-1])]
    is_first = np.ones(len(rows), np.bool_)
    is_first[1:] = (ascending[1:] != ascending[:-1]).any(axis=1)
    return ascending[is_first]


def table_scorer(graph: bytes, columns: Sequence[str]) -> Scorer:
    """A scorer of the distinct rows of a table, by a graph.

    Args:
        graph: the serialised ONNX model.
        columns: names of the columns that it takes.
    """
    return Scorer(graph, len(columns), domains_of(columns), TABLE_BYTES)


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
    """`forest.score_samples(rows)`, to the bit, with the rows shared out among the cores.

    Args:
        forest: of the six features.
        rows: float32 of shape (n, 6). Of many, leaves are looked up in tables.
    """
    tables = _tables_of(forest) if len(rows) >= ROWS_WORTH_TABLES else None
    if tables is None:
        (scores,) = in_parts(lambda part: (forest.score_samples(part),), rows)
    else:
        (scores,) = in_parts(
            lambda part: (_samples_by(tables, forest, part),), rows, alike_together=False
        )
    return scores


def _tables_of(forest: IsolationForest) -> ForestTables | None:
    """Tables of a forest, if they are small enough and agree with scikit-learn."""
    try:
        tables = ForestTables(trees_of(forest), domains_of(FEATURE_NAMES), TABLE_BYTES)
    except ValueError:
        return None
    rows = tables.rows_at_borders(ROWS_COMPARED)
    agree = np.array_equal(_samples_by(tables, forest, rows), forest.score_samples(rows))
    return tables if agree else None


def _samples_by(
    tables: ForestTables, forest: IsolationForest, rows: Rows
) -> npt.NDArray[np.float64]:
    return decisions_of_depths(denominator_of(forest), 0.0, tables.path_lengths(rows))
