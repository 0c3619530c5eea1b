"""What a training takes and answers.

Unknown keys are refused among the options: a misspelt one would silently train another model.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from schemas.features import LogFeatures
from schemas.predictions import ModelVersion

Contamination = (
    Annotated[float, Meta(gt=0, le=0.5, description="Expected share of anomalies, in (0, 0.5].")]
    | Literal["auto"]
)


Detector = Literal["isolation_forest", "surprise"]


class TrainOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to fit the forest; the names are scikit-learn's.

    `contamination` "auto" puts the threshold at s(x) = 0.5, as in Liu 2008. `max_samples` above
    the number of training rows means all of them.
    """

    contamination: Contamination = 0.05
    n_estimators: Annotated[int, Meta(ge=1, le=1000)] = 100
    max_samples: Annotated[int, Meta(ge=2, le=65_536)] = 256
    random_state: Annotated[int, Meta(ge=0, le=4_294_967_295)] = 0
    detector: Detector = "isolation_forest"

    def __post_init__(self) -> None:
        """Refuse what no single field can tell."""
        if self.detector == "surprise" and self.contamination == "auto":
            raise ValueError(
                "the detector surprise needs a contamination in (0, 0.5]; "
                '"auto" is a threshold of the forest alone'
            )


class TrainRequest(TrainOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Logs to learn from, and how."""

    training_data: Annotated[list[LogFeatures], Meta(min_length=1)]

    @property
    def options(self) -> TrainOptions:
        """The options alone."""
        names = TrainOptions.__struct_fields__
        return TrainOptions(**{name: getattr(self, name) for name in names})


class TrainResponse(msgspec.Struct, frozen=True):
    """What was trained and published; the version serves once this answer is given."""

    model_version: ModelVersion
    n_samples: Annotated[int, Meta(description="Training rows.")]
    n_distinct: Annotated[int, Meta(description="Distinct training rows.")]
    n_anomalies: Annotated[int, Meta(description="Training rows that the model calls anomalous.")]
    options: TrainOptions
    threshold: Annotated[
        float,
        Meta(
            description="isolation_forest: a log whose anomaly_score is above is anomalous; "
            "surprise: a log that surprises by more decades is"
        ),
    ]
    duration_s: Annotated[float, Meta(description="Fit, export, proof and publish, in seconds.")]
    warnings: list[str]
