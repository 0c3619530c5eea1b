"""What training a detector yields: one class per detector, of the same shape.

Each holds the parts of a bundle, judges by the training code, and proves that the loaded model
says the same.
"""

from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from sklearn.ensemble import IsolationForest

from inference.detectors.judgements import Judgements
from inference.detectors.scorer import Scorer
from inference.model.model import Model
from schemas.bundle.manifest import ParitySummary, ScoreSpec
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.features import FEATURE_NAMES
from schemas.record.key import Ints, feature_rows, without_traits
from schemas.record.surprisal import FOREST_COLUMNS
from trainer.counting.table import CountTable
from trainer.fitting.export import export_forest
from trainer.fitting.forest import fit_forest, lower_quantiles
from trainer.fitting.parity import prove_parity, prove_verdicts
from trainer.fitting.surprisal import (
    PERCENTILES,
    Floats,
    fit_surprisal,
    judge_surprisal,
    share_below,
)

QUANTILES: Final = (
    *("0.001", "0.01", "0.05", "0.25", "0.5", "0.75", "0.9", "0.95", "0.99", "0.999", "1.0"),
)


class Artefacts(Protocol):
    """What a detector's training yields.

    Attributes:
        graph: the ONNX model.
        tables: the numbers beside it.
        columns: names of the graph's columns.
        scores: thresholds and quantiles.
    """

    graph: bytes
    tables: Tables
    columns: tuple[str, ...]
    scores: ScoreSpec

    def judge(self, keys: Ints) -> Judgements:
        """Judge packed records by the training code."""
        ...

    def prove(self, table: CountTable, model: Model) -> ParitySummary:
        """Prove that the loaded model says what training says.

        Raises:
            ParityError: it does not.
        """
        ...


class ForestArtefacts:
    """Of the detector `isolation_forest`.

    Raises:
        TooFewRowsError, ExportError: nothing came of it.
    """

    def __init__(self, table: CountTable, options: TrainOptions) -> None:
        self._forest: IsolationForest = fit_forest(table, options)
        self.graph = export_forest(self._forest)
        self.columns: tuple[str, ...] = FEATURE_NAMES
        self._scores = Scorer(self.graph, len(FEATURE_NAMES)).score_table(table.rows)
        percentiles = lower_quantiles(self._scores.anomaly_scores, table.counts, PERCENTILES)
        self.tables = Tables(percentiles=percentiles)
        offset = float(self._forest.offset_)
        self.scores = ScoreSpec(-offset, None, offset, named_quantiles(percentiles))
        self._keys = table.keys

    def judge(self, keys: Ints) -> Judgements:
        """Judge packed records; those it was fitted on are scored already."""
        scores = self._scores
        if keys is not self._keys:
            scores = Scorer(self.graph, len(FEATURE_NAMES)).score_table(feature_rows(keys))
        return Judgements(
            scores.labels < 0,
            scores.anomaly_scores,
            scores.decisions,
            share_below(self.tables.percentiles, scores.anomaly_scores),
            scores.contributions,
            np.empty((len(keys), 0)),
        )

    def prove(self, table: CountTable, _model: Model) -> ParitySummary:
        """Prove the graph against scikit-learn."""
        return prove_parity(self._forest, self.graph, table.rows, self._scores.decisions)


class SurprisalArtefacts:
    """Of the detector `surprisal`.

    Raises:
        TooFewRowsError, ExportError: nothing came of it.
    """

    def __init__(self, table: CountTable, options: TrainOptions) -> None:
        self._fitted = fit_surprisal(table, options)
        self.graph = self._fitted.graph
        self.tables = self._fitted.tables
        self.columns: tuple[str, ...] = FOREST_COLUMNS
        self.scores = ScoreSpec(
            self._fitted.threshold,
            self._fitted.message_threshold,
            float(self._fitted.forest.offset_),
            named_quantiles(self.tables.percentiles),
        )

    def judge(self, keys: Ints) -> Judgements:
        """Judge packed records by columns."""
        return judge_surprisal(keys, self._fitted)

    def prove(self, table: CountTable, model: Model) -> ParitySummary:
        """Prove the graph against scikit-learn, and every whole verdict against training's.

        Every distinct record is judged with its message and without it.
        """
        rows = np.unique(self._fitted.rows, axis=0)
        decisions = Scorer(self.graph, len(FOREST_COLUMNS)).score_table(rows).decisions
        summary = prove_parity(self._fitted.forest, self.graph, rows, decisions)
        keys = np.unique(np.concatenate([table.keys, without_traits(table.keys)]))
        return prove_verdicts(summary, model.judge_keys(keys), self.judge(keys))


FITS: Final[dict[str, Callable[[CountTable, TrainOptions], Artefacts]]] = {
    "isolation_forest": ForestArtefacts,
    "surprisal": SurprisalArtefacts,
}


def named_quantiles(percentiles: Floats) -> dict[str, float]:
    """Some of the thousandths, by name, for people who read a manifest."""
    return {share: float(percentiles[round(1_000 * float(share)) - 1]) for share in QUANTILES}
