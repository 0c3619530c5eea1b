"""Records and counts in words, for people."""

import numpy as np

from schemas.record.features import FEATURE_NAMES, Level
from schemas.record.key import (
    CONNECTION_ERROR_BIT,
    EXCEPTION_BIT,
    FLAG_VALUES,
    TIMEOUT_BIT,
    unpack,
)

_SPEAKS_OF = {
    EXCEPTION_BIT: "an exception",
    TIMEOUT_BIT: "a time-out",
    CONNECTION_ERROR_BIT: "a connection error",
}


def describe_features(key: int, service: str) -> dict[str, str]:
    """The six features of a packed record, by name, as a person reads them.

    Args:
        key: of the record.
        service: its name.
    """
    length, level, _, flags, _ = (int(digit[0]) for digit in unpack(np.array([key])))
    values = [f"{length:,}", list(Level)[level].value, service]
    values += ["yes" if flag else "no" for flag in FLAG_VALUES[flags]]
    return dict(zip(FEATURE_NAMES, values, strict=True))


def speaks_of(flags: int) -> str:
    """What the keyword flags say, as in "an exception and a time-out"; empty if none is up."""
    return " and ".join(words for bit, words in _SPEAKS_OF.items() if flags & bit)


def times_seen(count: int) -> str:
    """How often something was seen in training, as in "seen 17 times"."""
    if count == 0:
        return "never seen"
    return "seen once" if count == 1 else f"seen {count:,} times"
