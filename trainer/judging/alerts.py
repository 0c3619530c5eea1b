"""The alerts of a model, beside those of plain rules."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from schemas.record.features import SEVERITY, Level
from schemas.record.key import Ints, unpack
from trainer.counting.pattern_table import PatternTable
from trainer.counting.table import CountTable
from trainer.judging.drain import group_rarities
from trainer.judging.judged import Judged
from trainer.judging.metrics import Floats
from trainer.report.content import FoundPattern
from trainer.report.goodness import Alerts, FirstLines, FirstPatterns

FIRST: Final = (10, 50, 100)
"""The numbers of worst lines whose labels are counted."""

FIRST_PATTERNS: Final = (10, 20)
"""The numbers of worst patterns, likewise."""


def alerts_of(
    table: CountTable, judged: Judged, rarity: Floats | None
) -> tuple[list[Alerts], list[FirstLines]]:
    """The model's alerts and those of rules, and how many of the worst lines are labelled.

    Where lines tie, labels count by their share among them: their order is arbitrary.

    Args:
        table: the records, with labels.
        judged: what the model says of them.
        rarity: of each record's template, higher is rarer; None where there are no messages.
    """
    assert table.positives is not None
    level = unpack(table.keys)[1]
    flagged = judged.judgements.is_anomaly
    n_flagged = int(table.counts[flagged].sum())
    n_labelled = int(table.positives.sum())

    def at_level(least: Level) -> Alerts:
        chosen = level >= SEVERITY[least]
        lines, labelled = table.counts[chosen].sum(), table.positives[chosen].sum()  # type: ignore[index]  # asserted
        return _alerts(n_labelled, f"level >= {least.value}", float(lines), float(labelled))

    alerts = [
        _alerts(
            n_labelled, judged.candidate.name, n_flagged, float(table.positives[flagged].sum())
        ),
        at_level(Level.ERROR),
        at_level(Level.WARN),
    ]
    if rarity is not None:
        labelled = labelled_among(rarity, table.counts, table.positives, n_flagged)
        alerts.append(_alerts(n_labelled, "template rarity, as many lines", n_flagged, labelled))
    scores = -judged.judgements.decisions
    first = [
        FirstLines(n, labelled_among(scores, table.counts, table.positives, n) / n)
        for n in FIRST
        if n <= table.n_samples
    ]
    return alerts, first


def alerts_of_groups(patterns: PatternTable, model: Alerts) -> list[Alerts]:
    """As many lines as a model flags by the rarity of their group (`trainer.judging.drain`).

    Args:
        patterns: of the labelled records that have a message.
        model: the model's own alerts.
    """
    rarities = group_rarities(patterns)
    lines = int(patterns.counts.sum())
    if rarities is None or model.n_lines > lines:
        return []
    labelled = labelled_among(rarities, patterns.counts, patterns.positives, model.n_lines)
    n_labelled = int(patterns.positives.sum())
    return [_alerts(n_labelled, "Drain's groups' rarity, as many lines", model.n_lines, labelled)]


def _alerts(n_labelled: int, name: str, lines: float, labelled: float) -> Alerts:
    return Alerts(
        name,
        round(lines),
        round(labelled),
        labelled / lines if lines else 0.0,
        labelled / n_labelled if n_labelled else 0.0,
    )


def labelled_patterns(patterns: Sequence[FoundPattern]) -> list[FirstPatterns]:
    """How many of the worst patterns have a labelled line; nothing without labels.

    Args:
        patterns: the worst, the worst first.
    """
    has_label = [pattern.n_labelled > 0 for pattern in patterns if pattern.n_labelled is not None]
    return [FirstPatterns(n, sum(has_label[:n])) for n in FIRST_PATTERNS if n <= len(has_label)]


def labelled_among(scores: Floats, counts: Ints, positives: Ints, n: int) -> float:
    """Labelled lines among the `n` with the highest scores, as is to be expected under ties.

    Args:
        scores: float64 of shape (k,).
        counts: int64 of shape (k,), lines with each.
        positives: int64 of shape (k,), those of them that are labelled.
        n: lines, at most all.
    """
    values, inverse = np.unique(-scores, return_inverse=True)
    lines = np.bincount(inverse, counts, len(values))
    labelled = np.bincount(inverse, positives, len(values))
    before = np.cumsum(lines) - lines
    taken = np.clip(n - before, 0, lines)
    return float((labelled * taken / lines).sum())
