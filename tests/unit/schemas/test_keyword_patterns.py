"""That the rules are well-formed data which other engines can apply as well."""

import importlib
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
