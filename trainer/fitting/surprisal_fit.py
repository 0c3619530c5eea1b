"""Fitting the surprisal detector on a count table: two rarity tables, a forest and thresholds.

`schemas.record.surprisal` defines the terms. A training record's rarity must not count the record
itself (`Occurrences.without_each`).
"""

import math
from typing import Final

import msgspec
import numpy as np
from sklearn.ensemble import IsolationForest

from inference.detectors.judgements import Judgements
from inference.detectors.scorer import Scorer
from schemas.bundle.manifest import ScoreSpec
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.key import Ints
from schemas.record.surprisal import (
    FOREST_COLUMNS,
    FOREST_SCORES,
    HINT,
    SEVERITIES,
    total,
)
from trainer.counting.table import CountTable
from trainer.fitting.export import export_forest
from trainer.fitting.forest import MAX_FIT_ROWS, Rows, grow_forest, require_two, table_scorer
from trainer.fitting.gauge import Calibrated, Gauge, phi_of
from trainer.fitting.own_thresholds import taus
from trainer.fitting.quantiles import Steps, named_quantiles, share_below
from trainer.fitting.rarities import Occurrences, rarities_by
from trainer.fitting.reach import BARE, WRITTEN, Reach
from trainer.fitting.records import Records

BACKGROUND: Final = 0.05
"""Rows made up beside the training rows, as a share of them.

Each of their columns is uniform over its range. Without them a column that is constant in training
is never split on, and the first FATAL would be invisible to the forest.
"""

_TOP_SHARES: Final = np.arange(1, FOREST_SCORES + 1) / FOREST_SCORES


class SurprisalFit(msgspec.Struct, frozen=True):
    """A fitted surprisal detector.

    Attributes:
        forest: scikit-learn's, from which `graph` comes.
        graph: its export.
        scorer: scores rows by it.
        tables: what else a bundle holds.
        threshold: tau for records without a message.
        message_threshold: tau for records with a message; None if there were none.
        rows: what the forest sees of the training records, for the proof: float32 (n, 6).
        is_forward: the thresholds come from records judged as they came, too.
        reached: what each threshold flags of what it is a quantile of.
    """

    forest: IsolationForest
    graph: bytes
    scorer: Scorer
    tables: Tables
    threshold: float
    message_threshold: float | None
    rows: Rows
    is_forward: bool
    reached: tuple[Reach, ...]

    @property
    def scores(self) -> ScoreSpec:
        """The thresholds, without those of services."""
        return ScoreSpec(
            self.threshold,
            self.message_threshold,
            float(self.forest.offset_),
            named_quantiles(self.tables.percentiles),
        )


def fit_surprisal(table: CountTable, options: TrainOptions) -> SurprisalFit:
    """Fit on all records of a table.

    Args:
        table: with or without traits, or both.
        options: with a contamination that is a share.

    Raises:
        TooFewRowsError: the table has fewer than two distinct rows.
        ExportError: the forest has no exact threshold.
    """
    assert options.contamination != "auto"  # schemas.api.training refuses it
    require_two(table.without_traits())
    records = Records.of(table.keys)
    occurrences = Occurrences.of(records, table.counts)
    own_signature, own = occurrences.without_each(records)
    rows = records.forest_rows(own_signature)
    forest = grow_forest(_with_background(rows, table, options.random_state), options)
    graph = export_forest(forest)
    scorer = table_scorer(graph, FOREST_COLUMNS)
    scores = scorer.score_batch(rows).anomaly_scores
    forest_scores = Steps.of(scores, table.counts).reached_by(_TOP_SHARES)

    gauge = Gauge(occurrences, scorer, forest_scores)
    measured = gauge.without_message(table, records, own_signature, scores)
    del own_signature, scores  # a table may be large, and parts of it are measured seven times
    bare = Calibrated.of(measured, options, BARE)
    written = None
    if records.has_message.any():
        written = Calibrated.of(gauge.with_message(table, records, own), options, WRITTEN)
    offsets, message_offsets = bare.offsets, None if written is None else written.offsets
    if not any(found is not None and found.any() for found in (offsets, message_offsets)):
        offsets = message_offsets = None
    return SurprisalFit(
        forest=forest,
        graph=graph,
        scorer=scorer,
        tables=occurrences.put_into(
            Tables(
                percentiles=bare.percentiles,
                message_percentiles=None if written is None else written.percentiles,
                thresholds=bare.thresholds,
                message_thresholds=None if written is None else written.thresholds,
                service_offsets=offsets,
                message_service_offsets=message_offsets,
                forest_scores=forest_scores,
            )
        ),
        threshold=bare.threshold,
        message_threshold=None if written is None else written.threshold,
        rows=rows,
        is_forward=bare.thresholds is not None,
        reached=tuple(found.reach for found in (bare, written) if found is not None),
    )


def judge_surprisal(keys: Ints, fitted: SurprisalFit) -> Judgements:
    """Judge packed records, with their messages where they have any.

    This is the training code's own way, by columns; the proof compares the serving code with it.
    """
    tables = fitted.tables
    assert tables.forest_scores is not None
    records = Records.of(keys)
    of_signature, rarities = rarities_by(tables, records)
    asks_forest = np.full(len(keys), fill_value=True)
    hint = records.flags != 0
    tau = taus(fitted.scores, tables, records.service, records.has_message)
    if fitted.message_threshold is not None:
        asks_forest = ~records.has_message
        hint = hint | records.has_failure
    asked = records.take(asks_forest)
    scores = fitted.scorer.score_batch(asked.forest_rows(of_signature[asks_forest]))
    phi = np.zeros(len(keys))
    phi[asks_forest] = phi_of(scores.anomaly_scores, tables.forest_scores)
    surprisal = total(records.severity, HINT * hint, rarities, phi)
    percentiles = share_below(tables.percentiles, surprisal)
    if tables.message_percentiles is not None:
        with_message = share_below(tables.message_percentiles, surprisal)
        percentiles = np.where(records.has_message, with_message, percentiles)
    decisions = tau - surprisal
    return Judgements(
        decisions < 0,
        1 / (1 + 10**decisions),
        decisions,
        percentiles,
        np.empty((len(keys), 0), np.float32),  # not used
        np.column_stack([records.severity, HINT * hint, rarities, phi]),
    )


def _with_background(rows: Rows, table: CountTable, random_state: int) -> Rows:
    sample = np.repeat(rows, table.sample(MAX_FIT_ROWS, random_state), axis=0)
    size = max(1, round(BACKGROUND * len(sample)))
    generator = np.random.default_rng(random_state)
    low = np.array([rows[:, 0].min(), 0, 0, 0, 0, 0])
    high = np.array([rows[:, 0].max(), SEVERITIES[-1], math.log10(table.n_samples + 1), 1, 1, 1])
    background = generator.uniform(low, high, (size, len(high)))
    # Whole severities and flags, as real rows have them.
    whole = [1, 3, 4, 5]
    background[:, whole] = np.floor(generator.uniform(low, high + 1, (size, len(high))))[:, whole]
    return np.concatenate([sample, background.astype(np.float32)])
