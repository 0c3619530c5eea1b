"""Findings: all about an anomaly that may leave the service, which is all but the log's text."""

import msgspec

from inference.model.explanations import why
from inference.model.flagged import Flagged
from inference.model.model import Model
from inference.model.verdicts import numbers_of
from schemas.record.extraction import MessageFeatures
from schemas.record.features import LogFeatures


class Finding(msgspec.Struct, frozen=True):
    """An anomaly in words and numbers, without any text of the log.

    Attributes:
        why: in words.
        anomaly_score, percentile: as answers have them.
        model_version: of the model that judged.
    """

    why: str
    anomaly_score: float
    percentile: float
    model_version: str


def finding_of(model: Model, flagged: Flagged) -> Finding:
    """A finding of a model.

    Args:
        model: which judged.
        flagged: what it judged.
    """
    numbers = numbers_of(flagged.verdict)
    words = why(model, flagged.log, flagged.verdict)
    return Finding(words, numbers.anomaly_score, numbers.percentile, model.version)


def pattern_of(log: LogFeatures) -> str:
    """The pattern id as answers have it; empty for a log that came without its message."""
    return f"{log.pattern:016x}" if isinstance(log, MessageFeatures) else ""
