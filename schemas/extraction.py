"""The one way from a raw log line to what models see of it, for training and for serving."""

from schemas.features import Level, LogFeatures
from schemas.keywords import find_flags
from schemas.templates import template_bucket

__all__ = ["MessageFeatures", "extract", "extract_features"]


class MessageFeatures(LogFeatures, frozen=True, gc=False):
    """The six features and what the message tells beyond them.

    Only the surprise detector looks at the latter.

    Attributes:
        template: bucket of the message's template (`schemas.templates`).
        has_failure: the message holds a word of failure (`schemas.keyword_rules.FAILURE`).
    """

    template: int
    has_failure: bool


def extract_features(message: str, level: Level, service: str) -> LogFeatures:
    """The six features of a raw log; the length is counted in characters (code points)."""
    flags = find_flags(message)
    return LogFeatures(
        len(message),
        level,
        service,
        flags.has_exception,
        flags.has_timeout,
        flags.has_connection_error,
    )


def extract(message: str, level: Level, service: str) -> MessageFeatures:
    """All that models see of a raw log."""
    flags = find_flags(message)
    return MessageFeatures(
        len(message),
        level,
        service,
        flags.has_exception,
        flags.has_timeout,
        flags.has_connection_error,
        template_bucket(message),
        flags.has_failure,
    )
