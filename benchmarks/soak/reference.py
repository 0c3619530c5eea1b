"""scikit-learn's own verdicts, by model version."""

from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np
from sklearn.ensemble import IsolationForest

from schemas.api.predictions import Prediction
from schemas.bundle.options import TrainOptions
from schemas.record.encoding import FeatureEncoder
from schemas.record.features import LogFeatures
from trainer.counting.table import count_logs

TOLERANCE: Final = 1e-7
"""Of scores and decisions: the graph adds in double what scikit-learn adds in another order."""


class Verdict(msgspec.Struct, frozen=True):
    """What scikit-learn says of a log; the fields are those of a `Prediction`."""

    is_anomaly: bool
    anomaly_score: float
    decision: float


class Reference:
    """Fits each version's forest once more, with scikit-learn alone.

    Args:
        logs: what will be asked about.
    """

    def __init__(self, logs: Sequence[LogFeatures]) -> None:
        self._logs = list(dict.fromkeys(logs))
        self._rows = FeatureEncoder().matrix(self._logs)
        self._versions: dict[str, dict[LogFeatures, Verdict]] = {}

    def learn(self, version: str, logs: Sequence[LogFeatures], options: TrainOptions) -> None:
        """Fit what `version` was trained on, and judge all logs that will be asked about."""
        table = count_logs(logs)  # for scikit-learn draws its samples by the order of the rows
        forest = IsolationForest(
            n_estimators=options.n_estimators,
            max_samples=min(options.max_samples, len(logs)),
            contamination=options.contamination,
            random_state=options.random_state,
        ).fit(np.repeat(table.rows, table.counts, axis=0))
        columns = (
            forest.predict(self._rows) < 0,
            -forest.score_samples(self._rows),
            forest.decision_function(self._rows),
        )
        verdicts = map(Verdict, *(column.tolist() for column in columns))
        self._versions[version] = dict(zip(self._logs, verdicts, strict=True))

    def knows(self, version: str) -> bool:
        """Whether the version's forest has been fitted here."""
        return version in self._versions

    def verdict(self, version: str, log: LogFeatures) -> Verdict:
        """What the forest of a version that is known says of a log."""
        return self._versions[version][log]

    def fault(self, log: LogFeatures, found: Prediction) -> str:
        """What is wrong with a verdict on a log; empty if nothing is."""
        if not self.knows(found.model_version):
            return f"version {found.model_version} is of no training that was answered"
        expected = self.verdict(found.model_version, log)
        if found.is_anomaly != expected.is_anomaly:
            return f"is_anomaly {found.is_anomaly}, scikit-learn says {expected.is_anomaly}"
        for name in ("anomaly_score", "decision"):
            got, wanted = getattr(found, name), getattr(expected, name)
            if not abs(got - wanted) <= TOLERANCE:
                return f"{name} {got}, scikit-learn says {wanted}"
        return ""
