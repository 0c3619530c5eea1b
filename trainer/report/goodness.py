"""How good a model is, as a report says it: plain data, already counted."""

import msgspec

from schemas.bundle.manifest import HeldOutSummary


class Curve(msgspec.Struct, frozen=True):
    """How well a ranking finds the labelled records.

    Attributes:
        name: a detector, or a trivial rule (`level` alone ...).
        trivial: whether it is a trivial rule, which a model must beat to be worth running.
        false_positive_rate: x of the ROC curve, ascending from 0 to 1.
        true_positive_rate: y of it.
        recall: x of the precision-recall curve, ascending.
        precision: y of it.
        auc: area under the ROC curve; ties count half.
        average_precision: of the precision-recall curve.
        f1: at the detector's threshold; for a trivial rule, at its own best threshold.
    """

    name: str
    trivial: bool
    false_positive_rate: list[float]
    true_positive_rate: list[float]
    recall: list[float]
    precision: list[float]
    auc: float
    average_precision: float
    f1: float


class Alerts(msgspec.Struct, frozen=True):
    """The lines that a model, or a rule, flags for a person.

    Attributes:
        name: of the model or the rule.
        n_lines: lines that it flags.
        n_labelled: how many of them are labelled.
        precision: their share.
        recall: share of all labelled lines that these are.
    """

    name: str
    n_lines: int
    n_labelled: int
    precision: float
    recall: float


class FirstLines(msgspec.Struct, frozen=True):
    """How many of the worst lines are labelled.

    Attributes:
        n_lines: how many of the worst.
        precision: share of them that is labelled.
    """

    n_lines: int
    precision: float


class FirstPatterns(msgspec.Struct, frozen=True):
    """How many of the worst patterns have a labelled line.

    Attributes:
        n_patterns: how many of the worst.
        n_labelled: those of them with a labelled line.
    """

    n_patterns: int
    n_labelled: int


class FaultCount(msgspec.Struct, frozen=True, kw_only=True):
    """Faults, each with many labelled lines.

    Attributes:
        named: they are what the labels name; else runs of labelled lines of a service.
        n_faults: in all.
        n_flagged: those with a line that the model flags.
        n_alerted: those with a line that an alert on ERROR flags.
    """

    named: bool
    n_faults: int
    n_flagged: int
    n_alerted: int


class HeldOut(msgspec.Struct, frozen=True):
    """How a model does on records that it did not learn from.

    Attributes:
        basis: which these are, in a sentence.
        headline: as a report's.
        summary: the figures, as the manifest has them.
    """

    basis: str
    headline: str
    summary: HeldOutSummary
