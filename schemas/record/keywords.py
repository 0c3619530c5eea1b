"""The extractor of the keyword flags of a log message.

What the rules mean is defined in `schemas.record.keyword_rules`; this module applies them quickly:

1. texts that differ in numbers alone wake the same rules, most of them none (`woken_by`);
2. a text's form keeps the digits that these rules tell apart (`form_of`);
3. the flags follow from the form, so that they need be found once for all texts that share it.
"""

import re
from collections.abc import Callable, Iterable
from functools import cached_property, lru_cache
from itertools import product
from typing import Final, NamedTuple

import msgspec

from schemas.record.digits import merging, named_digits
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

__all__ = ["NOTHING", "Flags", "Form", "find_flags", "flags_of", "form_of", "woken_by"]


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
_NAMED_DIGITS: Final = [
    (_BITS[rule.name], named)
    for rules in _ALL
    for rule in rules
    if (named := named_digits(rule.pattern))
]
_NUMBERED: Final = [
    (_BITS[rule.name], re.compile("|".join(map(re.escape, rule.triggers))).search)
    for rule in REMOVALS
    if any(char.isdigit() for trigger in rule.triggers for char in trigger)
]
"""Rules that a text in which digits are zeros may wake though the text itself does not."""

_ANSWERS = tuple(Flags(*bits) for bits in product((False, True), repeat=len(_FLAGS)))
NOTHING = _ANSWERS[0]
"""The answer for a message that speaks of nothing; compared by identity."""


class Form(NamedTuple):
    """What rules see of a text; all texts of a form have the same flags.

    Attributes:
        text: ASCII, in which digits that the rules do not tell apart are the same.
        woken: the rules that could match, as the sum of their bits.
    """

    text: bytes
    woken: int


def find_flags(message: str) -> Flags:
    """Find out what a log message speaks of.

    Args:
        message: Any text, of any length; its beginning counts (`schemas.record.text`).

    Returns:
        The flags; equal answers are the same object.
    """
    text = text_of(message)
    whole = text.lower()
    return _apply_rules(text, whole, _triggers.woken_by(whole)) if _find_trigger(whole) else NOTHING


def woken_by(folded: str) -> int:
    """The rules that could match a text, as the sum of their bits; 0 if its answer is `NOTHING`.

    Args:
        folded: the text with all digits zeros (`schemas.record.templates.fold`); no trigger of a
            flag holds a digit, so digits only ever wake too many of the other rules.
    """
    return _triggers.woken_by(folded) if _quiet.find_in(folded) else 0


def form_of(text: str, woken: int) -> Form:
    """The form of a text.

    Args:
        text: as `text_of` makes it.
        woken: what `woken_by` gives for it.
    """
    for bit, find in _NUMBERED:
        if bit & woken and find(text.lower()) is None:
            woken ^= bit
    return Form(text.encode("ascii").translate(_merging_for(woken)), woken)


def flags_of(form: Form) -> Flags:
    """Find out what the texts of a form speak of; equal answers are the same object."""
    text = form.text.decode("ascii")
    return _apply_rules(text, text.lower(), form.woken)


@lru_cache(maxsize=1_024)
def _merging_for(woken: int) -> bytes:
    return merging(members for bit, named in _NAMED_DIGITS if bit & woken for members in named)


def _apply_rules(text: str, whole: str, woken: int) -> Flags:
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
