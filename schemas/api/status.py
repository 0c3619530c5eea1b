"""Answers of the calls about the service itself."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from schemas.api.predictions import ModelHash, ModelVersion
from schemas.bundle.manifest import Manifest


class Health(msgspec.Struct, frozen=True):
    """The process is alive."""

    status: Annotated[Literal["alive"], Meta(description="Always the same.")]


class Ready(msgspec.Struct, frozen=True, omit_defaults=True):
    """A verified, warmed model is loaded in the worker that answered."""

    status: Annotated[Literal["ready"], Meta(description="Always the same.")]
    model_version: Annotated[
        ModelVersion | None, Meta(description="Of inference: the version that serves.")
    ] = None
    detail: Annotated[
        str,
        Meta(
            description="What is wrong with a newer version that could not be loaded; else what to "
            "know of the model that serves: that it learned from another extractor's records, say."
        ),
    ] = ""


class ModelInfo(msgspec.Struct, frozen=True):
    """The model that serves in the worker that answered."""

    model_version: ModelVersion
    model_hash: ModelHash
    loaded_at: Annotated[str, Meta(description="When this worker loaded it (RFC 3339, UTC).")]
    manifest: Annotated[Manifest, Meta(description="Everything about the version but its graph.")]
