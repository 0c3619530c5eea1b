"""How a model is trained: the options of a training, kept in its manifest.

Unknown keys are refused: a misspelt one would silently train another model.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Contamination = (
    Annotated[float, Meta(gt=0, le=0.5, description="Expected share of anomalies, in (0, 0.5].")]
    | Literal["auto"]
)


Detector = Literal["isolation_forest", "surprisal"]


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
        if self.detector == "surprisal" and self.contamination == "auto":
            raise ValueError(
                "the detector surprisal needs a contamination in (0, 0.5]; "
                '"auto" is a threshold of the forest alone'
            )
