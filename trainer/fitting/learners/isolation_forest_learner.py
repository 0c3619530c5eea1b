"""The detector `isolation_forest`: scikit-learn's forest, exported exactly."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import IsolationForest

from inference.detectors.judgements import Judgements
from inference.detectors.scorer import Scores
from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MODEL_FILE,
    TABLES_FILE,
    Manifest,
    Method,
    ParitySummary,
    ScoreSpec,
)
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.features import FEATURE_NAMES
from schemas.record.key import Ints, feature_rows, unpack
from schemas.record.surprisal import SIGNATURE_BUCKETS, rarity, signature_buckets
from trainer.counting.table import CountTable
from trainer.fitting.export import export_forest, with_threshold
from trainer.fitting.forest import fit_forest, table_scorer
from trainer.fitting.learners.thresholds import thousandth
from trainer.fitting.parity import prove_parity
from trainer.fitting.quantiles import (
    NOISE,
    THOUSANDTHS,
    Steps,
    named_quantiles,
    rows_above,
    share_below,
)
from trainer.fitting.reach import Reach
from trainer.fitting.reference import fitted_reference, published_reference
from trainer.fitting.threshold import depth_denominator


class FittedForest:
    """A forest and its export.

    Raises:
        TooFewRowsError, ExportError: no model can be made of the table.
    """

    method: Method = "quantile"
    reached: tuple[Reach, ...] = ()
    noise = 0.0

    def __init__(self, table: CountTable, options: TrainOptions) -> None:
        self._forest: IsolationForest = fit_forest(table, options)
        self._graph = export_forest(self._forest)
        self._table = table
        self._scorer = table_scorer(self._graph, FEATURE_NAMES)
        self._scored = self._scorer.score_batch(table.rows)
        steps = Steps.of(self._scored.anomaly_scores, table.counts)
        self._percentiles = steps.at_least(THOUSANDTHS)
        tables = Tables(
            percentiles=self._percentiles,
            flagged=rows_above(self._percentiles, self._scored.anomaly_scores, table.counts),
            signature_rarity=_signature_rarity(table),
        )
        self.files: Mapping[str, bytes] = {MODEL_FILE: self._graph, TABLES_FILE: tables.to_bytes()}
        self.columns: tuple[str, ...] = FEATURE_NAMES
        offset = float(self._forest.offset_)
        self.scores = ScoreSpec(-offset, None, offset, named_quantiles(self._percentiles))

    def judge(self, keys: Ints) -> Judgements:
        """Judge packed records; those it was fitted on are scored already."""
        scores: Scores = self._scored
        if keys is not self._table.keys:
            scores = self._scorer.score_batch(feature_rows(keys))
        return Judgements(
            scores.labels < 0,
            scores.anomaly_scores,
            scores.decisions,
            share_below(self._percentiles, scores.anomaly_scores),
            scores.contributions,
            np.empty((len(keys), 0)),
        )

    def prove(self, table: CountTable) -> ParitySummary:
        """Prove the graph against scikit-learn."""
        forest = fitted_reference(self._forest)
        return prove_parity(forest, self._graph, table.rows, self._scored.decisions)


class RecalibratedForest:
    """The forest of a model with another threshold, found as at the export.

    Its scores must be those of the model that it comes from, and its labels those of that model's
    trees.
    """

    method: Method = "quantile"
    noise = NOISE

    def __init__(self, bundle: Bundle, threshold: float, reached: tuple[Reach, ...] = ()) -> None:
        self.reached = reached
        self._old = Model(bundle, memo_capacity=1)
        self._threshold = threshold
        denominator = _denominator(bundle.manifest)
        graph = with_threshold(bundle.files[MODEL_FILE], denominator, -threshold)
        self._graph = graph
        self._forest = published_reference(bundle.files[MODEL_FILE], denominator, -threshold)
        self.files: Mapping[str, bytes] = {
            MODEL_FILE: graph,
            TABLES_FILE: bundle.files[TABLES_FILE],
        }
        self.columns: tuple[str, ...] = tuple(bundle.manifest.features.names)
        self.scores = ScoreSpec(threshold, None, -threshold, bundle.manifest.scores.quantiles)

    def judge(self, keys: Ints) -> Judgements:
        """The old graph's scores against the new threshold."""
        before = self._old.judge_keys(keys)
        decisions = self._threshold - before.anomaly_scores
        return Judgements(
            decisions < 0,
            before.anomaly_scores,
            decisions,
            before.percentiles,
            before.contributions,
            before.terms,
        )

    def prove(self, table: CountTable) -> ParitySummary:
        """Prove the graph against the trees of the graph it comes from: scikit-learn's are gone."""
        decisions = self.judge(table.keys).decisions
        return prove_parity(self._forest, self._graph, table.rows, decisions)


class IsolationForestLearner:
    """Fits scikit-learn's IsolationForest on the six features."""

    def fit(self, table: CountTable, options: TrainOptions) -> FittedForest:
        """Fit on a table without traits."""
        return FittedForest(table, options)

    def recalibrate(
        self, bundle: Bundle, contamination: float, table: CountTable | None
    ) -> RecalibratedForest:
        """The same trees, and the threshold that flags another share."""
        if table is None:
            percentiles = Tables.from_bytes(bundle.files[TABLES_FILE]).percentiles
            threshold = thousandth(percentiles, contamination)
            reach = Reach.of_thousandths(percentiles, threshold)
            return RecalibratedForest(bundle, threshold, (reach,))
        table = table.without_traits()
        scores = Model(bundle, memo_capacity=1).judge_keys(table.keys).anomaly_scores
        steps = Steps.of(scores, table.counts)
        return RecalibratedForest(bundle, float(steps.at_least(np.array([1 - contamination]))[0]))


def _signature_rarity(table: CountTable) -> npt.NDArray[np.float32]:
    """The rarities of signatures; they decide nothing: services recognise new records by them."""
    buckets = signature_buckets(*unpack(table.keys)[:4])
    counts = np.bincount(buckets, table.counts, SIGNATURE_BUCKETS).astype(np.int64)
    return rarity(counts, table.n_samples)


def _denominator(manifest: Manifest) -> float:
    options = manifest.options
    max_samples = min(options.max_samples, manifest.training.n_samples)
    return depth_denominator(options.n_estimators, max_samples)
