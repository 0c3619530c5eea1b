"""The differences of two lists of patterns, the most important first.

Counts are exact, and so is what is new and what is gone. For patterns of both lists a test says
whether their shares differ by more than chance: the log-likelihood ratio G2 of the two by two table
of counts (T. Dunning, Accurate Methods for the Statistics of Surprise and Coincidence,
Computational Linguistics 19(1), 1993), chi-squared with one degree of freedom. As many patterns are
tested at once, p-values are adjusted for the rate of false discoveries (Y. Benjamini and
Y. Hochberg, J. R. Statist. Soc. B 57(1), 1995). Lines come in bursts, so they are not independent
and p is smaller than it should be: a share has to change by a factor as well.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from schemas.record.features import SEVERITY, Level
from trainer.patterns.pattern import Pattern

Kind = Literal["new", "louder", "more", "gone", "less"]

MAX_Q: Final = 0.01
"""At most this share of the patterns called more or less frequent is expected to be chance."""

FACTOR: Final = 2.0
"""A share must change by at least this factor."""

SEVERE: Final = SEVERITY[Level.ERROR]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern that differs.

    Attributes:
        kind: `new`, never seen in the good list; `louder`, now at ERROR or FATAL as well, where it
            never was; `more` and `less` frequent; `gone`, no longer seen.
        pattern_id, service, text: as in `Pattern`.
        level: the highest in the bad list; of what is gone, in the good list.
        good, bad: how many lines.
        ratio: of its share in the bad list to that in the good list; None where it has none there.
        g2: the log-likelihood ratio, 0 or more; higher is less likely chance.
        q: the p-value of g2, adjusted.
        is_severe: whether its level is ERROR or FATAL.
        first_seen, last_seen, first_place: in the bad list, if known; of what is gone, in the
            good list.
    """

    kind: Kind
    pattern_id: str
    service: str
    text: str
    level: str
    good: int
    bad: int
    ratio: float | None
    g2: float
    q: float
    is_severe: bool
    first_seen: str = ""
    last_seen: str = ""
    first_place: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The differences of two lists.

    Attributes:
        changes: what to read first comes first.
        n_good, n_bad: lines in each.
        good_patterns, bad_patterns: patterns in each.
        new_services, gone_services: names.
        new_levels, gone_levels: names, the most severe first.
    """

    changes: list[Change]
    n_good: int
    n_bad: int
    good_patterns: int
    bad_patterns: int
    new_services: list[str]
    gone_services: list[str]
    new_levels: list[str]
    gone_levels: list[str]

    def count(self, kind: Kind, *, severe: bool = False) -> int:
        """How many changes are of a kind, or how many of these are severe."""
        return sum(
            1 for change in self.changes if change.kind == kind and (change.is_severe or not severe)
        )


def compare(
    good: Sequence[Pattern],
    bad: Sequence[Pattern],
    *,
    n_good: int | None = None,
    n_bad: int | None = None,
    max_q: float = MAX_Q,
    factor: float = FACTOR,
) -> Comparison:
    """The differences of two lists of patterns.

    Args:
        good: patterns by which the others are measured, none twice.
        bad: the others, none twice.
        n_good: lines in all, those of patterns that are not listed included; None for the listed.
        n_bad: likewise.
        max_q: see `MAX_Q`.
        factor: see `FACTOR`.
    """
    n_good = n_good or sum(pattern.count for pattern in good)
    n_bad = n_bad or sum(pattern.count for pattern in bad)
    before = {(pattern.service, pattern.pattern_id): pattern for pattern in good}
    after = {(pattern.service, pattern.pattern_id): pattern for pattern in bad}
    pairs = [(before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]
    ratios = [log_likelihood_ratio(_count(g), n_good, _count(b), n_bad) for g, b in pairs]
    adjusted = adjust([p_value(ratio) for ratio in ratios])
    changes = []
    for (g, b), g2, q in zip(pairs, ratios, adjusted, strict=True):
        ratio = _count(b) / n_bad / (g.count / n_good) if g is not None and n_bad else None
        kind = _kind(g, b, None if q > max_q else ratio, factor)
        pattern = b or g
        if kind is None or pattern is None:
            continue
        changes.append(
            Change(
                kind=kind,
                pattern_id=pattern.pattern_id,
                service=pattern.service,
                text=pattern.text,
                level=pattern.level,
                good=_count(g),
                bad=_count(b),
                ratio=ratio,
                g2=g2,
                q=q,
                is_severe=_severity(pattern) >= SEVERE,
                first_seen=pattern.first_seen,
                last_seen=pattern.last_seen,
                first_place=pattern.first_place,
            )
        )
    services = {pattern.service for pattern in good}, {pattern.service for pattern in bad}
    levels = _levels(good), _levels(bad)
    return Comparison(
        changes=sorted(changes, key=_urgency),
        n_good=n_good,
        n_bad=n_bad,
        good_patterns=len(good),
        bad_patterns=len(bad),
        new_services=sorted(services[1] - services[0]),
        gone_services=sorted(services[0] - services[1]),
        new_levels=_most_severe_first(levels[1] - levels[0]),
        gone_levels=_most_severe_first(levels[0] - levels[1]),
    )


def log_likelihood_ratio(a: int, n_a: int, b: int, n_b: int) -> float:
    """G2 of a of n_a against b of n_b: twice the log of how much better two shares fit than 1.

    0 where the shares are equal, and where either side has no lines.
    """
    if not n_a or not n_b:
        return 0.0
    share = (a + b) / (n_a + n_b)
    observed = (a, n_a - a, b, n_b - b)
    expected = (n_a * share, n_a * (1 - share), n_b * share, n_b * (1 - share))
    terms = [o * math.log(o / e) for o, e in zip(observed, expected, strict=True) if o]
    return max(2 * math.fsum(terms), 0.0)


def p_value(g2: float) -> float:
    """How often chance alone gives as high a value: chi-squared with one degree of freedom."""
    return math.erfc(math.sqrt(g2 / 2))


def adjust(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted by Benjamini and Hochberg: p times m over its rank, never descending."""
    m = len(p_values)
    adjusted = [0.0] * m
    lowest = 1.0
    for rank, index in sorted(
        enumerate(sorted(range(m), key=p_values.__getitem__), start=1), reverse=True
    ):
        lowest = min(lowest, p_values[index] * m / rank)
        adjusted[index] = lowest
    return adjusted


