"""Request and answer of a training.

Unknown keys are refused among the options: a misspelt key would silently train another model.
"""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from schemas.api.predictions import ModelHash, ModelVersion, as_in_raw_log
from schemas.bundle.budget import MAX_LINES_PER_DAY, AlertBudget, AlertsPerDay
from schemas.bundle.detectors import meanings
from schemas.bundle.options import (
    CONTAMINATION,
    DEFAULT_CONTAMINATION,
    DEFAULT_DETECTOR,
    Contamination,
    DetectorName,
    ForestOptions,
    PerService,
    TrainOptions,
    check_together,
)
from schemas.record.features import LogFeatures

LinesPerDay = Annotated[
    int,
    Meta(
        ge=1,
        le=MAX_LINES_PER_DAY,
        description="Lines a day that will come, beside `alerts_per_day`: the rows of a training "
        "have no times to learn it from.",
    ),
]


class TrainingLog(msgspec.Struct, frozen=True, gc=False):
    """A log to learn from, as the predict calls take it: its `features`, or `message` with more.

    A raw log is read as there: a level by any logger's name or number, and without a level INFO,
    without a service `unknown`. A `log_id` may stand beside it and is ignored.
    """

    features: Annotated[
        LogFeatures | None,
        Meta(description="The six features; without them, the log as it was written."),
    ] = None
    message: Annotated[Raw, as_in_raw_log("The text")] | UnsetType = UNSET
    level: Annotated[Raw, as_in_raw_log("The severity")] | UnsetType = UNSET
    service: Annotated[Raw, as_in_raw_log("The writer's name")] | UnsetType = UNSET


class TrainRequest(ForestOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logs to learn from, and how."""

    contamination: Annotated[
        Contamination | UnsetType,
        Meta(
            description=f"{CONTAMINATION} {DEFAULT_CONTAMINATION} without it or `alerts_per_day`."
        ),
    ] = UNSET
    per_service: PerService = False
    alerts_per_day: AlertsPerDay | UnsetType = UNSET
    lines_per_day: LinesPerDay | UnsetType = UNSET
    detector: Annotated[
        DetectorName | UnsetType,
        Meta(
            description="What decides. Without it, what decides in the model that is current; in a "
            f"first model {DEFAULT_DETECTOR}."
        ),
    ] = UNSET
    training_data: (
        Annotated[list[LogFeatures], Meta(min_length=1, description="The logs, by their features.")]
        | UnsetType
    ) = UNSET
    logs: (
        Annotated[
            list[TrainingLog],
            Meta(
                min_length=1,
                description="In the place of `training_data`: logs as a batch of predictions has "
                "them, raw or by their features or some of each, in the order in which they came.",
            ),
        ]
        | UnsetType
    ) = UNSET
    activate: Annotated[
        bool,
        Meta(
            description="Whether the model is to serve at once; false leaves it in the store, for "
            "`POST /api/v1/models/{version}/activate`."
        ),
    ] = True

    def __post_init__(self) -> None:
        """Refuse what no field shows by itself; what the store knows does not count.

        Raises:
            ValueError: there are no logs, there is no such detector, or it does not go with the
                other options.
        """
        if self.training_data is UNSET and self.logs is UNSET:
            raise ValueError("training_data: is required, or logs in its place")
        if self.training_data is not UNSET and self.logs is not UNSET:
            raise ValueError("logs: Expected in the place of training_data, not with it")
        check_together(
            self._detector(DEFAULT_DETECTOR), self._contamination, per_service=self.per_service
        )
        if self.per_service and self.detector is UNSET:
            # What decides in the current model is not known here.
            raise ValueError("per_service: Expected beside a detector that takes it")
        if self.alerts_per_day is UNSET:
            if self.lines_per_day is not UNSET:
                raise ValueError("lines_per_day: Expected beside alerts_per_day alone")
            return
        if self.contamination is not UNSET:
            raise ValueError("alerts_per_day: Expected in the place of contamination, not with it")
        if self.lines_per_day is UNSET:
            raise ValueError(
                "lines_per_day: Expected beside alerts_per_day: the rows of a training have no "
                "times to learn it from"
            )

    @property
    def budget(self) -> AlertBudget | None:
        """The budget that the contamination follows from; None where a share was given."""
        if self.alerts_per_day is UNSET or self.lines_per_day is UNSET:
            return None
        return AlertBudget(self.alerts_per_day, self.lines_per_day)

    def options(self, current_detector: str) -> TrainOptions:
        """The options alone.

        Args:
            current_detector: what decides if the request does not say.
        """
        given = {name: getattr(self, name) for name in ForestOptions.__struct_fields__}
        return TrainOptions(
            **given,
            contamination=self._contamination,
            per_service=self.per_service,
            detector=self._detector(current_detector),
        )

    @property
    def _contamination(self) -> Contamination:
        return DEFAULT_CONTAMINATION if self.contamination is UNSET else self.contamination

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
            description="A log above it is anomalous; where logs with a message and logs without "
            "have thresholds of their own, that of most of the rows. It is a value of: "
            f"{meanings(lambda spec: spec.measure)}."
        ),
    ]
    duration_s: Annotated[float, Meta(description="Fit, export, proof and publish, in seconds.")]
    warnings: Annotated[
        list[str], Meta(description="What speaks against relying on the model, in words.")
    ]
