"""How well a ranking finds labelled records, from counts.

The numbers are scikit-learn's own, given each distinct record once as labelled and once as not,
with the counts as weights; that equals giving it every single record.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from schemas.record.key import Ints
from trainer.report.goodness import Curve

MAX_POINTS: Final = 200
"""Points of a curve that are drawn; the areas are computed from all of them."""

Floats = npt.NDArray[np.float64]


def make_curve(
    name: str,
    scores: Floats,
    counts: Ints,
    positives: Ints,
    flagged: npt.NDArray[np.bool_] | None = None,
) -> Curve:
    """The ROC and precision-recall curves of a ranking.

    Args:
        name: of the ranking.
        scores: float64 of shape (n,), higher is more anomalous.
        counts: int64 of shape (n,), how often each record occurs.
        positives: int64 of shape (n,), how many of these are labelled as anomalies; neither none
            nor all.
        flagged: bool of shape (n,), what a detector calls an anomaly; None for a trivial rule,
            which gets the F1 of its own best threshold.
    """
    from sklearn.metrics import (  # noqa: PLC0415 - half a second, for labelled data only
        auc,
        average_precision_score,
        precision_recall_curve,
        roc_curve,
    )

    y = np.repeat([1, 0], len(scores))
    both = np.concatenate([scores, scores])
    weights = np.concatenate([positives, counts - positives]).astype(np.float64)
    kept = weights > 0
    y, both, weights = y[kept], both[kept], weights[kept]
    false_rate, true_rate, _ = roc_curve(y, both, sample_weight=weights)
    precision, recall, _ = precision_recall_curve(y, both, sample_weight=weights)
    if flagged is None:
        f1 = float(np.max(2 * precision * recall / np.maximum(precision + recall, 1e-300)))
    else:
        hits = float(positives[flagged].sum())
        f1 = 2 * hits / float(counts[flagged].sum() + positives.sum())
    roc = _thin(len(false_rate))
    pr = _thin(len(recall))
    return Curve(
        name=name,
        trivial=flagged is None,
        false_positive_rate=false_rate[roc].tolist(),
        true_positive_rate=true_rate[roc].tolist(),
        recall=recall[::-1][pr].tolist(),
        precision=precision[::-1][pr].tolist(),
        auc=float(auc(false_rate, true_rate)),
        average_precision=float(average_precision_score(y, both, sample_weight=weights)),
        f1=f1,
    )


def _thin(size: int) -> Ints:
    """Indices of at most `MAX_POINTS` points, the first and the last among them."""
    return np.unique(np.linspace(0, size - 1, min(size, MAX_POINTS)).round().astype(np.int64))
