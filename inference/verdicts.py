"""A verdict, kept in the form in which it is answered.

What a client reads of a verdict depends on the log's features and the model alone, except for the
`log_id`. So the JSON around the log id is made once per verdict, and answering is joining bytes.
The bytes are those that msgspec would write for `schemas.predictions.Prediction`.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

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
        json: JSON of a `Prediction` from behind the log id to before the closing brace.
        contributions: what each feature contributes, native float32 in the model's order; bytes,
            since a memo holds thousands and few are ever asked for.
    """

    is_anomaly: bool
    json: bytes
    contributions: bytes


def make_verdicts(scores: Scores, model_version: str) -> list[Verdict]:
    """One verdict for each scored row."""
    version = _encode(model_version)
    encode = _encode
    return [
        Verdict(
            label < 0,
            b',"is_anomaly":%b,"anomaly_score":%b,"decision":%b,"model_version":%b'
            % (b"true" if label < 0 else b"false", encode(score), encode(decision), version),
            contributions.tobytes(),
        )
        for label, score, decision, contributions in zip(
            scores.labels.tolist(),
            scores.anomaly_scores.tolist(),
            scores.decisions.tolist(),
            scores.contributions,
            strict=True,
        )
    ]


def explain(verdict: Verdict, names: Sequence[str]) -> Explanation:
    """The contributions by name; features that the model does not take contribute nothing."""
    values = np.frombuffer(verdict.contributions, np.float32).tolist()
    by_name = dict.fromkeys(FEATURE_NAMES, 0.0) | dict(zip(names, values, strict=True))
    return Explanation(base=BASE, **by_name)


def prediction_json(log_id: str, verdict: Verdict, explanation: Explanation | None = None) -> bytes:
    """The answer to `POST /predict`."""
    if explanation is None:
        return b'{"log_id":%b%b}' % (_encode(log_id), verdict.json)
    return b'{"log_id":%b%b,"contributions":%b}' % (
        _encode(log_id),
        verdict.json,
        _encode(explanation),
    )


def batch_json(
    logs: Sequence[PredictRequest],
    verdicts: Sequence[Verdict],
    model_version: str,
    explanations: Sequence[Explanation] | None = None,
) -> bytes:
    """The answer to `POST /predict/batch`; `verdicts[i]` belongs to `logs[i]`; at least one."""
    if explanations is None:
        # One join over three parts a log: a batch is answered as fast as its bytes can be copied.
        parts = [b'},{"log_id":'] * (3 * len(logs))
        parts[0] = b'{"log_id":'
        parts[1::3] = map(_encode, [log.log_id for log in logs])
        parts[2::3] = [verdict.json for verdict in verdicts]
        parts.append(b"}")
        predictions = b"".join(parts)
    else:
        predictions = b",".join(
            [
                prediction_json(log.log_id, verdict, explanation)
                for log, verdict, explanation in zip(logs, verdicts, explanations, strict=True)
            ]
        )
    return b'{"predictions":[%b],"anomaly_count":%d,"model_version":%b}' % (
        predictions,
        [verdict.is_anomaly for verdict in verdicts].count(True),
        _encode(model_version),
    )
