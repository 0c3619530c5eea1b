"""Answers about a candidate that judges beside the model."""

from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

from schemas.api.predictions import ModelHash, ModelVersion, PatternId
from schemas.record.features import Level

ShadowState = Literal["off", "missing", "broken", "serving", "judging"]
STATES: Final[tuple[ShadowState, ...]] = get_args(ShadowState)

_Share = Annotated[float, Meta(ge=0, le=1)]


class ShadowExample(msgspec.Struct, frozen=True):
    """Logs of a kind that only the model or only the candidate flags; no text of their messages."""

    service: Annotated[str, Meta(description="`other` beyond the first 256 services.")]
    level: Annotated[Level, Meta(description="Severity.")]
    message_length: Annotated[int, Meta(description="Of the first of them, in characters.")]
    has_exception: Annotated[bool, Meta(description="The messages name an exception.")]
    has_timeout: Annotated[bool, Meta(description="They tell of a time-out.")]
    has_connection_error: Annotated[bool, Meta(description="They tell of a failed connection.")]
    pattern_id: Annotated[
        PatternId | None, Meta(description="Null for logs that came without their message.")
    ]
    model_decision: Annotated[float, Meta(description="Negative is an anomaly.")]
    candidate_decision: Annotated[float, Meta(description="Negative is an anomaly.")]
    log_count: Annotated[int, Meta(description="How many logs of this kind came.")]


class ShadowReport(msgspec.Struct, frozen=True, kw_only=True):
    """How a candidate judges the logs that the model judges, over all workers of the service."""

    state: Annotated[
        ShadowState,
        Meta(
            description="Of the worker that answers: `off` (ANOMALY_SHADOW is not set), `missing` "
            "(no candidate is named), `broken` (it cannot judge), `serving` (it is the model that "
            "serves), `judging`."
        ),
    ]
    detail: Annotated[str, Meta(description="What is wrong, if anything is.")] = ""
    candidate_version: ModelVersion | None = None
    candidate_hash: ModelHash | None = None
    model_version: Annotated[
        ModelVersion | None, Meta(description="The model that the candidate is compared with.")
    ] = None
    judging_workers: Annotated[int, Meta(description="Workers that compare this pair.")] = 0
    log_count: Annotated[int, Meta(description="Logs that both judged.")] = 0
    dropped_count: Annotated[
        int, Meta(description="Logs that the candidate did not judge: a sample is enough.")
    ] = 0
    agreement: Annotated[
        _Share | None, Meta(description="Share of logs with the same verdict.")
    ] = None
    model_flagged_share: Annotated[_Share | None, Meta(description="What the model flags.")] = None
    candidate_flagged_share: Annotated[
        _Share | None, Meta(description="What the candidate flags.")
    ] = None
    only_model_count: Annotated[int, Meta(description="Logs that the model alone flags.")] = 0
    only_candidate_count: Annotated[
        int, Meta(description="Logs that the candidate alone flags.")
    ] = 0
    examples: Annotated[
        list[ShadowExample],
        Meta(description="Kinds of logs that differ, the most frequent first; at most 20."),
    ] = []
