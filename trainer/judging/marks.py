"""People's corrections, with the lines of a report's data that each of them is about."""

from collections.abc import Sequence

import numpy as np

from schemas.bundle.corrections import Correction
from trainer.judging.found import Found
from trainer.report.content import Mark


def marks_of(corrections: Sequence[Correction], found: Found | None) -> list[Mark]:
    """Each correction with its lines, and how many of them get another verdict by it.

    Args:
        corrections: those that hold.
        found: the patterns of the data and what the detector flags, corrections left out; None
            where there are no patterns. A correction of logs without a message has no lines that
            are known.
    """
    return [_mark(correction, found) for correction in corrections]


def _mark(correction: Correction, found: Found | None) -> Mark:
    n_rows = n_changed = None
    if found is not None and correction.pattern_id:
        patterns = found.patterns
        names = patterns.names
        services = [at for at, name in enumerate(names) if name == correction.service]
        rows = np.isin(patterns.services, services)
        rows &= patterns.patterns == np.uint64(int(correction.pattern_id, 16))
        changed = rows & (found.flagged == (correction.verdict == "normal"))
        n_rows, n_changed = (int(patterns.counts[some].sum()) for some in (rows, changed))
    return Mark(
        verdict=correction.verdict,
        service=correction.service,
        what=correction.text or correction.pattern_id or "logs without a message",
        note=correction.note,
        since=correction.created_at.isoformat(timespec="seconds"),
        until="" if correction.until is None else correction.until.isoformat(timespec="seconds"),
        n_rows=n_rows,
        n_changed=n_changed,
    )
