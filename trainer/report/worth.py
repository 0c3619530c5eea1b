"""Whether the deciding detector is worth running, in a sentence."""

from collections.abc import Sequence
from typing import Final

import msgspec

from trainer.report.goodness import Curve

_CLOSE: Final = 5e-4
"""A difference that three digits do not show does not count."""


class Worth(msgspec.Struct, frozen=True):
    """The conclusion from the rankings.

    Attributes:
        beaten: whether a trivial rule ranks better than the deciding detector.
        sentence: the same in words.
    """

    beaten: bool
    sentence: str


def judge_rankings(curves: Sequence[Curve]) -> Worth:
    """Compare the deciding detector with each trivial rule, by ROC AUC and average precision.

    F1 does not count: a rule's is that of its best threshold, which takes labels to find.

    Args:
        curves: the deciding detector's first.
    """
    deciding, rules = curves[0], [rule for rule in curves[1:] if rule.trivial]
    losses, lost = [], False
    for rule in rules:
        measures = [
            f"{name} ({theirs:.3f} against {ours:.3f})"
            for name, theirs, ours in (
                ("ROC AUC", rule.auc, deciding.auc),
                ("average precision", rule.average_precision, deciding.average_precision),
            )
            if theirs - ours >= _CLOSE
        ]
        lost = lost or len(measures) == 2  # noqa: PLR2004 - both measures
        if measures:
            losses.append(f"{rule.name} by {' and '.join(measures)}")
    if losses:
        return Worth(
            beaten=True,
            sentence=f"Better than {deciding.name}: {'; '.join(losses)}. "
            + (
                "A model that loses to a trivial rule is not worth running in its place."
                if lost
                else "No rule is better by both measures."
            ),
        )
    if not rules:
        return Worth(beaten=False, sentence="There is no trivial rule to compare with.")
    *others, last = [rule.name for rule in rules]
    names = f"{', '.join(others)} and {last}" if others else last
    return Worth(
        beaten=False,
        sentence=f"{deciding.name} ranks these records at least as well as {names}, "
        "by ROC AUC and by average precision.",
    )
