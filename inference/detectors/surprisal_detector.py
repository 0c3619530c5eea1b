"""The detector `surprisal`: severity, keywords, rarity and the forest, added up in decades.

`schemas.record.surprisal` defines the terms. A record is worked on by plain Python, which for the
few records of a call is several times faster than numpy.
"""

import math
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

import msgspec
import numpy as np
import numpy.typing as npt

from inference.detectors.forest_tables import domains_of
from inference.detectors.judgements import Judgement, Judgements
from inference.detectors.scorer import Scorer, UnfitGraphError
from inference.detectors.seen import Seen
from inference.detectors.surprisal_bounds import Bound, own_bounds
from inference.detectors.surprisal_reasons import SurprisalReasons
from schemas.bundle.manifest import MODEL_FILE, TABLES_FILE, Manifest
from schemas.bundle.tables import Tables, UnreadableTablesError
from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import extract
from schemas.record.features import SEVERITY, Level, LogFeatures
from schemas.record.key import (
    FLAG_VALUES,
    NO_TRAITS,
    Columns,
    Ints,
    flag_columns,
    flags_of,
    message_of,
    traits_of,
    unpack,
)
from schemas.record.surprisal import (
    FOREST_COLUMNS,
    HINT,
    PHIS,
    SEVERITIES,
    TERMS,
    blend,
    pair_bucket,
    signature_bucket,
    signature_buckets,
    total,
    within_service,
)

_TERMS = struct.Struct(f"{len(TERMS)}d")


_SEVERITIES = np.array(SEVERITIES)
_PHIS = np.array(PHIS)
_LOGARITHMS = np.array(list(map(math.log1p, range(16_384))))
"""ln(1 + length) of the usual lengths; 128 KiB, made in a millisecond."""


class _Weighed(msgspec.Struct, frozen=True, gc=False):
    """A record before the forest is asked: its row, the terms, and what D is held against.

    The row is None for a record with a message, of which the forest is not asked.
    """

    row: tuple[float, ...] | None
    severity: float
    keywords: float
    rarity: float
    bound: Bound


class _Sum(msgspec.Struct, frozen=True, gc=False):
    """D against its threshold, and the terms of D."""

    decision: float
    score: float
    percentile: float
    terms: tuple[float, float, float, float]