def _kind(
    good: Pattern | None, bad: Pattern | None, ratio: float | None, factor: float
) -> Kind | None:
    """The kind of a change; None for no change. The ratio is None where chance may explain it."""
    if good is None:
        return "new"
    if bad is None:
        return "gone"
    if _severity(bad) >= SEVERE > _severity(good):
        return "louder"
    if ratio is None:
        return None
    return "more" if ratio >= factor else "less" if ratio <= 1 / factor else None


_ORDER: Final[dict[Kind, int]] = {"new": 0, "louder": 0, "more": 1, "gone": 2, "less": 3}


def _urgency(change: Change) -> tuple[bool, int, float, str, str]:
    """New before gone, errors before all; then the least likely chance first."""
    appeared = change.kind in ("new", "louder", "more")
    return (
        not (change.is_severe and appeared),
        _ORDER[change.kind],
        -change.g2,
        change.service,
        change.pattern_id,
    )


def _count(pattern: Pattern | None) -> int:
    return 0 if pattern is None else pattern.count


def _severity(pattern: Pattern) -> int:
    return SEVERITY[Level(pattern.level)]


def _levels(patterns: Iterable[Pattern]) -> set[str]:
    return {
        level
        for pattern in patterns
        for level in (pattern.levels or {pattern.level: pattern.count})
    }


def _most_severe_first(levels: Iterable[str]) -> list[str]:
    return sorted(levels, key=lambda level: -SEVERITY[Level(level)])
