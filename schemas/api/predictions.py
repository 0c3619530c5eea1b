"""Requests and answers of the predict calls.

Requests are frozen structs that are decoded once at the edge. Keys that are not ours are ignored,
since log shippers add their own.
"""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from schemas.api.problems import FieldError
from schemas.bundle.detectors import meanings
from schemas.record.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS, Level, LogFeatures

MAX_BATCH_LOGS: Final = 10_000
MAX_LOG_ID_CHARS: Final = 512
MAX_LOG_ID: Final = 2**63 - 1

LogId = Annotated[
    Annotated[str, Meta(max_length=MAX_LOG_ID_CHARS)] | Annotated[int, Meta(ge=0, le=MAX_LOG_ID)],
    Meta(description="The caller's name for the log, text or a whole number; returned as is."),
]
ModelVersion = Annotated[str, Meta(description="Number of the model version that decided.")]
ModelHash = Annotated[
    str,
    Meta(
        description="What identifies the version: SHA-256 of its manifest. Numbers are for people; "
        "two stores have the same numbers."
    ),
]

PatternId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9a-f]{16}$",
        description="Of a raw log: the id of its message's pattern, 16 hexadecimal digits that "
        "depend on the message alone. Not there for a log that came as features.",
    ),
]


class RawLog(msgspec.Struct, frozen=True, gc=False):
    """A log as it was written; the service makes the features of it."""

    message: Annotated[str, Meta(max_length=MAX_MESSAGE_LENGTH, description="The whole text.")]
    level: Level
    service: Annotated[str, Meta(min_length=1, max_length=MAX_SERVICE_CHARS)]


def as_in_raw_log(what: str) -> Meta:
    """Any JSON: ignored where the log has `features`, checked where it has none."""
    return Meta(description=f"{what} of a log that comes without `features`; ignored beside them.")


class PredictRequest(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A log to judge: its `features`, or `message` with `level` and `service`.

    A raw log is read as training reads it: a level by any logger's name or number, and without a
    level INFO, without a service `unknown`.
    """

    log_id: LogId
    features: Annotated[
        LogFeatures | None,
        Meta(description="What the model sees of the log; without it, the log as it was written."),
    ] = None
    message: Annotated[Raw, as_in_raw_log("The text")] | UnsetType = UNSET
    level: Annotated[Raw, as_in_raw_log("The severity")] | UnsetType = UNSET
    service: Annotated[Raw, as_in_raw_log("The writer's name")] | UnsetType = UNSET


class BatchRequest(msgspec.Struct, frozen=True, gc=False):
    """Logs to judge in a single call, answered in the same order."""

    logs: Annotated[
        list[PredictRequest],
        Meta(
            min_length=1,
            max_length=MAX_BATCH_LOGS,
            description=f"What to judge, {MAX_BATCH_LOGS:,} logs at most.",
        ),
    ]


class Explanation(msgspec.Struct, frozen=True, gc=False):
    """Why the forest's score is what it is: `score = 2 ** (base + sum of the contributions)`.

    With the detector `isolation_forest` that score is the `anomaly_score`. With `surprisal` the
    forest sees ln(1 + message_length) as `message_length`, decades of severity as `level` and the
    signature's rarity as `service`.

    Attributes:
        base: -1: a log about which no tree knows anything scores 0.5.
        message_length: what the length contributes; positive pushes towards an anomaly, negative
            away from it.
        level: what the level contributes.
        service: what the service contributes.
        has_exception: what it contributes that the message names an exception or does not.
        has_timeout: what it contributes that the message tells of a time-out or does not.
        has_connection_error: what it contributes that the message tells of a failed connection or
            does not.
    """

    base: float
    message_length: float
    level: float
    service: float
    has_exception: float
    has_timeout: float
    has_connection_error: float


class Prediction(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The verdict on a log."""

    log_id: LogId
    is_anomaly: Annotated[bool, Meta(description="Whether `decision` is negative.")]
    anomaly_score: Annotated[
        float,
        Meta(
            gt=0,
            le=1,
            description=f"The higher, the more anomalous. {meanings(lambda spec: spec.score)}.",
        ),
    ]
    decision: Annotated[
        float,
        Meta(description=f"Negative is an anomaly. {meanings(lambda spec: spec.decision)}."),
    ]
    percentile: Annotated[
        float,
        Meta(ge=0, le=1, description="Share of the training logs with a lower score."),
    ]
    model_version: ModelVersion
    pattern_id: PatternId | UnsetType = UNSET
    contributions: Annotated[
        Explanation | None,
        Meta(
            description="With `explain=true`: how much each feature weighs in the forest's score."
        ),
    ] = None
    terms: Annotated[
        dict[str, float] | None,
        Meta(
            description="Why, for a detector that adds terms up: `decision` is the model's "
            "threshold minus their sum."
        ),
    ] = None
    why: Annotated[str, Meta(description="Why, in words for people.")] | None = None


class FaultyLog(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A log that could not be judged; the others were."""

    position: Annotated[int, Meta(ge=0, description="In the batch or the lines; the first is 0.")]
    errors: Annotated[list[FieldError], Meta(description="Every value at fault, by its path.")]
    log_id: LogId | None = None


class BatchPrediction(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The verdicts on a batch, in the order of the request."""

    predictions: Annotated[list[Prediction], Meta(description="The verdicts, in that order.")]
    anomaly_count: Annotated[int, Meta(description="How many logs are anomalies.")]
    model_version: ModelVersion
    errors: Annotated[
        list[FaultyLog] | None,
        Meta(description="With `on_error=report`: logs at fault, left out of `predictions`."),
    ] = None
