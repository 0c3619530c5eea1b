"""That the rules are well-formed data which other engines can apply as well."""

import importlib
import random
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.record.keyword_rules import (
    CONNECTION_ERROR,
    EXCEPTION,
    FAILURE,
    REMOVALS,
    TIMEOUT,
    Rule,
)
from schemas.record.text import CODES, NON_ASCII

FLAG_RULES = (*EXCEPTION, *TIMEOUT, *CONNECTION_ERROR, *FAILURE)
RULES = {rule.name: rule for rule in (*REMOVALS, *FLAG_RULES)}


def test_rules_are_well_formed() -> None:
    """Names are unique; triggers are lower-case ASCII; removals read one text; reasons exist."""
    assert Counter(rule.name for rule in (*REMOVALS, *FLAG_RULES)).most_common(1)[0][1] == 1
    assert {rule.reads for rule in REMOVALS} == {"lower"}
    for rule in RULES.values():
        assert rule.triggers
        assert rule.reason
        assert isinstance(rule.triggers, tuple)
        assert all(t and t.isascii() and t == t.lower() for t in rule.triggers)
    assert all(len(t) > 2 for rule in FLAG_RULES for t in rule.triggers)


def nodes_of(parsed: Any, repeated: int = 1) -> Iterator[tuple[str, Any, int]]:
    """Walk a parsed pattern: operator, argument and how often the loops around repeat it."""
    for operator, argument in parsed:
        name = str(operator)
        yield name, argument, repeated
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            yield from nodes_of(argument[2], repeated * int(argument[1]))
        elif name == "SUBPATTERN":
            yield from nodes_of(argument[-1], repeated)
        elif name == "BRANCH":
            for branch in argument[1]:
                yield from nodes_of(branch, repeated)


@pytest.mark.parametrize("pattern", [CODES, NON_ASCII, *(rule.pattern for rule in RULES.values())])
def test_patterns_stay_within_re2(pattern: str) -> None:
    """No construct that RE2 lacks or engines read differently, and no loop that multiplies."""
    parser = importlib.import_module("re._parser")
    endless = int(parser.MAXREPEAT)
    allowed = {"LITERAL", "NOT_LITERAL", "IN", "BRANCH", "SUBPATTERN", "MAX_REPEAT", "AT"}

    for name, argument, repeated in nodes_of(parser.parse(pattern)):
        assert name in allowed
        if name == "IN":
            assert {str(kind) for kind, _ in argument} <= {"LITERAL", "RANGE", "NEGATE"}
        if name == "AT":
            assert str(argument) in {"AT_BOUNDARY", "AT_BEGINNING", "AT_END"}
        if name == "MAX_REPEAT":
            most = int(argument[1])
            assert repeated == 1 if most == endless else repeated * most < 1_000


def draw(parsed: Any, choose: random.Random) -> str:
    """A text that a parsed pattern finds, if its boundaries allow it."""
    text = ""
    for operator, argument in parsed:
        name = str(operator)
        if name == "LITERAL":
            text += chr(argument)
        elif name == "IN":
            text += draw_one_of(argument, choose)
        elif name == "NOT_LITERAL":
            text += "?"
        elif name == "MAX_REPEAT":
            least, most, inner = argument
            for _ in range(choose.randint(least, min(int(most), least + 1))):
                text += draw(inner, choose)
        elif name == "SUBPATTERN":
            text += draw(argument[-1], choose)
        elif name == "BRANCH":
            text += draw(choose.choice(argument[1]), choose)
    return text


def draw_one_of(members: Any, choose: random.Random) -> str:
    """A character of a set; of a negated set a letter that it does not name."""
    kinds = [(str(kind), value) for kind, value in members]
    if kinds[0][0] == "NEGATE":
        named = {chr(value) for kind, value in kinds[1:] if kind == "LITERAL"}
        return next(c for c in "zq7~" if c not in named)
    kind, value = choose.choice(kinds)
    return chr(choose.randint(*value)) if kind == "RANGE" else chr(value)


def found_by(rule: Rule) -> list[str]:
    """Hundreds of texts that a rule finds, made of its pattern's own alternatives."""
    choose = random.Random(rule.name)
    parsed = importlib.import_module("re._parser").parse(rule.pattern)
    drawn = (draw(parsed, choose) for _ in range(600))
    matches = [
        re.search(rule.pattern, f" {text} ") or re.search(rule.pattern, text) for text in drawn
    ]
    return [match[0].lower() for match in matches if match]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_what_a_pattern_finds_holds_a_trigger(rule: Rule) -> None:
    """What a rule finds holds one of its triggers, so none is missed by looking for triggers."""
    found = found_by(rule)
    assert found
    assert [text for text in found if not any(word in text for word in rule.triggers)] == []


@pytest.mark.parametrize("rule", REMOVALS, ids=lambda rule: str(rule.name))
def test_what_a_removal_finds_holds_a_trigger_of_a_flag(rule: Rule) -> None:
    """A text without any trigger of a flag needs no removals."""
    words = {word for flag in FLAG_RULES for word in flag.triggers}
    assert [text for text in found_by(rule) if not any(word in text for word in words)] == []


def test_lower_case_patterns_can_match() -> None:
    """A rule that reads lower-case text holds no capital letter."""
    for rule in RULES.values():
        if rule.reads != "cased":
            assert not re.search("[A-Z]", rule.pattern)


def test_rules_cannot_be_changed() -> None:
    """Rules are shared data: nobody edits them in place."""
    rule: Rule = EXCEPTION[0]

    with pytest.raises(AttributeError):
        rule.name = "other"  # type: ignore[misc]  # the refusal is what is tested
