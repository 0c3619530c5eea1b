"""Thresholds out of what a model keeps of its training records."""

import math

from trainer.fitting.quantiles import Floats


def thousandth(thousandths: Floats, contamination: float) -> float:
    """The edge that at most a share of the training records lies above.

    Args:
        thousandths: as `Tables.percentiles`.
        contamination: the share.
    """
    return float(thousandths[thousandth_at(contamination)])


def thousandth_at(contamination: float) -> int:
    """The place of that edge among the thousandths."""
    return math.ceil(round((1 - contamination) * 1_000, 6)) - 1
