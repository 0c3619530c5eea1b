"""The patterns that appeared last: without labels, these are worth a look first."""

from typing import Final

import numpy as np

from trainer.counting.table import NEVER_SEEN
from trainer.judging.found import Found, describe_rows
from trainer.report.content import SeenPattern

N_NEWEST: Final = 10


def newest_patterns(found: Found) -> list[SeenPattern]:
    """The `N_NEWEST` patterns that were first seen last, the newest first.

    Args:
        found: the patterns of the data.

    Returns:
        Nothing where records have no times, or where a pattern began without a time of its own.
    """
    starts = found.starts
    first = np.minimum.reduceat(found.patterns.first_times, starts)
    if (first == NEVER_SEEN).any():
        return []
    ends = np.append(starts[1:], found.patterns.n_rows)
    newest = np.argsort(-first, kind="stable")[:N_NEWEST]
    return [describe_rows(found, int(starts[at]), int(ends[at])) for at in newest.tolist()]
