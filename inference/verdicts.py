"""A verdict, kept in the form in which it is answered.

What a client reads of a verdict depends on the log's features and the model alone, except for the
`log_id`. So the JSON around the log id is made once per verdict, and answering is joining bytes.
The bytes are those that msgspec would write for `schemas.predictions.Prediction`.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from inference.scorer import Scores
from schemas.features import FEATURE_NAMES
from schemas.predictions import Explanation, PredictRequest

BASE: Final = -1.0
"""Exponent of the score of a log about which no tree knows anything: 2 ** -1 = 0.5."""

_encode = msgspec.json.Encoder().encode


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What a model says of one feature tuple.

    Attributes:
        is_anomaly: the label.
        plain: JSON of a `Prediction` from behind the log id to the closing brace.
        explained: the same with `contributions`.
    """

    is_anomaly: bool
    plain: bytes
    explained: bytes


def make_verdicts(scores: Scores, names: Sequence[str], model_version: str) -> list[Verdict]:
    """One verdict for each scored row."""
    version = _encode(model_version)
    verdicts = []
    for label, score, decision, contributions in zip(
        scores.labels.tolist(),
        scores.anomaly_scores.tolist(),
        scores.decisions.tolist(),
        scores.contributions.tolist(),
        strict=True,
    ):
        is_anomaly = label < 0
        plain = b',"is_anomaly":%b,"anomaly_score":%b,"decision":%b,"model_version":%b' % (
            _encode(is_anomaly),
            _encode(score),
            _encode(decision),
            version,
        )
        by_name = dict.fromkeys(FEATURE_NAMES, 0.0) | dict(zip(names, contributions, strict=True))
        explanation = _encode(Explanation(base=BASE, **by_name))
        explained = b'%b,"contributions":%b}' % (plain, explanation)
        verdicts.append(Verdict(is_anomaly, plain + b"}", explained))
    return verdicts


def prediction_json(log_id: str, verdict: Verdict, *, explain: bool = False) -> bytes:
    """The answer to `POST /predict`."""
    return b'{"log_id":%b%b' % (_encode(log_id), verdict.explained if explain else verdict.plain)


def batch_json(
    logs: Sequence[PredictRequest],
    verdicts: Sequence[Verdict],
    model_version: str,
    *,
    explain: bool = False,
) -> bytes:
    """The answer to `POST /predict/batch`; `verdicts[i]` belongs to `logs[i]`."""
    if explain:
        tails = [verdict.explained for verdict in verdicts]
    else:
        tails = [verdict.plain for verdict in verdicts]
    encode = _encode
    predictions = b",".join(
        [b'{"log_id":' + encode(log.log_id) + tail for log, tail in zip(logs, tails, strict=True)]
    )
    anomaly_count = sum([verdict.is_anomaly for verdict in verdicts])
    return b'{"predictions":[%b],"anomaly_count":%d,"model_version":%b}' % (
        predictions,
        anomaly_count,
        encode(model_version),
    )
