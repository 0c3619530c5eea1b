"""The one extractor of the keyword flags of a log message.

What the rules mean is defined in `schemas.record.keyword_rules`; this module applies them quickly.
"""

import re
from collections.abc import Callable, Iterable
from itertools import product
from typing import NamedTuple

import msgspec

from schemas.record.keyword_rules import (
    CONNECTION_ERROR,
    EXCEPTION,
    FAILURE,
    LIMIT,
    REMOVALS,
    TIMEOUT,
    Rule,
)

__all__ = ["NOTHING", "Flags", "find_flags", "has_trigger"]


class Flags(msgspec.Struct, frozen=True):
    """What a message speaks of.

    Attributes:
        has_exception: A program failed: an exception, a panic, a stack trace.
        has_timeout: Something took longer than it was allowed to.
        has_connection_error: A peer could not be reached or was lost.
        has_failure: A word of failure: error, failed, denied ... Much weaker than the other three
            and no feature of a forest; the surprisal detector takes it as a hint.
    """

    has_exception: bool
    has_timeout: bool
    has_connection_error: bool
    has_failure: bool


_FLAGS = (EXCEPTION, TIMEOUT, CONNECTION_ERROR, FAILURE)

_RARE = "xwvkpmhlgucr"
"""Letters few texts are full of, rarest first: with one of them, most triggers can be told."""


class _Compiled(NamedTuple):
    triggers: tuple[str, ...]
    search: Callable[[str], re.Match[str] | None]
    replace: Callable[[str, str], str]


def _compile(rules: Iterable[Rule], reads: str, flags: int = 0) -> tuple[_Compiled, ...]:
    patterns = [(rule, re.compile(rule.pattern, re.ASCII | flags)) for rule in rules]
    return tuple(
        _Compiled(rule.triggers, pattern.search, pattern.sub)
        for rule, pattern in patterns
        if rule.reads == reads
    )


def _any_of(triggers: Iterable[str]) -> re.Pattern[str]:
    """Compile a search for any of these words that stops at few characters of a text.

    Python's `re` skips quickly to the first character of an alternative, so each word is looked
    for from its rarest letter on, and what precedes that letter is compared last.
    """
    words = sorted(set(triggers))
    tails: dict[str, list[str]] = {}
    for word in words:
        if any(other in word for other in words if other != word):
            continue
        at = min(range(len(word)), key=lambda i: (_RARE + word[i]).index(word[i]))
        before = f"(?<={re.escape(word)})" if at else ""
        tails.setdefault(word[at], []).append(re.escape(word[at + 1 :]) + before)
    return re.compile("|".join(f"{re.escape(c)}(?:{'|'.join(t)})" for c, t in tails.items()))


_REMOVALS = _compile(REMOVALS, "lower")
_CASED_REMOVALS = _compile(REMOVALS, "lower", re.IGNORECASE)
_LOWER = tuple(_compile(rules, "lower") for rules in _FLAGS)
_WHOLE = tuple(_compile(rules, "whole") for rules in _FLAGS)
_CASED = tuple(_compile(rules, "cased") for rules in _FLAGS)
_find_trigger = _any_of(t for rules in _FLAGS for rule in rules for t in rule.triggers).search
_ANSWERS = tuple(Flags(*bits) for bits in product((False, True), repeat=len(_FLAGS)))
NOTHING = _ANSWERS[0]
"""The answer for a message that speaks of nothing; told apart by identity."""


def find_flags(message: str) -> Flags:
    """Find out what a log message speaks of.

    Args:
        message: Any text, of any length; the first `LIMIT` characters count.

    Returns:
        The flags; equal answers are the same object.
    """
    text = message[:LIMIT]
    if not text.isascii():
        text = text.encode("ascii", "replace").decode("ascii")
    whole = text.lower()
    return _apply_rules(text, whole) if has_trigger(whole) else NOTHING


def has_trigger(lower: str) -> bool:
    """Whether any rule could match: without a trigger, the answer is `NOTHING`.

    No trigger of a flag holds a digit, so the digits of the text do not matter.
    """
    return _find_trigger(lower) is not None


def _apply_rules(text: str, whole: str) -> Flags:
    lower = _remove(_REMOVALS, whole, whole)
    cased = ""
    index = 0
    for flag in range(len(_FLAGS)):
        found = _found(_LOWER[flag], lower, lower) or _found(_WHOLE[flag], whole, whole)
        if not found and any(_triggered(rule, lower) for rule in _CASED[flag]):
            cased = cased or _remove(_CASED_REMOVALS, text, whole)
            found = _found(_CASED[flag], cased, lower)
        index = 2 * index + found
    return _ANSWERS[index]


def _remove(removals: tuple[_Compiled, ...], text: str, whole: str) -> str:
    for removal in removals:
        if _triggered(removal, whole):
            text = removal.replace(" ", text)
    return text


def _found(rules: tuple[_Compiled, ...], text: str, lower: str) -> bool:
    return any(_triggered(rule, lower) and rule.search(text) for rule in rules)


def _triggered(rule: _Compiled, lower: str) -> bool:
    for trigger in rule.triggers:  # noqa: SIM110  # a generator costs thrice what it asks
        if trigger in lower:
            return True
    return False
