"""The patterns that appeared last: where data has no labels, what is new is a place to look."""

from typing import Final

import numpy as np

from schemas.record.features import Level
from schemas.record.key import unpack
from trainer.counting.table import NEVER_SEEN
from trainer.judging.found import Found
from trainer.patterns.pattern import id_digits, moment
from trainer.report.content import NewPattern

N_NEWEST: Final = 10

_LEVELS: Final = tuple(level.value for level in Level)


def newest_patterns(found: Found) -> list[NewPattern]:
    """The `N_NEWEST` patterns that were first seen last, the newest first.

    Args:
        found: the patterns of the data.

    Returns:
        Nothing where records have no times, or where one began without a time of its own.
    """
    patterns, starts = found.patterns, found.starts
    first = np.minimum.reduceat(patterns.first_times, starts)
    if (first == NEVER_SEEN).any():
        return []
    ends = np.append(starts[1:], patterns.n_rows)
    severity = unpack(patterns.keys)[1]
    newest = []
    for at in np.argsort(-first, kind="stable")[:N_NEWEST].tolist():
        rows = slice(int(starts[at]), int(ends[at]))
        row = rows.start
        pattern = int(patterns.patterns[row])
        counts = patterns.counts[rows]
        newest.append(
            NewPattern(
                pattern_id=id_digits(pattern),
                service=patterns.names[int(patterns.services[row])],
                text=patterns.texts.get(pattern, ""),
                level=_LEVELS[int(severity[rows].max())],
                n_rows=int(counts.sum()),
                n_flagged=int(counts[found.flagged[rows]].sum()),
                first_seen=moment(int(first[at])),
            )
        )
    return newest
