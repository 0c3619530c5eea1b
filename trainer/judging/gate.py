"""Whether a model is worse than the model that serves: both judge the same records.

No model may flood its readers or fall silent, nor miss records that are odd in a single way. With
labels of both kinds, it counts as well how labelled records are ranked and flagged. Without, no
measure says which of two models is better; then a new model must not forget what was flagged.
"""

from collections.abc import Callable
from typing import Final

import msgspec

from trainer.counting.table import CountTable
from trainer.fitting.sensitivity import EXTREME, judge_planted
from trainer.judging.check import Check
from trainer.judging.judged import Judged
from trainer.judging.metrics import make_curve

WORSE_BY: Final = 0.02
"""How far a measure in [0, 1] may fall behind that of the active model."""

FLOOD: Final = 2.0
"""How many times the share asked for, or that of the active model, may be flagged."""

SILENCE: Final = 0.2
"""The share of what was asked for, or of what the active model flags, that must be flagged."""

REMEMBERED: Final = 0.5
"""The share of the active model's alerts that must stay near the top."""

NEAR_TOP: Final = 0.95
"""The percentile from which a record is near the top, flagged or not."""


class Labelled(msgspec.Struct, frozen=True):
    """How well a model finds labelled records.

    Attributes:
        average_precision: of its ranking, in [0, 1].
        precision: the labelled share of the records that it flags; 0 if it flags none.
    """

    average_precision: float
    precision: float


class Measures(msgspec.Struct, frozen=True):
    """A model's measures on the records of the comparison.

    Attributes:
        flagged: the share that it flags.
        asked: the share that it was to flag; None for contamination "auto".
        sees: what is odd about planted records (`trainer.fitting.sensitivity`) that it puts
            among its most anomalous hundredth.
        misses: what is odd about those that it neither flags nor puts near the top. A record in
            between counts neither as seen nor as missed, so that chance near an edge decides
            nothing.
        labelled: None without labels of both kinds.
    """

    flagged: float
    asked: float | None
    sees: list[str]
    misses: list[str]
    labelled: Labelled | None


class Comparison(msgspec.Struct, frozen=True):
    """A new model beside the active model.

    Attributes:
        new: its measures.
        active: the measures of the model that serves.
        remembered: the share of the records that the active model flags which the new model flags
            or puts near the top; 1 if the active model flags none.
    """

    new: Measures
    active: Measures
    remembered: float


class Rule(msgspec.Struct, frozen=True):
    """A rule that a new model must keep.

    Attributes:
        name: unique.
        labelled: whether it is for data with labels, or for data without; None for both.
        holds: whether it does.
        sentence: what was compared, with both figures.
    """

    name: str
    labelled: bool | None
    holds: Callable[[Comparison], bool]
    sentence: Callable[[Comparison], str]


def _of(measures: Measures) -> Labelled:
    assert measures.labelled is not None  # the rule is for data with labels
    return measures.labelled


def _most(compared: Comparison) -> float:
    shares = (compared.new.asked, compared.active.asked, compared.active.flagged)
    return FLOOD * max(share for share in shares if share is not None)


def _least(compared: Comparison) -> float:
    asked = compared.new.asked
    flagged = compared.active.flagged
    return SILENCE * (flagged if asked is None else min(asked, flagged))


def _newly_blind(compared: Comparison) -> list[str]:
    return [odd for odd in compared.active.sees if odd in compared.new.misses]


RULES: Final = (
    Rule(
        "average-precision",
        True,  # noqa: FBT003 - the column of a table
        lambda seen: (
            _of(seen.new).average_precision >= _of(seen.active).average_precision - WORSE_BY
        ),
        lambda seen: (
            f"average precision {_of(seen.new).average_precision:.3f}, of the active version "
            f"{_of(seen.active).average_precision:.3f}"
        ),
    ),
    Rule(
        "precision",
        True,  # noqa: FBT003 - the column of a table
        lambda seen: _of(seen.new).precision >= _of(seen.active).precision - WORSE_BY,
        lambda seen: (
            f"{_of(seen.new).precision:.1%} of what it flags is labelled, of what the active "
            f"version flags {_of(seen.active).precision:.1%}"
        ),
    ),
    Rule(
        "flood",
        None,
        lambda seen: seen.new.flagged <= _most(seen),
        lambda seen: (
            f"{seen.new.flagged:.2%} flagged, by the active version {seen.active.flagged:.2%}; "
            f"at most {_most(seen):.2%}"
        ),
    ),
    Rule(
        "silence",
        None,
        lambda seen: seen.new.flagged >= _least(seen),
        lambda seen: (
            f"{seen.new.flagged:.2%} flagged, by the active version {seen.active.flagged:.2%}; "
            f"at least {_least(seen):.3%}"
        ),
    ),
    Rule(
        "memory",
        False,  # noqa: FBT003 - the column of a table
        lambda seen: seen.remembered >= REMEMBERED,
        lambda seen: (
            f"{seen.remembered:.0%} of what the active version flags is flagged or among the most "
            f"anomalous {1 - NEAR_TOP:.0%}; at least {REMEMBERED:.0%}"
        ),
    ),
    Rule(
        "sensitivity",
        None,
        lambda seen: not _newly_blind(seen),
        lambda seen: (
            "planted records that the active version sees and it does not: "
            + (", ".join(_newly_blind(seen)) or "none")
        ),
    ),
)
"""docs/models.md lists them for users."""


def hold_against(table: CountTable, new: Judged, active: Judged) -> list[Check]:
    """Compare a new model with the active model.

    Args:
        table: the records that both judged; not empty.
        new: the new model's judgements.
        active: the active model's judgements.

    Returns:
        The outcome of each rule that is for such data, in the order of `RULES`.
    """
    flagged, again = active.judgements.is_anomaly, new.judgements.is_anomaly
    kept = again | (new.judgements.percentiles >= NEAR_TOP)
    n_flagged = int(table.counts[flagged].sum())
    n_kept = int(table.counts[flagged & kept].sum())
    remembered = n_kept / n_flagged if n_flagged else 1.0
    compared = Comparison(_measures(table, new), _measures(table, active), remembered)
    labelled = compared.new.labelled is not None
    return [
        Check(rule.name, rule.holds(compared), rule.sentence(compared))
        for rule in RULES
        if rule.labelled in (None, labelled)
    ]


def _measures(table: CountTable, judged: Judged) -> Measures:
    model, judgements = judged.candidate.model, judged.judgements
    flagged = judgements.is_anomaly
    n_flagged = int(table.counts[flagged].sum())
    planted = judge_planted(model, table)
    asked = model.manifest.options.contamination
    labelled = None
    positives = table.positives
    if positives is not None and 0 < int(positives.sum()) < table.n_samples:
        curve = make_curve("", -judgements.decisions, table.counts, positives, flagged)
        hits = int(positives[flagged].sum())
        labelled = Labelled(curve.average_precision, hits / n_flagged if n_flagged else 0.0)
    return Measures(
        n_flagged / table.n_samples,
        None if asked == "auto" else asked,
        [odd for odd, verdict in planted.items() if verdict.percentile >= EXTREME],
        [
            odd
            for odd, verdict in planted.items()
            if verdict.percentile < NEAR_TOP and not verdict.is_anomaly
        ],
        labelled,
    )
