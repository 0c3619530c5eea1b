"""The digits that rules tell apart, and the forms that follow from them."""

import importlib
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.record.digits import DIGITS, merging, named_digits
from schemas.record.keywords import NOTHING, find_flags, flags_of, form_of, woken_by
from schemas.record.templates import fold
from schemas.record.text import text_of
from tests.unit.schemas.test_keyword_lines import read_lines
from tests.unit.schemas.test_keyword_patterns import RULES, nodes_of

TEXTS = [line.message for line in read_lines()]


def sets_of(pattern: str) -> Iterator[frozenset[str]]:
    """The digits that each part of a parsed pattern takes."""
    for name, argument, _ in nodes_of(importlib.import_module("re._parser").parse(pattern)):
        members: list[tuple[str, Any]] = []
        if name in {"LITERAL", "NOT_LITERAL"}:
            members = [("LITERAL", argument)]
        elif name == "IN":
            members = [(str(kind), value) for kind, value in argument]
        for kind, value in members:
            low, high = value if kind == "RANGE" else (value, value) if value else (0, 0)
            yield frozenset(digit for digit in DIGITS if low <= ord(digit) <= high)


@pytest.mark.parametrize("name", RULES)
def test_the_digits_of_a_pattern_are_those_of_its_parts(name: str) -> None:
    """What is read off its text is what Python's parser finds in it."""
    pattern = RULES[name].pattern
    found = {digits for digits in sets_of(pattern) if digits}
    assert named_digits(pattern) == found - {frozenset(DIGITS)}
    assert not re.search(r"\\[0-9xuUN]", pattern)


def test_only_digits_that_no_set_tells_apart_become_the_same() -> None:
    """By the first of them; nothing else of a text changes."""
    assert b"a 0123456789".translate(merging([])) == b"a 0000000000"
    sets = [frozenset("4"), frozenset("123456")]
    assert b"a 0123456789".translate(merging(sets)) == b"a 0111411000"


@pytest.mark.parametrize("seed", range(10))
def test_a_form_has_the_flags_of_its_texts(seed: int) -> None:
    """On labelled lines of many systems with other numbers, zeros among them."""
    choose = random.Random(seed)
    digits = "0" * seed + DIGITS
    forms = set()
    for message in TEXTS:
        text = text_of(re.sub("[0-9]", lambda _: choose.choice(digits), message))
        woken = woken_by(fold(text).decode("ascii"))
        if not woken:
            assert find_flags(text) is NOTHING
            continue
        form = form_of(text, woken)
        forms.add(form)
        assert flags_of(form) is find_flags(text)
    assert len(forms) > len(TEXTS) / 4


def test_lines_with_other_numbers_share_a_form() -> None:
    """Unless a rule that could match them asks for a number; a count of none is asked for."""

    def forms(message: str) -> int:
        texts = [message.replace("N", str(number)) for number in range(100, 1_000)]
        return len({form_of(text, woken_by(fold(text).decode("ascii"))) for text in texts})

    assert forms("request N: connection refused by peer N") < 10
    assert forms("status N: gateway time-out") > 10
