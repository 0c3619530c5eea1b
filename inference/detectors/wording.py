"""Records and counts in words, for people."""

import math
from collections.abc import Sequence

from schemas.record.features import FEATURE_NAMES, LogFeatures
from schemas.record.key import (
    CONNECTION_ERROR_BIT,
    EXCEPTION_BIT,
    FLAG_BITS,
    FLAG_VALUES,
    TIMEOUT_BIT,
    flags_of,
)

_ONE_IN = 10
"""Shares above 1 in this many are given in percent."""

_EARLY = 0.2
"""The share that a forest isolates first; a larger share explains nothing."""

_SPEAKS_OF = {
    EXCEPTION_BIT: "an exception",
    TIMEOUT_BIT: "a time-out",
    CONNECTION_ERROR_BIT: "a connection error",
}


def describe_features(log: LogFeatures) -> dict[str, str]:
    """The six features of a record, by name, as a person reads them."""
    values = [f"{log.message_length:,}", log.level.value, log.service]
    values += ["yes" if flag else "no" for flag in FLAG_VALUES[flags_of(log)]]
    return dict(zip(FEATURE_NAMES, values, strict=True))


def speaks_of(flags: int) -> str:
    """The keyword flags in words, as in "an exception and a time-out"; empty if none is up."""
    return enumerated([words for bit, words in _SPEAKS_OF.items() if flags & bit])


def enumerated(words: Sequence[str]) -> str:
    """As in "one, two and three"; empty for no words."""
    *most, last = words or [""]
    return f"{', '.join(most)} and {last}" if most else last


def feature_in_words(name: str, log: LogFeatures) -> str:
    """A feature of a record as a noun, as in "its level FATAL" or "a time-out"."""
    if name in FLAG_BITS:
        raised = _SPEAKS_OF[FLAG_BITS[name]]
        return raised if getattr(log, name) else f"the absence of {raised}"
    if name == "message_length":
        length = log.message_length
        return f"its length of {length:,} character{'' if length == 1 else 's'}"
    return f"its {name} {describe_features(log)[name]}"


def times_seen(count: int) -> str:
    """How often something was seen in training, as in "seen 17 times"."""
    if count == 0:
        return "never seen"
    return {1: "seen once", 2: "seen twice"}.get(count, f"seen {count:,} times")


def share_in_words(count: int, n: int, of: str) -> str:
    """As in "1 in 6,666 of all lines" or "37 % of all lines"; empty for a count of 0.

    Args:
        count: at most n.
        n: of how many.
        of: what these are.
    """
    if not count:
        return ""
    if count == n:
        return of if of.startswith("all") else f"all of {of}"
    if n >= _ONE_IN * count:
        return f"1 in {n / count:,.0f} of {of}"
    return f"{min(round(100 * count / n), 99)} % of {of}"


def forest_in_words(phi: float) -> list[str]:
    """The forest's term (`schemas.record.surprisal`) in words; empty where it says little."""
    share = 10**-phi
    if share > _EARLY + 1e-9:
        return []
    return [f"among the {math.ceil(100 * share - 1e-6)} % that the forest isolates first"]
