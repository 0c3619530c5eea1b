"""The digits that patterns tell apart.

Most rules know a number only as one (`[0-9]`): to them, texts that differ in numbers are the same.
Few name digits, such as the status 504 or a count of 0.
"""

import re
from collections.abc import Iterable
from typing import Final

DIGITS: Final = "0123456789"

NamedDigits = frozenset[frozenset[str]]
"""The sets of digits that a pattern names, but for the set of all ten."""

_REPETITION: Final = re.compile(r"(?<!\\)\{\d*(?:,\d*)?\}")
_NAMED: Final = re.compile(r"\d-\d|\d")


def named_digits(pattern: str) -> NamedDigits:
    """The digits that a pattern names, each or as a range.

    Args:
        pattern: a regular expression that names no character by its number, and in which no range
            with digits in it begins or ends with another character.
    """
    named = _NAMED.findall(_REPETITION.sub("", pattern))
    sets = {frozenset(DIGITS[int(part[0]) : int(part[-1]) + 1]) for part in named}
    return frozenset(sets - {frozenset(DIGITS)})


def merging(named: Iterable[frozenset[str]]) -> bytes:
    """A table for `bytes.translate`: each digit becomes the first that no set tells from it."""
    sets = list(named)
    first: dict[tuple[bool, ...], str] = {}
    merged = [first.setdefault(tuple(d in members for members in sets), d) for d in DIGITS]
    return bytes.maketrans(DIGITS.encode(), "".join(merged).encode())
