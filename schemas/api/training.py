"""What a training takes and answers.

Unknown keys are refused among the options: a misspelt one would silently train another model.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.api.predictions import ModelHash, ModelVersion
from schemas.bundle.detectors import meanings
from schemas.bundle.options import TrainOptions
from schemas.record.features import LogFeatures


class TrainRequest(TrainOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logs to learn from, and how."""

    training_data: Annotated[list[LogFeatures], Meta(min_length=1)]
    activate: Annotated[
        bool,
        Meta(
            description="Whether the model is to serve at once; false leaves it in the store, for "
            "`POST /api/v1/models/{version}/activate`."
        ),
    ] = True

    @property
    def options(self) -> TrainOptions:
        """The options alone."""
        names = TrainOptions.__struct_fields__
        return TrainOptions(**{name: getattr(self, name) for name in names})


class TrainResponse(msgspec.Struct, frozen=True):
    """What was trained and published; if it is current, it serves once this answer is given."""

    model_version: ModelVersion
    model_hash: ModelHash
    is_current: Annotated[bool, Meta(description="Whether it serves; see `activate`.")]
    n_samples: Annotated[int, Meta(description="Training rows.")]
    n_distinct: Annotated[int, Meta(description="Distinct training rows.")]
    n_anomalies: Annotated[int, Meta(description="Training rows that the model calls anomalous.")]
    options: TrainOptions
    threshold: Annotated[
        float,
        Meta(
            description="A log above it is anomalous. It is a value of: "
            f"{meanings(lambda spec: spec.measure)}."
        ),
    ]
    duration_s: Annotated[float, Meta(description="Fit, export, proof and publish, in seconds.")]
    warnings: list[str]
