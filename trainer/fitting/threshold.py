"""Where exactly a forest's decision changes its sign, as a sum of path lengths.

With discrete log features the offset, a percentile of the training scores, often equals the score
of many rows. scikit-learn then computes a decision of exactly 0 and says inlier. To say the same
for every input, the graph must not recompute that float expression with other rounding; it
compares the sum of path lengths, which both compute bit-equally, with the smallest sum for which
scikit-learn's own expression is not negative.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest

from trainer.errors import ExportError

_NEIGHBOURS: Final = 4_096
"""How many doubles on each side of the threshold are checked to be on their side of it."""


def depth_denominator(n_estimators: int, max_samples: int) -> float:
    """n_estimators * c(max_samples), what a sum of path lengths is divided by (Liu 2008, eq. 2)."""
    return float(n_estimators * average_path_length(max_samples))


def denominator_of(forest: IsolationForest) -> float:
    """`depth_denominator` of a fitted forest."""
    return depth_denominator(len(forest.estimators_), forest.max_samples_)


def average_path_length(n_samples: int) -> float:
    """c(n), the mean path length of an unsuccessful search in a binary search tree of n nodes.

    c(0) = c(1) = 0, c(2) = 1, else 2 (ln(n - 1) + gamma) - 2 (n - 1) / n: Liu 2008, equation 1,
    with scikit-learn's rounding.
    """
    if n_samples <= 1:
        return 0.0
    if n_samples == 2:  # noqa: PLR2004 - the formula's harmonic number is approximate there
        return 1.0
    return float(
        2.0 * (np.log(n_samples - 1.0) + np.euler_gamma) - 2.0 * (n_samples - 1.0) / n_samples
    )


def decisions_of_depths(
    denominator: float, offset: float, depths: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """scikit-learn's `decision_function` for given sums of path lengths, in its own expression."""
    scores = 2 ** (-np.divide(depths, denominator))
    decisions: npt.NDArray[np.float64] = -scores - offset
    return decisions


def threshold_depth(denominator: float, offset: float) -> float:
    """The smallest sum of path lengths that scikit-learn calls an inlier.

    Args:
        denominator: `depth_denominator` of the forest.
        offset: its `offset_`.

    Raises:
        ExportError: the decision changes its sign more than once around the threshold, so that
            no comparison can stand for it; nothing of the kind has been observed.
    """
    low, high = 0.0, denominator
    while decisions_of_depths(denominator, offset, np.array([high]))[0] < 0:
        high *= 2
        if not np.isfinite(high):
            raise ExportError(f"every row would be an anomaly (offset {offset})")
    if decisions_of_depths(denominator, offset, np.array([low]))[0] >= 0:
        return low
    # Bisect the doubles themselves: for positive doubles the bit patterns are ordered as they are.
    low_bits, high_bits = (int(np.float64(value).view(np.int64)) for value in (low, high))
    while high_bits - low_bits > 1:
        middle = (low_bits + high_bits) // 2
        if decisions_of_depths(denominator, offset, _doubles([middle]))[0] < 0:
            low_bits = middle
        else:
            high_bits = middle
    around = np.arange(max(high_bits - _NEIGHBOURS, 0), high_bits + _NEIGHBOURS)
    inlier = decisions_of_depths(denominator, offset, _doubles(around)) >= 0
    if not np.array_equal(inlier, around >= high_bits):
        raise ExportError(
            f"scikit-learn's decision is not monotonic around its offset {offset}; "
            f"another random_state or contamination gives another offset"
        )
    return float(_doubles([high_bits])[0])


def _doubles(bits: object) -> npt.NDArray[np.float64]:
    return np.asarray(bits, dtype=np.int64).view(np.float64)
