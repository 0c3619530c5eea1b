"""The one extractor of the keyword flags of a log message.

What the rules mean is defined in `schemas.record.keyword_rules`; this module applies them quickly.
"""

import re
from collections.abc import Callable, Iterable
from itertools import product
from typing import Final, NamedTuple

import msgspec

from schemas.record.keyword_rules import (
    CONNECTION_ERROR,
    EXCEPTION,
    FAILURE,
    REMOVALS,
    TIMEOUT,
    Rule,
)
from schemas.record.text import text_of
from schemas.record.triggers import any_of, candidates_among

__all__ = ["NOTHING", "Flags", "find_flags", "find_flags_in", "has_trigger"]


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


class _Compiled(NamedTuple):
    bit: int
    triggers: tuple[str, ...]
    search: Callable[[str], re.Match[str] | None]
    replace: Callable[[str, str], str]


_ALL: Final = (REMOVALS, *_FLAGS)
_BITS: Final = {
    rule.name: 1 << n for n, rule in enumerate(rule for rules in _ALL for rule in rules)
}
"""A bit for each rule, so that a set of rules is one number."""


def _compile(rules: Iterable[Rule], reads: str, flags: int = 0) -> tuple[_Compiled, ...]:
    patterns = [(rule, re.compile(rule.pattern, re.ASCII | flags)) for rule in rules]
    return tuple(
        _Compiled(_BITS[rule.name], rule.triggers, pattern.search, pattern.sub)
        for rule, pattern in patterns
        if rule.reads == reads
    )


_REMOVALS = _compile(REMOVALS, "lower")
_CASED_REMOVALS = _compile(REMOVALS, "lower", re.IGNORECASE)
_LOWER = tuple(_compile(rules, "lower") for rules in _FLAGS)
_WHOLE = tuple(_compile(rules, "whole") for rules in _FLAGS)
_CASED = tuple(_compile(rules, "cased") for rules in _FLAGS)
_finds_trigger = any_of(t for rules in _FLAGS for rule in rules for t in rule.triggers)
_candidates = candidates_among(
    {_BITS[rule.name]: rule.triggers for rules in _ALL for rule in rules}
)
_ANSWERS = tuple(Flags(*bits) for bits in product((False, True), repeat=len(_FLAGS)))
NOTHING = _ANSWERS[0]
"""The answer for a message that speaks of nothing; told apart by identity."""


def find_flags(message: str) -> Flags:
    """Find out what a log message speaks of.

    Args:
        message: Any text, of any length; its beginning counts (`schemas.record.text`).

    Returns:
        The flags; equal answers are the same object.
    """
    return find_flags_in(text_of(message))


def find_flags_in(text: str) -> Flags:
    """Find out what a text speaks of that `text_of` made."""
    whole = text.lower()
    return _apply_rules(text, whole) if has_trigger(whole) else NOTHING


def has_trigger(lower: str) -> bool:
    """Whether any rule could match: without a trigger, the answer is `NOTHING`.

    No trigger of a flag holds a digit, so the digits of the text do not matter.
    """
    return _finds_trigger(lower)


def _apply_rules(text: str, whole: str) -> Flags:
    bits = _candidates(whole)
    lower = _remove(_REMOVALS, whole, whole, bits)
    cased = ""
    index = 0
    for flag in range(len(_FLAGS)):
        found = _found(_LOWER[flag], lower, bits) or _found(_WHOLE[flag], whole, bits)
        if not found and any(rule.bit & bits and _triggered(rule, lower) for rule in _CASED[flag]):
            cased = cased or _remove(_CASED_REMOVALS, text, whole, bits)
            found = any(rule.bit & bits and rule.search(cased) for rule in _CASED[flag])
        index = 2 * index + found
    return _ANSWERS[index]


def _remove(removals: tuple[_Compiled, ...], text: str, whole: str, bits: int) -> str:
    for removal in removals:
        if removal.bit & bits and _triggered(removal, whole):
            text = removal.replace(" ", text)
    return text


def _found(rules: tuple[_Compiled, ...], text: str, bits: int) -> bool:
    for rule in rules:  # noqa: SIM110  # a generator costs thrice what it asks
        if rule.bit & bits and _triggered(rule, text) and rule.search(text):
            return True
    return False


def _triggered(rule: _Compiled, lower: str) -> bool:
    for trigger in rule.triggers:  # noqa: SIM110  # a generator costs thrice what it asks
        if trigger in lower:
            return True
    return False
