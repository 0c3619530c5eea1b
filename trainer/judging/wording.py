"""Contributions to a verdict, and what it was asked for, for people."""

from inference.detectors.judgements import Judgements
from schemas.bundle.budget import AlertBudget
from schemas.bundle.detectors import DetectorSpec
from schemas.record.features import FEATURE_NAMES
from trainer.report.content import Contribution


def contributions_of(judged: Judgements, index: int, spec: DetectorSpec) -> list[Contribution]:
    """Why a record got its score, largest first: the terms, or else the features of the forest."""
    named = zip(FEATURE_NAMES, judged.contributions[index].tolist(), strict=False)
    if spec.terms:
        named = zip(spec.terms, judged.terms[index].tolist(), strict=True)
    return sorted(
        (Contribution(name, value) for name, value in named), key=lambda part: -abs(part.value)
    )


def budget_in_words(budget: AlertBudget) -> str:
    """A budget as manifests have it, and the contamination that follows from it."""
    assert budget.lines_per_day is not None
    return (
        f"{budget.alerts_per_day:,} a day of {budget.lines_per_day:,.0f} lines, "
        f"a contamination of {budget.share:g}"
    )
