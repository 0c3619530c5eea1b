"""The detector `isolation_forest`: the forest's own label, as scikit-learn gives it."""

from collections.abc import Sequence

import numpy as np

from inference.judgements import Judgements
from inference.scorer import Scorer, Scores
from schemas.encoding import SERVICE_BUCKETS, FeatureEncoder, UnknownFeaturesError
from schemas.extraction import extract_features
from schemas.features import FEATURE_NAMES, Level, LogFeatures
from schemas.manifest import MODEL_FILE, TABLES_FILE, Manifest
from schemas.packing import Ints, feature_rows
from schemas.surprise import Tables

_NO_TERMS = 0


class ForestDetector:
    """Scores the six features by the graph alone.

    Raises:
        UnfitGraphError, UnknownFeaturesError, UnreadableTablesError: the bundle cannot be served.
    """

    def __init__(self, manifest: Manifest, files: dict[str, bytes]) -> None:
        features = manifest.features
        self._encoder = FeatureEncoder(features.names, features.service_buckets)
        self._scorer = Scorer(files[MODEL_FILE], len(features.names))
        # Answers name contributions in the order of `FEATURE_NAMES`, whatever the model's is.
        self._columns = None
        if tuple(features.names) != FEATURE_NAMES:
            self._columns = [FEATURE_NAMES.index(name) for name in features.names]
        self._percentiles = Tables.from_bytes(files[TABLES_FILE]).percentiles

    def judge(self, logs: Sequence[LogFeatures]) -> Judgements:
        """Judge logs that came one by one."""
        return self._judgements(self._scorer.score(self._encoder.matrix(logs)))

    def judge_keys(self, keys: Ints) -> Judgements:
        """Judge packed records.

        Raises:
            UnknownFeaturesError: the model takes other features than keys hold.
        """
        if (self._encoder.names, self._encoder.service_buckets) != (FEATURE_NAMES, SERVICE_BUCKETS):
            raise UnknownFeaturesError(
                f"the model takes {list(self._encoder.names)} with {self._encoder.service_buckets} "
                f"service numbers; records are kept as {list(FEATURE_NAMES)} with {SERVICE_BUCKETS}"
            )
        return self._judgements(self._scorer.score_table(feature_rows(keys)))

    def extract(self, message: str, level: Level, service: str) -> LogFeatures:
        """The six features: more would only make fewer records alike."""
        return extract_features(message, level, service)

    def _judgements(self, scores: Scores) -> Judgements:
        contributions = scores.contributions
        if self._columns is not None:
            contributions = np.zeros((len(scores.labels), len(FEATURE_NAMES)), np.float32)
            contributions[:, self._columns] = scores.contributions
        # Methods of the arrays: numpy's functions cost a record as much as its trees do.
        below = self._percentiles.searchsorted(scores.anomaly_scores)
        return Judgements(
            scores.labels < 0,
            scores.anomaly_scores,
            scores.decisions,
            below / len(self._percentiles),
            contributions,
            np.empty((len(below), _NO_TERMS)),
        )
