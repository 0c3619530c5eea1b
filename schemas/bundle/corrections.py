"""People's corrections of a model's verdicts; part of its manifest, carried into later models.

A correction holds for all logs that are alike. Logs with a message are alike if they share pattern
and service; logs without, if they share the signature (`schemas.record.surprisal`).
"""

import time
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from schemas.record.extraction import MessageFeatures
from schemas.record.features import MAX_SERVICE_CHARS, LogFeatures
from schemas.record.key import flags_of
from schemas.record.surprisal import STEP_STARTS

MAX_CORRECTIONS: Final = 1_000
MAX_NOTE_CHARS: Final = 500

Word = Literal["normal", "anomaly"]
Note = Annotated[str, Meta(max_length=MAX_NOTE_CHARS)]
Moment = Annotated[datetime, Meta(tz=True)]

Alike = tuple[object, ...]
"""What the logs of a correction have in common."""


class Correction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person's verdict on logs that are alike.

    Attributes:
        verdict: what logs of this kind are from now on.
        service: their name.
        pattern_id: of their messages, 16 hexadecimal digits; "" for logs without a message.
        text: the pattern's masked text, for people.
        features: of a log without a message; all with its signature are meant.
        note: why.
        created_at: the moment of the correction.
        until: when it ends to hold; None for never.
    """

    verdict: Word
    service: Annotated[str, Meta(min_length=1, max_length=MAX_SERVICE_CHARS)]
    pattern_id: Annotated[str, Meta(pattern="^([0-9a-f]{16})?$")] = ""
    text: str = ""
    features: LogFeatures | None = None
    note: Note = ""
    created_at: Moment
    until: Moment | None = None

    @property
    def alike(self) -> Alike:
        """The key that logs alike share: the correction is about all logs with it."""
        if self.features is not None:
            return alike(self.features)
        return (self.service, int(self.pattern_id or "0", 16))

    def holds(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return self.until is None or now < self.until


def alike(log: LogFeatures) -> Alike:
    """The key that a log shares with all logs that a correction of it is about."""
    if isinstance(log, MessageFeatures):
        return (log.service, log.pattern)
    step = bisect_right(STEP_STARTS, log.message_length)
    return (log.service, log.level, flags_of(log), step)


def in_force(corrections: Iterable[Correction], now: datetime) -> list[Correction]:
    """Those that have not ended."""
    return [correction for correction in corrections if correction.holds(now)]


def corrected(
    corrections: Sequence[Correction], about: Alike, new: Correction | None
) -> list[Correction]:
    """Corrections with a new verdict on a kind of logs; None takes back the earlier correction."""
    others = [correction for correction in corrections if correction.alike != about]
    return others if new is None else [*others, new]


def utc_now() -> datetime:
    """The time, in whole seconds; by `time.time`, as everything that ends at a moment."""
    return datetime.fromtimestamp(int(time.time()), UTC)
