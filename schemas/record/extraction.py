"""The way from a raw log line to what models see of it, for training and for serving."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from schemas.record.features import Level, LogFeatures
from schemas.record.keywords import NOTHING, flags_of, form_of, woken_by
from schemas.record.templates import fold, pattern_of
from schemas.record.text import ESCAPE, LIMIT, text_of

__all__ = ["MessageFeatures", "extract", "extract_features", "patterns_of", "without_message"]


class MessageFeatures(LogFeatures, frozen=True, gc=False, cache_hash=True):
    """The six features and what the message holds beyond them.

    Only the surprisal detector uses the latter.

    Attributes:
        pattern: id of the message's pattern (`schemas.record.templates`); models see its bucket.
        has_failure: the message holds a word of failure (`schemas.record.keyword_rules.FAILURE`).
    """

    pattern: int
    has_failure: bool


def extract_features(message: str, level: Level, service: str) -> LogFeatures:
    """The six features of a raw log; the length is counted in characters (code points)."""
    return without_message(extract(message, level, service))


def extract(message: str, level: Level, service: str) -> MessageFeatures:
    """All that models see of a raw log."""
    text = message[:LIMIT]
    if ESCAPE in text:  # checked here as well: a call costs a tenth of the whole
        text = text_of(message)
    found = _seen_in(fold(text), len(message), level, service)
    if isinstance(found, MessageFeatures):
        return found
    pattern, woken = found
    flags = _flags_of(form_of(text_of(message), woken))
    return MessageFeatures(
        len(message),
        level,
        service,
        flags.has_exception,
        flags.has_timeout,
        flags.has_connection_error,
        pattern,
        flags.has_failure,
    )


def without_message(log: LogFeatures) -> LogFeatures:
    """The six features alone."""
    if type(log) is LogFeatures:
        return log
    return LogFeatures(
        log.message_length,
        log.level,
        log.service,
        log.has_exception,
        log.has_timeout,
        log.has_connection_error,
    )


def patterns_of(logs: Sequence[LogFeatures]) -> list[int | None]:
    """The id of each log's pattern; None for a log that came without its message."""
    return [log.pattern if isinstance(log, MessageFeatures) else None for log in logs]


# Logs repeat, above all in a storm of errors. At most 2 MB of 1,024 forms, and 8 MB of 4,096 folded
# texts, of 2,000 bytes each.
_flags_of = lru_cache(maxsize=1_024)(flags_of)

_NO_FLAGS: Final = (NOTHING.has_exception, NOTHING.has_timeout, NOTHING.has_connection_error)


@lru_cache(maxsize=4_096)
def _seen_in(
    folded: bytes, message_length: int, level: Level, service: str
) -> MessageFeatures | tuple[int, int]:
    """What does not depend on a message's numbers: all of it, or its pattern and the rules to ask.

    Most messages are repeated with other numbers, and nothing more need be known of most of them.
    """
    pattern = pattern_of(folded)
    woken = woken_by(folded.decode("ascii"))
    if woken:
        return pattern, woken
    return MessageFeatures(message_length, level, service, *_NO_FLAGS, pattern, NOTHING.has_failure)
