"""Answers of the calls for raw logs: counts, the verdicts that were asked for, the faults."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from schemas.api.predictions import ModelVersion

Returned = Literal["anomalies", "all", "none"]
"""The verdicts that a call for raw logs lists."""

MAX_LISTED: Final = 10_000
"""Verdicts in an answer; of more, the first are listed and the others counted."""

Position = Annotated[
    int, Meta(ge=0, description="Of its line, item or value in the body; the first is 0.")
]


class LogVerdict(msgspec.Struct, frozen=True, gc=False):
    """The verdict on a raw log."""

    position: Position
    is_anomaly: Annotated[bool, Meta(description="Whether `decision` is negative.")]
    anomaly_score: Annotated[float, Meta(gt=0, le=1, description="The higher, the more anomalous.")]
    decision: Annotated[float, Meta(description="Negative is an anomaly.")]
    percentile: Annotated[
        float, Meta(ge=0, le=1, description="Share of the training logs with a lower score.")
    ]
    model_version: ModelVersion
    pattern_id: Annotated[
        str,
        Meta(
            pattern="^[0-9a-f]{16}$",
            description="Of the message's pattern: the same for messages that differ in numbers.",
        ),
    ]
    why: Annotated[str, Meta(description="In words, for people.")]


class BadLog(msgspec.Struct, frozen=True):
    """A record that could not be judged; the others were."""

    position: Position
    problem: Annotated[str, Meta(description="What is at fault; nothing of its text.")]


class RawLogsAnswer(msgspec.Struct, frozen=True):
    """The records of a body of raw logs, counted."""

    log_count: Annotated[int, Meta(description="Records that were found, bad ones too.")]
    anomaly_count: Annotated[int, Meta(description="How many records are anomalies.")]
    bad_count: Annotated[int, Meta(description="Records that could not be judged.")]
    unlisted_count: Annotated[
        int,
        Meta(description=f"Verdicts beyond the first {MAX_LISTED:,}, which are not in `logs`."),
    ]
    model_version: ModelVersion
    logs: Annotated[list[LogVerdict], Meta(description="As `return` asks, in their order.")]
    bad: Annotated[list[BadLog], Meta(description="The first hundred that were not judged.")]
