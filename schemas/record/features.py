"""The six features of a log line: their names, order, bounds and the struct that carries them.

The order of `FEATURE_NAMES` is the order of the columns of every matrix, of every ONNX graph's
input and of every `contributions` answer.
"""

import enum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from schemas.record.levels import LEVEL_SYNONYMS, bare_name

MAX_MESSAGE_LENGTH: Final = 16_777_216
"""2**24, the largest integer up to which every integer is exact in float32 (IEEE 754)."""

MAX_SERVICE_CHARS: Final = 256

MAX_LEVEL_CHARS: Final = 64
"""No name of a level is longer, with all that stands around it."""


class Level(enum.Enum):
    """Severity of a log line, from least to most severe.

    Decoding takes any case and other loggers' names (`schemas.record.levels`).
    """

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"
    FATAL = "FATAL"

    # Members are singletons, so identity is a correct hash; Enum's own is a Python function and
    # would be the most expensive part of looking a record up in the memo.
    __hash__ = object.__hash__

    @classmethod
    def _missing_(cls, value: object) -> "Level | None":
        if not isinstance(value, str):
            return None
        name = value.strip().upper()
        if name not in LEVEL_SYNONYMS and name not in cls.__members__:
            name = bare_name(value[:MAX_LEVEL_CHARS])
        return cls.__members__.get(LEVEL_SYNONYMS.get(name, name))


SEVERITY: Final = {level: number for number, level in enumerate(Level)}
"""DEBUG 0, INFO 1, WARN 2, ERROR 3, FATAL 4."""


class LogFeatures(msgspec.Struct, frozen=True, gc=False, cache_hash=True):
    """What the model sees of a log line.

    Frozen and hashable: the struct itself is the key under which a verdict is remembered. Keys
    that are not features are ignored, since log shippers add their own.
    """

    message_length: Annotated[
        int,
        Meta(ge=0, le=MAX_MESSAGE_LENGTH, description="Length of the message in characters."),
    ]
    level: Annotated[
        Level,
        Meta(
            description="Severity, in any case; the usual synonyms (WARNING, CRITICAL, TRACE, "
            "NOTICE ...) are taken as well."
        ),
    ]
    service: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=MAX_SERVICE_CHARS,
            description="Name of the service that wrote the line.",
        ),
    ]
    has_exception: Annotated[bool, Meta(description="The message names an exception.")]
    has_timeout: Annotated[bool, Meta(description="The message tells of a time-out.")]
    has_connection_error: Annotated[
        bool, Meta(description="The message tells of a failed connection.")
    ]


FEATURE_NAMES: Final[tuple[str, ...]] = LogFeatures.__struct_fields__
