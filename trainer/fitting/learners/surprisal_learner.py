"""The detector `surprisal`: rarity tables, a forest and thresholds."""

from collections.abc import Mapping

import msgspec
import numpy as np

from inference.detectors.judgements import Judgements
from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MODEL_FILE,
    TABLES_FILE,
    Method,
    ParitySummary,
    ScoreSpec,
)
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.key import NO_TRAITS, Ints, traits_in, unpack
from schemas.record.surprisal import FOREST_COLUMNS, total
from trainer.counting.table import CountTable
from trainer.fitting.forest import distinct_rows
from trainer.fitting.learners.thresholds import thousandth
from trainer.fitting.own_thresholds import listed, moved, offsets_of, taus
from trainer.fitting.parity import prove_parity
from trainer.fitting.quantiles import Floats, Steps, rows_above, share_below
from trainer.fitting.reach import BARE, WRITTEN, Reach
from trainer.fitting.reference import fitted_reference
from trainer.fitting.surprisal_fit import fit_surprisal, judge_surprisal


class FittedSurprisal:
    """Rarities, a forest and thresholds.

    Raises:
        TooFewRowsError, ExportError: no model can be made of the table.
    """

    noise = 0.0

    def __init__(self, table: CountTable, options: TrainOptions) -> None:
        fitted = fit_surprisal(table, options)
        self._keys = table.keys
        self._judged = judge_surprisal(table.keys, fitted)
        flagged = _flagged(table, self._judged, fitted.tables)
        self._fit = msgspec.structs.replace(
            fitted, tables=msgspec.structs.replace(fitted.tables, flagged=flagged)
        )
        self.files: Mapping[str, bytes] = {
            MODEL_FILE: self._fit.graph,
            TABLES_FILE: self._fit.tables.to_bytes(),
        }
        self.columns: tuple[str, ...] = FOREST_COLUMNS
        self.reached: tuple[Reach, ...] = self._fit.reached
        self.method: Method = "forward" if self._fit.is_forward else "leave-one-out"
        self.scores: ScoreSpec = listed(table, self._fit.scores, self._fit.tables)

    def judge(self, keys: Ints) -> Judgements:
        """Judge packed records by columns; those it was fitted on are judged already."""
        return self._judged if keys is self._keys else judge_surprisal(keys, self._fit)

    def prove(self, table: CountTable) -> ParitySummary:  # noqa: ARG002 - the fit keeps its rows
        """Prove the graph against scikit-learn."""
        rows = distinct_rows(self._fit.rows)
        decisions = self._fit.scorer.score_batch(rows).decisions
        return prove_parity(fitted_reference(self._fit.forest), self._fit.graph, rows, decisions)


class RecalibratedSurprisal:
    """A model with other thresholds; its graph and tables stay as they are, byte for byte."""

    method: Method = "quantile"
    noise = 0.0

    def __init__(
        self,
        bundle: Bundle,
        threshold: float,
        message_threshold: float | None,
        reached: tuple[Reach, ...] = (),
    ) -> None:
        self.reached = reached
        self._old = Model(bundle, memo_capacity=1)
        self._tables = Tables.from_bytes(bundle.files[TABLES_FILE])
        self.files: Mapping[str, bytes] = {
            name: bundle.files[name] for name in (MODEL_FILE, TABLES_FILE)
        }
        self.columns: tuple[str, ...] = tuple(bundle.manifest.features.names)
        self.scores = moved(bundle.manifest.scores, threshold, message_threshold)

    def judge(self, keys: Ints) -> Judgements:
        """The old model's terms against the new thresholds."""
        before = self._old.judge_keys(keys)
        surprisal = total(*before.terms.T)
        has_message = traits_in(keys) != NO_TRAITS
        tau = taus(self.scores, self._tables, unpack(keys)[2], has_message)
        percentiles = share_below(self._tables.percentiles, surprisal)
        thousandths = self._tables.message_percentiles
        if thousandths is not None:
            percentiles = np.where(has_message, share_below(thousandths, surprisal), percentiles)
        decisions = tau - surprisal
        return Judgements(
            decisions < 0,
            1 / (1 + 10**decisions),
            decisions,
            percentiles,
            before.contributions,
            before.terms,
        )

    def prove(self, table: CountTable) -> ParitySummary:  # noqa: ARG002 - as a fit is proved
        """Nothing to prove beyond the loaded model's verdicts: the graph is the old graph."""
        return ParitySummary()


class SurprisalLearner:
    """Fits the surprisal detector."""

    def fit(self, table: CountTable, options: TrainOptions) -> FittedSurprisal:
        """Fit on a table with or without traits, or both."""
        return FittedSurprisal(table, options)

    def recalibrate(
        self, bundle: Bundle, contamination: float, table: CountTable | None
    ) -> RecalibratedSurprisal:
        """The same rarities and forest, and the thresholds that flag another share.

        Records with a message have a threshold of their own; it stays if there are none.
        """
        message_tau = bundle.manifest.scores.message_threshold
        tables = Tables.from_bytes(bundle.files[TABLES_FILE])
        if table is None:
            tau = thousandth(tables.steps, contamination)
            reached = [Reach.of_thousandths(tables.steps, tau, BARE)]
            if tables.message_steps is not None:
                message_tau = thousandth(tables.message_steps, contamination)
                reached.append(Reach.of_thousandths(tables.message_steps, message_tau, WRITTEN))
            return RecalibratedSurprisal(bundle, tau, message_tau, tuple(reached))
        model = Model(bundle, memo_capacity=1)
        has_message = table.traits != NO_TRAITS
        if message_tau is not None and has_message.any():
            written = CountTable(keys=table.keys[has_message], counts=table.counts[has_message])
            message_tau = _threshold(model, tables, written, contamination)
        tau = _threshold(model, tables, table.without_traits(), contamination)
        return RecalibratedSurprisal(bundle, tau, message_tau)


def _offsets(table: CountTable, tables: Tables) -> Floats:
    return offsets_of(tables, unpack(table.keys)[2], table.traits != NO_TRAITS)


def _flagged(table: CountTable, judged: Judgements, tables: Tables) -> Ints:
    """For each thousandth as the threshold, how many training records lie above theirs."""
    surprisal = total(*judged.terms.T) - _offsets(table, tables)
    if tables.message_steps is None:
        return rows_above(tables.steps, surprisal, table.counts)
    written = table.traits != NO_TRAITS
    parts = ((tables.steps, ~written), (tables.message_steps, written))
    bare, with_message = (
        rows_above(edges, surprisal[kind], table.counts[kind]) for edges, kind in parts
    )
    return bare + with_message


def _threshold(model: Model, tables: Tables, table: CountTable, contamination: float) -> float:
    """The edge of D that at most a share of a table's records lies above.

    Services with thresholds of their own keep their distance from it.
    """
    surprisal = total(*model.judge_keys(table.keys).terms.T) - _offsets(table, tables)
    return float(Steps.of(surprisal, table.counts).at_least(np.array([1 - contamination]))[0])
