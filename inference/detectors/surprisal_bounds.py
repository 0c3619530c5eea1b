"""The bounds of surprisal above which a record is an anomaly, common or of a service."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Bound", "own_bounds"]

Bound = tuple[float, Sequence[float]]
"""A threshold tau and the thousandths of the training records' D."""


def own_bounds(bound: Bound, offsets: npt.NDArray[np.float64] | None) -> Mapping[int, Bound]:
    """The bounds of services with a threshold of their own, by number."""
    if offsets is None:
        return {}
    tau, quantiles = bound
    return {
        service: (tau + float(offsets[service]), quantiles)
        for service in np.flatnonzero(offsets).tolist()
    }
