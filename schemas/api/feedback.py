"""People's corrections of verdicts: request and answer."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from schemas.api.predictions import ModelHash, ModelVersion
from schemas.bundle.corrections import MAX_NOTE_CHARS, Correction, Moment
from schemas.record.features import LogFeatures


class FeedbackRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log, by its message or its features, and what it is."""

    verdict: Annotated[
        Literal["normal", "anomaly", "none"],
        Meta(
            description="What logs like this log are from now on: never, or always, an anomaly; "
            "none takes back an earlier correction."
        ),
    ]
    features: Annotated[
        LogFeatures | None, Meta(description="The six features of a log without its message.")
    ] = None
    message: Annotated[Raw, Meta(description="The text of the log.")] | UnsetType = UNSET
    level: (
        Annotated[Raw, Meta(description="Its severity; of no meaning for which logs are alike.")]
        | UnsetType
    ) = UNSET
    service: Annotated[Raw, Meta(description="The name of its writer.")] | UnsetType = UNSET
    note: Annotated[
        str,
        Meta(
            max_length=MAX_NOTE_CHARS,
            description="The reason, for later readers of the model's manifest.",
        ),
    ] = ""
    until: Annotated[
        Moment | None,
        Meta(description="When this ends to hold (RFC 3339); without it, never."),
    ] = None


class FeedbackResponse(msgspec.Struct, frozen=True):
    """The version in which a correction holds; it serves once this answer is given."""

    model_version: ModelVersion
    model_hash: ModelHash
    correction: Annotated[
        Correction | None, Meta(description="What holds now of such logs; null if nothing does.")
    ]
    n_corrections: Annotated[int, Meta(description="How many corrections the model has in all.")]
