"""Verdicts as people corrected them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from inference.detectors.judgements import Judgement
from schemas.bundle.corrections import Alike, Correction, Word, alike, in_force
from schemas.record.features import LogFeatures

FOREVER: Final = float("inf")


class Corrector:
    """Gives logs the verdicts that people want them to have; all others stay as they are.

    A log that is marked as normal gets a decision of 0 if it had a lower, so that it lies on
    the threshold; a log that is marked as an anomaly gets a decision that is clearly an anomaly's.

    Attributes:
        ends_at: when the first of the corrections ends, in seconds since 1970.

    Args:
        corrections: people's corrections.
        score_of: the anomaly score of a decision.
        clear: a decision that is clearly an anomaly's.
        now: what ended before does not hold.
    """

    def __init__(
        self,
        corrections: Sequence[Correction],
        score_of: Callable[[float], float],
        clear: float,
        now: datetime,
    ) -> None:
        holding = in_force(corrections, now)
        self._words: dict[Alike, Word] = {
            correction.alike: correction.verdict for correction in holding
        }
        self._score_of = score_of
        self._clear = clear
        ends = [
            correction.until.timestamp() for correction in holding if correction.until is not None
        ]
        self.ends_at = min(ends, default=FOREVER)

    def __bool__(self) -> bool:
        return bool(self._words)

    def word(self, log: LogFeatures) -> Word | None:
        """The correction for logs like this log, if any."""
        return self._words.get(alike(log))

    def correct(self, log: LogFeatures, judgement: Judgement) -> Judgement:
        """The judgement that a log is to have."""
        word = self._words.get(alike(log))
        if word == "normal" and judgement.is_anomaly:
            return self._with(judgement, 0.0)
        if word == "anomaly" and judgement.decision > self._clear:
            return self._with(judgement, self._clear)
        return judgement

    def _with(self, judgement: Judgement, decision: float) -> Judgement:
        return msgspec.structs.replace(
            judgement,
            is_anomaly=decision < 0,
            decision=decision,
            anomaly_score=self._score_of(decision),
        )
