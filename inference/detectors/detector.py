"""The interface of a detector, serving half."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from inference.detectors.judgements import Judgement, Judgements, Novelty
from schemas.record.features import Level, LogFeatures
from schemas.record.key import Columns, Ints


class Detector(Protocol):
    """Judges records; made from a bundle, immutable."""

    def judge(self, logs: Sequence[LogFeatures]) -> list[Judgement]:
        """Judge logs that came singly."""
        ...

    def judge_columns(self, logs: Sequence[LogFeatures], columns: Columns) -> Judgements:
        """Judge several logs without messages, whose columns are known.

        The judgements are those of `judge` to the last bit; contributions may be left out, as an
        array of shape (n, 0).
        """
        ...

    def judge_keys(self, keys: Ints) -> Judgements:
        """Judge packed records (`schemas.record.key`): int64 of shape (n,)."""
        ...

    def score_of(self, decision: float) -> float:
        """The anomaly score that goes with a decision."""
        ...

    def extract(self, message: str, level: Level, service: str) -> LogFeatures:
        """The features of a raw log that the detector reads."""
        ...

    def novelty(self, log: LogFeatures) -> Novelty:
        """Whether a record is like any of the training records."""
        ...

    def novelties(self, columns: Columns, patterns: Sequence[int | None] = ()) -> Ints:
        """The same for several: `Novelty.number`, int64 of shape (n,).

        Args:
            columns: of the records.
            patterns: of their messages, None for a record without a message; empty if none has any.
        """
        ...

    def reason(
        self, log: LogFeatures, contributions: Mapping[str, float], terms: Sequence[float]
    ) -> str:
        """Why a record is judged as it is, in words for people.

        Args:
            log: the record.
            contributions: of the features to the forest's score, by name; empty without a forest.
            terms: what adds up to the value that is held against the threshold, in the order of
                `DetectorSpec.terms`.
        """
        ...
