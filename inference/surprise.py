"""The detector `surprise`: severity, keywords, rarity and the forest, added up in decades.

`schemas.surprise` defines the terms. A record is worked on by plain Python, which for the few
records that arrive at once is several times faster than numpy.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from inference.judgements import Judgements
from inference.scorer import Scorer, UnfitGraphError
from schemas.encoding import SERVICE_BUCKETS, service_number
from schemas.extraction import extract
from schemas.features import SEVERITY, Level, LogFeatures
from schemas.manifest import MODEL_FILE, TABLES_FILE, Manifest
from schemas.packing import NO_TRAITS, Ints, flags_of, traits_of, unpack
from schemas.surprise import (
    FOREST_COLUMNS,
    HINT,
    PHIS,
    SEVERITIES,
    SIGNATURE_WEIGHT,
    TEMPLATE_WEIGHT,
    TERMS,
    Tables,
    UnreadableTablesError,
    signature_bucket,
)

Codes = tuple[int, int, int, int, int]
"""Length, level, service number, flags and traits of a record (`schemas.packing`)."""


class SurpriseDetector:
    """Judges records with a message and without one, each against its own threshold.

    Raises:
        UnfitGraphError, UnreadableTablesError: the bundle cannot be served.
    """

    def __init__(self, manifest: Manifest, files: dict[str, bytes]) -> None:
        if tuple(manifest.features.names) != FOREST_COLUMNS:
            raise UnfitGraphError(
                f"the forest takes {manifest.features.names}, expected {list(FOREST_COLUMNS)}"
            )
        if manifest.features.service_buckets != SERVICE_BUCKETS:
            raise UnfitGraphError(f"service names are hashed to {SERVICE_BUCKETS} numbers here")
        self._scorer = Scorer(files[MODEL_FILE], len(FOREST_COLUMNS))
        tables = Tables.from_bytes(files[TABLES_FILE])
        if tables.signature_rarity is None or tables.forest_scores is None:
            raise UnreadableTablesError("the tables of rarities and forest scores are missing")
        # Memoryviews give Python floats, without a numpy object in between.
        self._signature_rarity = tables.signature_rarity.data
        self._template_rarity = (
            None if tables.template_rarity is None else tables.template_rarity.data
        )
        self._forest_scores = tables.forest_scores[::-1].tolist()
        self._bare = (manifest.scores.threshold, tables.percentiles.tolist())
        self._with_message = self._bare
        tau = manifest.scores.message_threshold
        if tau is not None and tables.template_rarity is not None:
            if tables.message_percentiles is None:
                raise UnreadableTablesError("the table of percentiles with messages is missing")
            self._with_message = (tau, tables.message_percentiles.tolist())
        elif tau is not None or tables.template_rarity is not None:
            raise UnreadableTablesError("of threshold and rarities for messages, one is missing")

    def judge(self, logs: Sequence[LogFeatures]) -> Judgements:
        """Judge logs that came one by one."""
        return self._judge(
            [
                (
                    log.message_length,
                    SEVERITY[log.level],
                    service_number(log.service, SERVICE_BUCKETS),
                    flags_of(log),
                    traits_of(log),
                )
                for log in logs
            ]
        )

    def judge_keys(self, keys: Ints) -> Judgements:
        """Judge packed records."""
        return self._judge(zip(*(column.tolist() for column in unpack(keys)), strict=True))

    def extract(self, message: str, level: Level, service: str) -> LogFeatures:
        """The six features, and the template if training saw any."""
        return extract(message, level, service)

    def _judge(self, records: Iterable[Codes]) -> Judgements:
        rows, terms, bounds = [], [], []
        rarities, template_rarities = self._signature_rarity, self._template_rarity
        for length, level, service, flags, traits in records:
            severity = SEVERITIES[level]
            signature_rarity = rarities[signature_bucket(length, level, service, flags)]
            hint, rarity, against = flags != 0, float(signature_rarity), self._bare
            if traits != NO_TRAITS and template_rarities is not None:
                template, has_failure = divmod(traits - 1, 2)
                hint = hint or has_failure != 0
                rarity = (
                    TEMPLATE_WEIGHT * template_rarities[template]
                    + SIGNATURE_WEIGHT * signature_rarity
                )
                against = self._with_message
            rows.append(
                (
                    math.log1p(length),
                    severity,
                    signature_rarity,
                    flags >> 2 & 1,
                    flags >> 1 & 1,
                    flags & 1,
                )
            )
            terms.append((severity, HINT * hint, rarity))
            bounds.append(against)
        matrix = np.array(rows, np.float32).reshape(len(rows), len(FOREST_COLUMNS))
        scores = self._scorer.score_table(matrix)
        return self._add_up(scores.anomaly_scores.tolist(), terms, bounds, scores.contributions)

    def _add_up(
        self,
        forest_scores: Sequence[float],
        terms: Sequence[tuple[float, float, float]],
        bounds: Sequence[tuple[float, list[float]]],
        contributions: npt.NDArray[np.float32],
    ) -> Judgements:
        scores, decisions, percentiles, added = [], [], [], []
        for forest_score, (severity, hint, rarity), (tau, quantiles) in zip(
            forest_scores, terms, bounds, strict=True
        ):
            phi = PHIS[bisect_left(self._forest_scores, forest_score)]
            surprise = severity + hint + rarity + phi
            decision = tau - surprise
            scores.append(1 / (1 + 10**decision))
            decisions.append(decision)
            percentiles.append(bisect_left(quantiles, surprise) / len(quantiles))
            added.append((severity, hint, rarity, phi))
        negative = np.array(decisions, np.float64)
        return Judgements(
            negative < 0,
            np.array(scores, np.float64),
            negative,
            np.array(percentiles, np.float64),
            contributions,
            np.array(added, np.float64).reshape(len(added), len(TERMS)),
        )
