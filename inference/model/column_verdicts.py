"""Verdicts on a batch of which nothing was known before: in columns, without an object for each.

Such a batch is judged, counted and answered by columns. Only reports of anomalies and memos make
single verdicts of them (`inference.model.verdicts.verdicts_in_columns`).
"""

from collections.abc import Sequence
from itertools import repeat
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt

from inference.detectors.judgements import Judgements
from schemas.record.features import LogFeatures
from schemas.record.key import Ints

_encode: Final = msgspec.json.Encoder().encode


class _Prediction(msgspec.Struct, gc=False):
    """The members of a `Prediction` without a message and an explanation, in its order."""

    log_id: str | int
    is_anomaly: bool
    anomaly_score: float
    decision: float
    percentile: float
    model_version: str


class _BatchPrediction(msgspec.Struct, gc=False):
    """As `schemas.api.predictions.BatchPrediction`."""

    predictions: list[_Prediction]
    anomaly_count: int
    model_version: str


class ColumnVerdicts(msgspec.Struct, frozen=True):
    """Verdicts on n logs, none of which has a message.

    Attributes:
        logs: what was judged.
        judgements: on them.
        parts: how they are counted (`inference.metrics.judged`), int32 of shape (n, n_parts);
            of shape (n, 0) without metrics.
        model_version: as answers give it.
    """

    logs: Sequence[LogFeatures]
    judgements: Judgements
    parts: npt.NDArray[np.int32]
    model_version: str

    def __len__(self) -> int:
        return len(self.logs)

    @property
    def anomalies(self) -> list[int]:
        """Where the anomalies are."""
        places: list[int] = self.judgements.is_anomaly.nonzero()[0].tolist()
        return places

    def take(self, indices: Sequence[int]) -> "ColumnVerdicts":
        """The verdicts at these indices, in their order."""
        chosen: Ints = np.array(indices, np.int64)
        return ColumnVerdicts(
            [self.logs[at] for at in indices],
            self.judgements.take(chosen),
            self.parts[chosen],
            self.model_version,
        )

    def json(self, log_ids: Sequence[str | int]) -> bytes:
        """The answer to `POST /predict/batch`, to logs with these names in this order.

        The bytes are those of `inference.model.verdicts.batch_json`.
        """
        judged = self.judgements
        columns: list[list[Any]] = [
            judged.is_anomaly.tolist(),
            judged.anomaly_scores.tolist(),
            judged.decisions.tolist(),
            judged.percentiles.tolist(),
        ]
        predictions = list(map(_Prediction, log_ids, *columns, repeat(self.model_version)))
        n_anomalies = int(np.count_nonzero(judged.is_anomaly))
        return _encode(_BatchPrediction(predictions, n_anomalies, self.model_version))
