"""The proof before publishing: the graph does what the forest does.

Labels must be identical and scores equal to within 1e-6, on the training rows and on rows made up
to provoke a difference: values at the trees' thresholds and a float32 step to each side of them,
extremes, and rows whose score ties with the offset.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from inference.detectors.scorer import Scorer
from schemas.bundle.manifest import ParitySummary
from trainer.errors import ParityError
from trainer.fitting.reference import Reference

MAX_SCORE_ERROR: Final = 1e-6
MAX_TRAINING_ROWS: Final = 65_536
ADVERSARIAL_ROWS: Final = 4_096
NEAREST_ROWS: Final = 256
"""Training rows closest to the threshold: compared however large the table is."""

_EXTREMES: Final = np.array(
    [0.0, -0.0, -1.0, 1.0, 2.0**24, np.finfo(np.float32).max, np.finfo(np.float32).min, 1e-45],
    np.float32,
)

Rows = npt.NDArray[np.float32]
Decisions = npt.NDArray[np.float64]


def prove_parity(
    forest: Reference,
    graph: bytes,
    training_rows: Rows,
    decisions: Decisions,
    *,
    max_rows: int = MAX_TRAINING_ROWS,
    n_nearest: int = NEAREST_ROWS,
) -> ParitySummary:
    """Compare the graph, as production runs it, with scikit-learn.

    Args:
        forest: what the graph is held against.
        graph: its export.
        training_rows: the distinct training rows, float32 of shape (n, n_features).
        decisions: what the graph says of them, float64 of shape (n,); only to choose from them.
        max_rows: training rows that are compared at most.
        n_nearest: those of them that are chosen for being closest to the threshold.

    Raises:
        ParityError: a label or a score differs; names the first such row.
    """
    scorer = Scorer(graph, training_rows.shape[1])
    chosen = _training_sample(decisions, training_rows, max_rows, n_nearest)
    made_up = adversarial_rows(forest, chosen)
    errors = [_compare(forest, scorer, rows) for rows in (chosen, made_up)]
    return ParitySummary(
        n_training_rows=len(chosen),
        n_adversarial_rows=len(made_up),
        label_differences=0,
        max_score_error=max(errors),
    )


def adversarial_rows(forest: Reference, rows: Rows, size: int = ADVERSARIAL_ROWS) -> Rows:
    """Rows that sit on the edges of the trees, float32 of shape (size, n_features).

    Each value is a threshold of that column rounded to float32, its neighbour on either side, an
    extreme, or a training value. Half of the rows are training rows with a single column replaced,
    which reaches deep nodes; in the other half every column is replaced.
    """
    generator = np.random.default_rng(0)
    made = rows[generator.integers(len(rows), size=size)]
    replaced = generator.integers(rows.shape[1], size=size)
    everywhere = np.arange(size) % 2 == 0
    for column, splits in enumerate(forest.splits):
        edges = splits.astype(np.float32)
        below, above = (np.nextafter(edges, np.float32(to)) for to in (-np.inf, np.inf))
        seen = np.unique(rows[:, column])
        candidates = np.concatenate([edges, below, above, seen, _EXTREMES])
        here = everywhere | (replaced == column)
        made[here, column] = generator.choice(candidates, size=int(here.sum()))
    return made


def _training_sample(decisions: Decisions, rows: Rows, max_rows: int, n_nearest: int) -> Rows:
    if len(rows) <= max_rows:
        return rows
    # Rows nearest to the threshold first: a tie with the offset is where labels would differ.
    nearest = np.argpartition(np.abs(decisions), n_nearest)[:n_nearest]
    others = np.random.default_rng(0).choice(len(rows), max_rows - n_nearest, replace=False)
    return rows[np.union1d(nearest, others)]


def _compare(forest: Reference, scorer: Scorer, rows: Rows) -> float:
    """The largest score error over `rows`."""
    ours = scorer.score_table(rows)
    # score_samples is what predict() and decision_function() are made of; call it once.
    expected_scores = -forest.score_samples(rows)
    expected_labels = np.where(-expected_scores - forest.offset < 0, -1, 1)
    errors = np.abs(ours.anomaly_scores - expected_scores)
    wrong = (
        (ours.labels != expected_labels)
        | ((ours.decisions < 0) != (ours.labels < 0))
        | ~(errors <= MAX_SCORE_ERROR)
    )
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ParityError(
            f"the exported graph disagrees with scikit-learn on {int(wrong.sum())} of {len(rows)} "
            f"rows, first on {rows[row].tolist()}: label {ours.labels[row]}, expected "
            f"{expected_labels[row]}; score {ours.anomaly_scores[row]!r}, expected "
            f"{expected_scores[row]!r}; nothing was published"
        )
    return float(errors.max())
