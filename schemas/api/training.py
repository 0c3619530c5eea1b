"""What a training takes and answers.

Unknown keys are refused among the options: a misspelt one would silently train another model.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schemas.api.predictions import ModelHash, ModelVersion
from schemas.bundle.detectors import meanings
from schemas.bundle.options import (
    DEFAULT_DETECTOR,
    DetectorName,
    ForestOptions,
    TrainOptions,
    check_together,
)
from schemas.record.features import LogFeatures


class TrainRequest(ForestOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logs to learn from, and how."""

    detector: Annotated[
        DetectorName | UnsetType,
        Meta(
            description="What decides. Without it, what decides in the model that is current; in a "
            f"first model {DEFAULT_DETECTOR}."
        ),
    ] = UNSET
    training_data: Annotated[
        list[LogFeatures], Meta(min_length=1, description="The logs, by their features.")
    ]
    activate: Annotated[
        bool,
        Meta(
            description="Whether the model is to serve at once; false leaves it in the store, for "
            "`POST /api/v1/models/{version}/activate`."
        ),
    ] = True

    def __post_init__(self) -> None:
        """Refuse what no single field can tell; what the store knows does not count for that.

        Raises:
            ValueError: there is no such detector, or it does not go with the other options.
        """
        check_together(self._detector(DEFAULT_DETECTOR), self.contamination)

    def options(self, current_detector: str) -> TrainOptions:
        """The options alone.

        Args:
            current_detector: what decides if the request does not say.
        """
        given = {name: getattr(self, name) for name in ForestOptions.__struct_fields__}
        return TrainOptions(**given, detector=self._detector(current_detector))

    def _detector(self, other: str) -> str:
        return other if self.detector is UNSET else self.detector


class TrainResponse(msgspec.Struct, frozen=True):
    """What was trained and published; if it is current, it serves once this answer is given."""

    model_version: ModelVersion
    model_hash: ModelHash
    is_current: Annotated[bool, Meta(description="Whether it serves; see `activate`.")]
    n_samples: Annotated[int, Meta(description="Training rows.")]
    n_distinct: Annotated[int, Meta(description="Distinct training rows.")]
    n_anomalies: Annotated[int, Meta(description="Training rows that the model calls anomalous.")]
    options: Annotated[TrainOptions, Meta(description="What was trained by.")]
    threshold: Annotated[
        float,
        Meta(
            description="A log above it is anomalous. It is a value of: "
            f"{meanings(lambda spec: spec.measure)}."
        ),
    ]
    duration_s: Annotated[float, Meta(description="Fit, export, proof and publish, in seconds.")]
    warnings: Annotated[
        list[str], Meta(description="What speaks against relying on the model, in words.")
    ]
