"""How a model is trained: the options of a training, kept in its manifest.

Unknown keys are refused: a misspelt key would silently train another model.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from schemas.bundle.detectors import DETECTORS

CONTAMINATION: Final = (
    'Expected share of anomalies, in (0, 0.5]; "auto", for an isolation forest alone, is the '
    "threshold of its paper, a score of 0.5."
)

Contamination = Annotated[float, Meta(gt=0, le=0.5, description=CONTAMINATION)] | Literal["auto"]

PerService = Annotated[
    bool,
    Meta(
        description="Whether services with many records get thresholds of their own, each at the "
        "contamination of what it writes; the others share the threshold for all records. "
        "Of the detector "
        + " or ".join(spec.name for spec in DETECTORS.values() if spec.takes_per_service)
        + " alone."
    ),
]

DetectorName = Annotated[
    str, Meta(description="What decides.", extra_json_schema={"enum": list(DETECTORS)})
]


DEFAULT_DETECTOR: Final = "surprisal"
"""It finds more of the faults, and its alerts are faults more often (docs/how-it-decides.md)."""

DEFAULT_CONTAMINATION: Final = 0.01

MAX_NODES: Final = 1_000_000
"""How large a forest may be unless somebody says otherwise, trees x 2 x samples of each: about the
32 MiB of graph that a worker loads unless its settings say otherwise."""


class ForestOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to fit a forest; the names are scikit-learn's.

    `max_samples` above the number of training rows means all of them.
    """

    n_estimators: Annotated[int, Meta(ge=1, le=1000, description="Trees of the forest.")] = 100
    max_samples: Annotated[
        int,
        Meta(ge=2, le=65_536, description="Training rows that each tree draws; of fewer, all."),
    ] = 256
    random_state: Annotated[
        int, Meta(ge=0, le=4_294_967_295, description="The same state gives the same model.")
    ] = 0


class TrainOptions(ForestOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to fit a detector and where to put its threshold.

    `contamination` "auto" puts the threshold at s(x) = 0.5, as in Liu 2008.
    """

    contamination: Contamination = DEFAULT_CONTAMINATION
    per_service: PerService = False
    detector: DetectorName = DEFAULT_DETECTOR

    def __post_init__(self) -> None:
        """Refuse what no field shows by itself.

        Raises:
            ValueError: there is no such detector, or it does not go with the other options.
        """
        check_together(self.detector, self.contamination, per_service=self.per_service)


def check_together(detector: str, contamination: float | str, *, per_service: bool) -> None:
    """Refuse options that do not go together.

    Raises:
        ValueError: there is no such detector, or it does not take such a contamination or
            thresholds by service.
    """
    spec = DETECTORS.get(detector)
    if spec is None:
        raise ValueError(f"detector: Expected one of {', '.join(DETECTORS)}")
    if contamination == "auto" and not spec.takes_auto:
        takers = " or ".join(other.name for other in DETECTORS.values() if other.takes_auto)
        raise ValueError(
            f"contamination: the detector {spec.name} needs a share in (0, 0.5]; "
            f'"auto" is a threshold of the forest alone: name the detector {takers}'
        )
    if per_service and not spec.takes_per_service:
        takers = " or ".join(other.name for other in DETECTORS.values() if other.takes_per_service)
        raise ValueError(
            f"per_service: the detector {spec.name} has the same threshold for all services; name "
            f"the detector {takers}"
        )
