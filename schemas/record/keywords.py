"""The extractor of the keyword flags of a log message.

What the rules mean is defined in `schemas.record.keyword_rules`; this module applies them quickly.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import product
from typing import Final

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
from schemas.record.triggers import QuietPieces, Triggers, any_of

__all__ = ["NOTHING", "Flags", "find_flags", "find_flags_in", "has_trigger", "has_trigger_folded"]


class Flags(msgspec.Struct, frozen=True):
    """The kinds of failure that a message speaks of.

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


class _Applied:
    """A rule as it is applied, compiled when a text first wakes it.

    To compile all of them would be a fifth of the time in which a service starts.

    Attributes:
        bit: of the rule.
    """

    def __init__(self, rule: Rule, flags: int) -> None:
        self.bit: int = _BITS[rule.name]
        self._pattern = rule.pattern
        self._flags = re.ASCII | flags

    @cached_property
    def search(self) -> Callable[[str], re.Match[str] | None]:
        """Finds the rule's pattern in a text."""
        return re.compile(self._pattern, self._flags).search

    @cached_property
    def replace(self) -> Callable[[str, str], str]:
        """Replaces what the pattern matches: the replacement, then the text."""
        return re.compile(self._pattern, self._flags).sub


_ALL: Final = (REMOVALS, *_FLAGS)
_BITS: Final = {
    rule.name: 1 << n for n, rule in enumerate(rule for rules in _ALL for rule in rules)
}
"""A bit for each rule, so that a set of rules is one number."""


def _reading(reads: str, rules: Iterable[Rule], flags: int = 0) -> tuple[_Applied, ...]:
    return tuple(_Applied(rule, flags) for rule in rules if rule.reads == reads)


_REMOVALS = _reading("lower", REMOVALS)
_CASED_REMOVALS = _reading("lower", REMOVALS, re.IGNORECASE)
_LOWER = tuple(_reading("lower", rules) for rules in _FLAGS)
_WHOLE = tuple(_reading("whole", rules) for rules in _FLAGS)
_CASED = tuple(_reading("cased", rules) for rules in _FLAGS)
_CASED_BITS = tuple(sum(rule.bit for rule in rules) for rules in _CASED)
_find_trigger = any_of(t for rules in _FLAGS for rule in rules for t in rule.triggers)
_quiet = QuietPieces(_find_trigger)
_triggers = Triggers({_BITS[rule.name]: rule.triggers for rules in _ALL for rule in rules})
_ANSWERS = tuple(Flags(*bits) for bits in product((False, True), repeat=len(_FLAGS)))
NOTHING = _ANSWERS[0]
"""The answer for a message that speaks of nothing; compared by identity."""


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
    return _find_trigger(lower)


def has_trigger_folded(folded: str) -> bool:
    """The same of a text whose digits are all zeros (`schemas.record.templates.fold`)."""
    return _quiet.find_in(folded)


def _apply_rules(text: str, whole: str) -> Flags:
    woken = _triggers.woken_by(whole)
    lower = _remove(_REMOVALS, whole, woken)
    cased = ""
    index = 0
    for flag in range(len(_FLAGS)):
        is_raised = _found(_LOWER[flag], lower, woken) or _found(_WHOLE[flag], whole, woken)
        if not is_raised and woken & _CASED_BITS[flag]:
            cased = cased or _remove(_CASED_REMOVALS, text, woken)
            is_raised = _found(_CASED[flag], cased, woken)
        index = 2 * index + is_raised
    return _ANSWERS[index]


def _remove(removals: tuple[_Applied, ...], text: str, woken: int) -> str:
    for removal in removals:
        if removal.bit & woken:
            text = removal.replace(" ", text)
    return text


def _found(rules: tuple[_Applied, ...], text: str, woken: int) -> bool:
    for rule in rules:  # noqa: SIM110  # a generator costs thrice what it asks
        if rule.bit & woken and rule.search(text):
            return True
    return False
