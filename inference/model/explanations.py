"""Why a log got its verdict: in words, and in numbers that add up.

Made on request: few verdicts are ever explained, so none is remembered with its reasons.
"""

from typing import Final

import msgspec
import numpy as np

from inference.detectors.judgements import Judgements
from inference.model.model import Model
from inference.model.verdicts import Verdict
from schemas.api.predictions import Explanation
from schemas.bundle.corrections import Word
from schemas.record.features import FEATURE_NAMES, LogFeatures

BASE: Final = -1.0
"""Exponent of the score of a log about which no tree knows anything: 2 ** -1 = 0.5."""

_CORRECTED: Final[dict[Word, str]] = {
    "normal": "marked as normal by feedback",
    "anomaly": "marked as an anomaly by feedback",
}

_encode = msgspec.json.Encoder().encode


def why(model: Model, log: LogFeatures, verdict: Verdict) -> str:
    """Why in words, for people.

    Args:
        model: which judged the log.
        log: what it saw.
        verdict: its verdict.
    """
    contributions = np.frombuffer(model.contributions(log, verdict), np.float32).tolist()
    terms = np.frombuffer(verdict.terms, np.float64).tolist()
    named = dict(zip(FEATURE_NAMES, contributions, strict=False))
    reason = model.reason(log, named, terms)
    word = model.corrector.word(log)
    return reason if word is None else f"{_CORRECTED[word]}; otherwise: {reason}"


def why_of_row(model: Model, log: LogFeatures, judged: Judgements, index: int) -> str:
    """The same for a record among many that were judged together.

    Args:
        model: which judged them.
        log: the record.
        judged: its verdicts on them.
        index: of the record.
    """
    named = dict(zip(FEATURE_NAMES, judged.contributions[index].tolist(), strict=False))
    return model.reason(log, named, judged.terms[index].tolist())


def explanation_json(model: Model, log: LogFeatures, verdict: Verdict) -> bytes:
    """The members of a `Prediction` that say why, each with the comma before it.

    The arguments are those of `why`.
    """
    explained = b""
    contributions = model.contributions(log, verdict)
    if contributions:
        values = np.frombuffer(contributions, np.float32).tolist()
        explained = b',"contributions":' + _encode(Explanation(BASE, *values))
    if model.spec.terms:
        values = np.frombuffer(verdict.terms, np.float64).tolist()
        explained += b',"terms":' + _encode(dict(zip(model.spec.terms, values, strict=True)))
    return explained + b',"why":' + _encode(why(model, log, verdict))
