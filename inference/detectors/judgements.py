"""What a detector says of records, as columns, and the interface of all detectors."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.features import Level, LogFeatures
from schemas.record.key import Ints


class Judgement(msgspec.Struct, frozen=True, gc=False):
    """What a detector says of one record.

    Attributes:
        is_anomaly: whether `decision` is negative.
        anomaly_score: in (0, 1]; higher is more anomalous.
        decision: negative iff the record is an anomaly.
        percentile: in [0, 1]: the share of training records with a lower score, rounded down to
            thousandths.
        contributions: what each feature adds to the exponent of the forest's score,
            `2 ** (-1 + their sum)`; six native float32. Bytes, since few are ever looked at.
        terms: the terms of D (`schemas.record.surprisal.TERMS`), native float64; empty for
            `isolation_forest`.
    """

    is_anomaly: bool
    anomaly_score: float
    decision: float
    percentile: float
    contributions: bytes
    terms: bytes


class Judgements(msgspec.Struct, frozen=True):
    """What a detector says of n records: a `Judgement` in columns.

    Attributes:
        is_anomaly: bool of shape (n,).
        anomaly_scores: float64 of shape (n,).
        decisions: float64 of shape (n,).
        percentiles: float64 of shape (n,).
        contributions: float32 of shape (n, 6).
        terms: float64 of shape (n, 4), or of shape (n, 0) for `isolation_forest`.
    """

    is_anomaly: npt.NDArray[np.bool_]
    anomaly_scores: npt.NDArray[np.float64]
    decisions: npt.NDArray[np.float64]
    percentiles: npt.NDArray[np.float64]
    contributions: npt.NDArray[np.float32]
    terms: npt.NDArray[np.float64]

    def take(self, indices: Ints) -> "Judgements":
        """The judgements at these indices, in their order."""
        return Judgements(*(column[indices] for column in msgspec.structs.astuple(self)))


class Detector(Protocol):
    """Judges records; made from a bundle, immutable."""

    def judge(self, logs: Sequence[LogFeatures]) -> list[Judgement]:
        """Judge logs that came one by one."""
        ...

    def judge_keys(self, keys: Ints) -> Judgements:
        """Judge packed records (`schemas.record.key`): int64 of shape (n,)."""
        ...

    def extract(self, message: str, level: Level, service: str) -> LogFeatures:
        """What this detector looks at of a raw log."""
        ...
