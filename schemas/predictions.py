"""What the predict calls take and answer.

Requests are frozen structs that are decoded once at the edge. Keys that are not ours are ignored,
since log shippers add their own.
"""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.features import LogFeatures

MAX_BATCH_LOGS: Final = 10_000
MAX_LOG_ID_CHARS: Final = 512

LogId = Annotated[
    str,
    Meta(max_length=MAX_LOG_ID_CHARS, description="The caller's name for the log; returned as is."),
]
ModelVersion = Annotated[str, Meta(description="Number of the model version that decided.")]


class PredictRequest(msgspec.Struct, frozen=True, gc=False):
    """One log to judge."""

    log_id: LogId
    features: LogFeatures


class BatchRequest(msgspec.Struct, frozen=True, gc=False):
    """Several logs to judge in one call, answered in the same order."""

    logs: Annotated[list[PredictRequest], Meta(min_length=1, max_length=MAX_BATCH_LOGS)]


class Explanation(msgspec.Struct, frozen=True, gc=False):
    """Why a score is what it is: `anomaly_score = 2 ** (base + sum of the contributions)`.

    A positive contribution pushes towards an anomaly, a negative one away from it. `base` is -1: a
    log about which no tree knows anything scores one half.
    """

    base: float
    message_length: float
    level: float
    service: float
    has_exception: float
    has_timeout: float
    has_connection_error: float


class Prediction(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The verdict on one log."""

    log_id: LogId
    is_anomaly: Annotated[bool, Meta(description="Whether `decision` is negative.")]
    anomaly_score: Annotated[
        float,
        Meta(gt=0, le=1, description="Liu's s(x): the higher, the more anomalous."),
    ]
    decision: Annotated[
        float, Meta(description="scikit-learn's decision_function: negative is an anomaly.")
    ]
    model_version: ModelVersion
    contributions: Explanation | None = None


class BatchPrediction(msgspec.Struct, frozen=True, gc=False):
    """The verdicts on a batch, in the order of the request."""

    predictions: list[Prediction]
    anomaly_count: int
    model_version: ModelVersion
