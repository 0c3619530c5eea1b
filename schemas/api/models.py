"""Answers of the calls about published versions."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.api.predictions import ModelHash, ModelVersion

MAX_VERSION: Final = 999_999_999
"""A higher number is no version's."""


class PublishedVersion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A version in the model store."""

    model_version: ModelVersion
    is_current: Annotated[bool, Meta(description="Whether CURRENT names it, so that it serves.")]
    model_hash: ModelHash | None = None
    detector: Annotated[str | None, Meta(description="What decides.")] = None
    created_at: Annotated[str | None, Meta(description="When it was trained (RFC 3339).")] = None
    n_samples: Annotated[int | None, Meta(description="Training rows.")] = None
    contamination: Annotated[
        float | str | None, Meta(description="Share of anomalies that was asked for.")
    ] = None
    fault: Annotated[str, Meta(description="Why it cannot serve; absent if nothing is known.")] = ""


class ModelList(msgspec.Struct, frozen=True):
    """All versions in the model store, oldest first."""

    current: Annotated[
        ModelVersion | None, Meta(description="The version that CURRENT names; null if none does.")
    ]
    versions: Annotated[list[PublishedVersion], Meta(description="All of them.")]


class Activated(msgspec.Struct, frozen=True):
    """What was made current; it serves once this answer is given."""

    model_version: ModelVersion
    model_hash: ModelHash
    replaced: Annotated[
        ModelVersion | None, Meta(description="What was current before; null if nothing was.")
    ]
    warnings: Annotated[
        list[str],
        Meta(description="Corrections that held before and do not hold any more, in words."),
    ]
