"""How the logs that get a model's verdicts are counted."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from inference.detectors.judgements import Judgement, Novelty
from inference.model.verdicts import Mark
from schemas.record.features import LogFeatures
from schemas.record.key import Bools, Columns, Ints

Floats = npt.NDArray[np.float64]
Parts = npt.NDArray[np.int32]


class Marker(Protocol):
    """Says how logs with a verdict are counted (`inference.metrics.judged`)."""

    def mark(self, log: LogFeatures, judgement: Judgement, novelty: Novelty) -> Mark:
        """The mark to keep with a log's verdict."""
        ...

    def parts(
        self,
        services: Sequence[str],
        columns: Columns,
        is_anomaly: Bools,
        scores: Floats,
        novelties: Ints,
        patterns: Sequence[int | None] = (),
    ) -> Parts:
        """The same for several: label, anomaly score and `Novelty.number` of each."""
        ...

    def marks(self, parts: Parts) -> list[Mark]:
        """The marks to keep with verdicts of these parts."""
        ...

    def computed(self, n_verdicts: int) -> None:
        """Count verdicts that were made."""
        ...
