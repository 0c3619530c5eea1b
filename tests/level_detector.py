"""A third detector, the trivial rule `level`: what it takes to add a detector.

A class in each half, an entry in each registry, and nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import msgspec
import numpy as np

from inference.detectors.judgements import Judgement, Judgements, Novelty
from inference.detectors.registry import LOADERS
from schemas.bundle.contents import Bundle
from schemas.bundle.detectors import DETECTORS, DetectorSpec
from schemas.bundle.manifest import TABLES_FILE, Manifest, Method, ParitySummary, ScoreSpec
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.extraction import extract_features
from schemas.record.features import FEATURE_NAMES, SEVERITY, Level, LogFeatures
from schemas.record.key import Columns, Ints, pack_record, unpack
from trainer.counting.table import CountTable
from trainer.fitting.learners.registry import LEARNERS
from trainer.fitting.learners.thresholds import thousandth
from trainer.fitting.quantiles import (
    THOUSANDTHS,
    Floats,
    Steps,
    named_quantiles,
    rows_above,
    share_below,
)
from trainer.fitting.reach import Reach

LEVEL = DetectorSpec(
    name="level",
    reads_message=False,
    takes_auto=False,
    measure="severity",
    terms=("severity",),
    score="severity / 4",
    decision="in steps of severity",
    clear=-1.0,
)


def judge_levels(keys: Ints, threshold: float, thousandths: Floats) -> Judgements:
    """Judge packed records by their level alone."""
    severity = unpack(keys)[1].astype(np.float64)
    decisions = threshold - severity
    return Judgements(
        decisions < 0,
        np.maximum(severity / 4, 1e-3),
        decisions,
        share_below(thousandths, severity),
        np.empty((len(keys), 0), np.float32),
        severity[:, None],
    )


class LevelDetector:
    """The serving half; needs no graph."""

    def __init__(self, manifest: Manifest, files: Mapping[str, bytes]) -> None:
        self._threshold = manifest.scores.threshold
        self._thousandths = Tables.from_bytes(files[TABLES_FILE]).percentiles

    def score_of(self, decision: float) -> float:
        """Of the severity behind a decision."""
        return max((self._threshold - decision) / 4, 1e-3)

    def judge(self, logs: Sequence[LogFeatures]) -> list[Judgement]:
        """Judge logs that came singly."""
        judged = self.judge_keys(np.array([pack_record(log) for log in logs], np.int64))
        return [
            Judgement(
                is_anomaly,
                score,
                decision,
                percentile,
                b"",
                np.float64(SEVERITY[log.level]).tobytes(),
            )
            for log, is_anomaly, score, decision, percentile in zip(
                logs,
                judged.is_anomaly.tolist(),
                judged.anomaly_scores.tolist(),
                judged.decisions.tolist(),
                judged.percentiles.tolist(),
                strict=True,
            )
        ]

    def judge_columns(self, logs: Sequence[LogFeatures], _columns: Columns) -> Judgements:
        """The same in columns."""
        return self.judge_keys(np.array([pack_record(log) for log in logs], np.int64))

    def judge_keys(self, keys: Ints) -> Judgements:
        """Judge packed records."""
        return judge_levels(keys, self._threshold, self._thousandths)

    def extract(self, message: str, level: Level, service: str) -> LogFeatures:
        """The six features."""
        return extract_features(message, level, service)

    def novelty(self, log: LogFeatures) -> Novelty:
        """It keeps nothing of its training records."""
        assert log.level in SEVERITY
        return Novelty(new_signature=False, has_template=False, new_template=False)

    def novelties(self, columns: Columns, _patterns: Sequence[int | None] = ()) -> Ints:
        """The same for several."""
        return np.zeros(len(columns.length), np.int64)

    def reason(
        self, log: LogFeatures, contributions: Mapping[str, float], terms: Sequence[float]
    ) -> str:
        """The level."""
        assert contributions == {}
        assert terms == [SEVERITY[log.level]]
        return f"{log.level.value} from {log.service}"


class FittedLevel:
    """What fitting yields."""

    method: Method = "quantile"
    reached: tuple[Reach, ...] = ()
    noise = 0.0
    columns = FEATURE_NAMES

    def __init__(self, threshold: float, tables: Tables) -> None:
        self._thousandths = tables.percentiles
        self.files: Mapping[str, bytes] = {TABLES_FILE: tables.to_bytes()}
        self.scores = ScoreSpec(threshold, None, 0.0, named_quantiles(tables.percentiles))

    def judge(self, keys: Ints) -> Judgements:
        """Judge packed records."""
        return judge_levels(keys, self.scores.threshold, self._thousandths)

    def prove(self, table: CountTable) -> ParitySummary:
        """There is no graph to prove."""
        assert table.n_distinct
        return ParitySummary()


class LevelLearner:
    """The training half."""

    def fit(self, table: CountTable, options: TrainOptions) -> FittedLevel:
        """Find the threshold."""
        assert options.contamination != "auto"
        return self._calibrate(table, options.contamination)

    def recalibrate(
        self, bundle: Bundle, contamination: float, table: CountTable | None
    ) -> FittedLevel:
        """Find another threshold."""
        if table is not None:
            return self._calibrate(table, contamination)
        tables = Tables.from_bytes(bundle.files[TABLES_FILE])
        return FittedLevel(thousandth(tables.percentiles, contamination), tables)

    def _calibrate(self, table: CountTable, contamination: float) -> FittedLevel:
        levels = unpack(table.keys)[1].astype(np.float64)
        steps = Steps.of(levels, table.counts)
        tau = float(steps.at_least(np.array([1 - contamination]))[0])
        percentiles = steps.at_least(THOUSANDTHS)
        flagged = rows_above(percentiles, levels, table.counts)
        return FittedLevel(tau, Tables(percentiles=percentiles, flagged=flagged))


@contextmanager
def registered() -> Iterator[None]:
    """The detector is in all registries while the block runs."""
    registries = (DETECTORS, LOADERS, LEARNERS)
    for registry, entry in zip(registries, (LEVEL, LevelDetector, LevelLearner()), strict=True):
        registry[LEVEL.name] = entry  # type: ignore[index]  # each takes its own kind
    try:
        yield
    finally:
        for registry in registries:
            del registry[LEVEL.name]


def options(**changes: object) -> TrainOptions:
    """Options of a training; to be called while it is registered."""
    return msgspec.structs.replace(TrainOptions(detector=LEVEL.name), **changes)
