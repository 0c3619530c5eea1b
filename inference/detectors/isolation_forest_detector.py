"""The detector `isolation_forest`: the forest's own label, as scikit-learn gives it."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from inference.detectors.forest_tables import domains_of
from inference.detectors.judgements import Judgement, Judgements
from inference.detectors.parts import ROWS_WORTH_SORTING
from inference.detectors.scorer import Scorer, Scores
from inference.detectors.seen import Seen
from inference.detectors.wording import enumerated, feature_in_words
from schemas.bundle.manifest import MODEL_FILE, TABLES_FILE, Manifest
from schemas.bundle.tables import Tables
from schemas.record.encoding import (
    SERVICE_BUCKETS,
    FeatureEncoder,
    UnknownFeaturesError,
    service_number,
)
from schemas.record.extraction import extract
from schemas.record.features import FEATURE_NAMES, Level, LogFeatures
from schemas.record.key import Columns, Ints, feature_rows, rows_of

_NO_TERMS = 0
_TELLING = 0.02
"""A contribution to the exponent below this is not mentioned."""


class IsolationForestDetector:
    """Scores the six features by the graph alone.

    Raises:
        UnfitGraphError, UnknownFeaturesError, UnreadableTablesError: the bundle cannot be served.
    """

    def __init__(self, manifest: Manifest, files: Mapping[str, bytes]) -> None:
        features = manifest.features
        self._encoder = FeatureEncoder(features.names, features.service_buckets)
        domains = domains_of(features.names)
        self._scorer = Scorer(files[MODEL_FILE], len(features.names), domains)
        # Where the model's order of the features is another than that of the answers.
        self._columns = None
        if tuple(features.names) != FEATURE_NAMES:
            self._columns = [FEATURE_NAMES.index(name) for name in features.names]
        self._threshold = manifest.scores.threshold
        tables = Tables.from_bytes(files[TABLES_FILE])
        self._percentiles = array("d", tables.percentiles)
        seen = Seen(tables, manifest.training)
        self.novelty, self.novelties = seen.novelty, seen.novelties

    def judge(self, logs: Sequence[LogFeatures]) -> list[Judgement]:
        """Judge logs that came singly."""
        if len(logs) == 1:  # by far the most; arrays of a single row cost more than the trees
            return [self._judgement(*self._scorer.score_one(self._encoder.row(logs[0])))]
        rows = self._encoder.matrix(logs)
        if len(rows) < ROWS_WORTH_SORTING:
            return self._judgements(self._scorer.score(rows)).singly()
        return self._judgements(self._scorer.score(rows, self._encoder.order(rows))).singly()

    def judge_columns(self, logs: Sequence[LogFeatures], columns: Columns) -> Judgements:
        """Judge several logs without messages."""
        buckets = self._encoder.service_buckets
        if buckets != SERVICE_BUCKETS:
            numbers = [service_number(log.service, buckets) for log in logs]
            columns = columns._replace(service=np.array(numbers, np.int64))
        rows = rows_of(columns)
        if self._columns is not None:
            rows = np.ascontiguousarray(rows[:, self._columns])
        return self._judgements(self._scorer.score_batch(rows))

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

    def score_of(self, decision: float) -> float:
        """scikit-learn's decision is the threshold less the score."""
        return self._threshold - decision

    def extract(self, message: str, level: Level, service: str) -> LogFeatures:
        """The six features, and the pattern, which decides nothing here."""
        return extract(message, level, service)

    def reason(
        self,
        log: LogFeatures,
        contributions: Mapping[str, float],
        terms: Sequence[float],  # noqa: ARG002 - it has none
    ) -> str:
        """As in "isolated early by its level FATAL and a time-out"."""
        largest = sorted(contributions.items(), key=lambda contribution: -contribution[1])[:3]
        telling = [feature_in_words(name, log) for name, value in largest if value > _TELLING]
        return f"isolated early by {enumerated(telling)}" if telling else "nothing stands out"

    def _judgement(
        self, label: int, decision: float, score: float, contributions: bytes
    ) -> Judgement:
        percentile = bisect_left(self._percentiles, score) / len(self._percentiles)
        if self._columns is not None:
            contributions = self._in_order(np.frombuffer(contributions, np.float32)).tobytes()
        return Judgement(label < 0, score, decision, percentile, contributions, b"")

    def _judgements(self, scores: Scores) -> Judgements:
        below = np.searchsorted(self._percentiles, scores.anomaly_scores)
        return Judgements(
            scores.labels < 0,
            scores.anomaly_scores,
            scores.decisions,
            below / len(self._percentiles),
            self._in_order(scores.contributions),
            np.empty((len(below), _NO_TERMS)),
        )

    def _in_order(self, contributions: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Contributions in the order of `FEATURE_NAMES`, zero for features the model lacks."""
        if self._columns is None or not contributions.shape[-1]:
            return contributions
        ordered = np.zeros((*contributions.shape[:-1], len(FEATURE_NAMES)), np.float32)
        ordered[..., self._columns] = contributions
        return ordered