class SurprisalDetector:
    """Judges records with a message and without, each against its own threshold.

    Raises:
        UnfitGraphError, UnreadableTablesError: the bundle cannot be served.
    """

    def __init__(self, manifest: Manifest, files: Mapping[str, bytes]) -> None:
        if tuple(manifest.features.names) != FOREST_COLUMNS:
            raise UnfitGraphError(
                f"the forest takes {manifest.features.names}, expected {list(FOREST_COLUMNS)}"
            )
        if manifest.features.service_buckets != SERVICE_BUCKETS:
            raise UnfitGraphError(f"service names are hashed to {SERVICE_BUCKETS} numbers here")
        tables = Tables.from_bytes(files[TABLES_FILE])
        if tables.signature_rarity is None or tables.forest_scores is None:
            raise UnreadableTablesError("the tables of rarities and forest scores are missing")
        rarities = np.unique(tables.signature_rarity).astype(np.float64)
        domains = domains_of(FOREST_COLUMNS, signature_rarity=rarities)
        self._scorer = Scorer(files[MODEL_FILE], len(FOREST_COLUMNS), domains)
        # Memoryviews give Python floats, without a numpy object in between.
        self._signature_rarity: Sequence[float] = tables.signature_rarity.data
        self._template_rarity: Sequence[float] | None = (
            None if tables.template_rarity is None else tables.template_rarity.data
        )
        self._reasons = SurprisalReasons(tables, manifest.training)
        seen = Seen(tables, manifest.training)
        self.novelty, self.novelties = seen.novelty, seen.novelties
        self._service_magnitude: Sequence[float] = ()
        self._pair_magnitude: Sequence[float] = ()
        self._forest_scores = array("d", tables.forest_scores[::-1])
        self._bare = (manifest.scores.threshold, array("d", tables.percentiles))
        self._own = own_bounds(self._bare, tables.service_offsets)
        self._own_with_message: Mapping[int, Bound] = {}
        self._with_message = self._bare
        tau = manifest.scores.message_threshold
        if tau is not None and tables.template_rarity is not None:
            if (
                tables.message_percentiles is None
                or tables.service_magnitude is None
                or tables.pair_magnitude is None
            ):
                raise UnreadableTablesError("a table for records with a message is missing")
            self._service_magnitude = tables.service_magnitude.data
            self._pair_magnitude = tables.pair_magnitude.data
            self._with_message = (tau, array("d", tables.message_percentiles))
            self._own_with_message = own_bounds(self._with_message, tables.message_service_offsets)
        elif tau is not None or tables.template_rarity is not None:
            raise UnreadableTablesError("threshold or rarities for messages are missing")

    def judge(self, logs: Sequence[LogFeatures]) -> list[Judgement]:
        """Judge logs that came singly."""
        weighed = [
            self._weigh(
                log.message_length,
                SEVERITY[log.level],
                service_number(log.service, SERVICE_BUCKETS),
                flags_of(log),
                traits_of(log),
            )
            for log in logs
        ]
        if len(weighed) == 1:  # by far the most; arrays of a single row cost more than the trees
            row = weighed[0].row
            if row is None:
                return [self._judgement(weighed[0], None, b"")]
            _, _, score, contributions = self._scorer.score_one(row)
            return [self._judgement(weighed[0], score, contributions)]
        scored = self._score(weighed)
        return [
            self._judgement(record, *next(scored) if record.row is not None else (None, b""))
            for record in weighed
        ]

    def judge_columns(
        self,
        logs: Sequence[LogFeatures],  # noqa: ARG002 - the columns hold all that it uses
        columns: Columns,
    ) -> Judgements:
        """Judge several logs without messages."""
        length, level, _, flags = columns
        severity = _SEVERITIES[level]
        rarity = np.asarray(self._signature_rarity)[signature_buckets(*columns)].astype(np.float64)
        rows = np.empty((len(length), len(FOREST_COLUMNS)), np.float32)
        values = (_log1p(length), severity, rarity, *flag_columns(flags))
        for place, column in enumerate(values):
            rows[:, place] = column
        scores = self._scorer.score_batch(rows)
        phi = _PHIS[np.searchsorted(self._forest_scores, scores.anomaly_scores)]
        keywords = HINT * (flags != 0)
        surprisal = total(severity, keywords, rarity, phi)
        tau, quantiles = self._bare
        decisions = tau - surprisal
        return Judgements(
            decisions < 0,
            # By the C library, as for a single log: numpy's power may differ in the last bit.
            1 / (1 + np.array(list(map(math.pow, repeat(10.0), decisions.tolist())))),
            decisions,
            np.searchsorted(quantiles, surprisal) / len(quantiles),
            scores.contributions,
            np.column_stack([severity, keywords, rarity, phi]),
        )

    def judge_keys(self, keys: Ints) -> Judgements:
        """Judge packed records."""
        columns = (column.tolist() for column in unpack(keys))
        weighed = [self._weigh(*record) for record in zip(*columns, strict=True)]
        contributions = np.zeros((len(weighed), len(FOREST_COLUMNS)), np.float32)
        scored = self._score(weighed)
        judged = []
        for index, record in enumerate(weighed):
            score = None
            if record.row is not None:
                score, contributed = next(scored)
                contributions[index] = np.frombuffer(contributed, np.float32)
            judged.append(self._add_up(record, score))
        sums = np.array(
            [(record.decision, record.score, record.percentile) for record in judged], np.float64
        )
        decisions, anomaly_scores, percentiles = sums.reshape(len(judged), 3).T
        terms = np.array([record.terms for record in judged], np.float64)
        return Judgements(
            decisions < 0,
            anomaly_scores,
            decisions,
            percentiles,
            contributions,
            terms.reshape(len(judged), len(TERMS)),
        )

    def score_of(self, decision: float) -> float:
        """By the formula of the anomaly score."""
        return 1 / (1 + 10**decision)

    def extract(self, message: str, level: Level, service: str) -> LogFeatures:
        """The six features, and the template if training saw any."""
        return extract(message, level, service)

    def reason(
        self,
        log: LogFeatures,
        contributions: Mapping[str, float],  # noqa: ARG002 - its forest's share is among the terms
        terms: Sequence[float],
    ) -> str:
        """As in "ERROR, tells of a time-out, like 1 in 40,000 of all lines, message never seen"."""
        return self._reasons.say(log, terms)

    def _weigh(self, length: int, level: int, service: int, flags: int, traits: int) -> _Weighed:
        """All but the forest's part."""
        severity = SEVERITIES[level]
        signature_rarity = self._signature_rarity[signature_bucket(length, level, service, flags)]
        if traits == NO_TRAITS or self._template_rarity is None:
            row = (math.log1p(length), severity, signature_rarity, *FLAG_VALUES[flags])
            bound = self._own.get(service, self._bare)
            return _Weighed(row, severity, HINT * (flags != 0), signature_rarity, bound)
        template, has_failure = message_of(traits)
        service_rarity = within_service(
            self._service_magnitude[service], self._pair_magnitude[pair_bucket(service, template)]
        )
        return _Weighed(
            None,
            severity,
            HINT * (flags != 0 or has_failure != 0),
            blend(self._template_rarity[template], signature_rarity, service_rarity),
            self._own_with_message.get(service, self._with_message),
        )

    def _score(self, weighed: Sequence[_Weighed]) -> Iterator[tuple[float, bytes]]:
        """The forest's scores and contributions, of the records that it is asked of."""
        rows = [record.row for record in weighed if record.row is not None]
        if not rows:
            return iter(())
        scores = self._scorer.score_table(np.array(rows, np.float32))
        contributions = [row.tobytes() for row in scores.contributions]
        return zip(scores.anomaly_scores.tolist(), contributions, strict=True)

    def _add_up(self, weighed: _Weighed, forest_score: float | None) -> _Sum:
        phi = 0.0
        if forest_score is not None:
            phi = PHIS[bisect_left(self._forest_scores, forest_score)]
        severity, keywords, rarity = weighed.severity, weighed.keywords, weighed.rarity
        tau, quantiles = weighed.bound
        surprisal = total(severity, keywords, rarity, phi)
        decision = tau - surprisal
        return _Sum(
            decision,
            1 / (1 + 10**decision),
            bisect_left(quantiles, surprisal) / len(quantiles),
            (severity, keywords, rarity, phi),
        )

    def _judgement(
        self, weighed: _Weighed, forest_score: float | None, contributions: bytes
    ) -> Judgement:
        added = self._add_up(weighed, forest_score)
        return Judgement(
            added.decision < 0,
            added.score,
            added.decision,
            added.percentile,
            contributions,
            _TERMS.pack(*added.terms),
        )


def _log1p(lengths: Ints) -> npt.NDArray[np.float64]:
    """By the C library, as for a single log: numpy's logarithm may differ in the last bit."""
    if lengths.max() < len(_LOGARITHMS):
        return _LOGARITHMS[lengths]
    return np.array(list(map(math.log1p, lengths.tolist())))
