"""The one way from a raw log line to what models see of it, for training and for serving."""

import msgspec

from schemas.features import Level, LogFeatures
from schemas.keywords import find_flags
from schemas.templates import template_bucket

__all__ = ["MessageTraits", "extract_features", "extract_traits"]


class MessageTraits(msgspec.Struct, frozen=True, gc=False):
    """What a message tells beyond the six features; only the surprise detector looks at it.

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


def extract_traits(message: str) -> MessageTraits:
    """What the message of a raw log tells beyond its features."""
    return MessageTraits(template_bucket(message), find_flags(message).has_failure)
