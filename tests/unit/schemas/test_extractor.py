"""The digest that names the extractor."""

import msgspec
import pytest

from schemas.record.extractor import DEFINITION, EXTRACTOR, PROBES
from schemas.record.keyword_rules import Rule
from schemas.record.templates import TEMPLATE_BUCKETS, TEMPLATE_CHARS

DIGEST = "246e8a1a466400afce5d4b6c9ea9c8f21f050dfdeeff165a82a1aa832ee16e7d"


def test_a_change_of_rules_is_looked_at() -> None:
    """The digest is as on file, so nobody changes what a line turns into without knowing it.

    After an intended change of rules, templates or level names: (1) see that docs/keywords.md,
    docs/sql.md and docs/how-it-decides.md still say what is so, (2) note in CHANGELOG.md that
    models must be trained again, (3) state the new figures in docs/keywords.md, (4) write the new
    digest here.
    """
    assert EXTRACTOR == DIGEST


def changed(**fields: object) -> str:
    """The digest of the definition with other values."""
    return msgspec.structs.replace(DEFINITION, **fields).digest()


def other_rules(rules: tuple[Rule, ...]) -> list[tuple[Rule, ...]]:
    """Rules with another pattern, another text that is read, another order."""
    first, *others = rules
    return [
        (msgspec.structs.replace(first, pattern=first.pattern + "x?"), *others),
        (msgspec.structs.replace(first, reads="cased"), *others),
        (*others, first),
    ]


@pytest.mark.parametrize("number", range(4))
def test_every_rule_of_a_flag_counts(number: int) -> None:
    """Another pattern, another text that it reads, and another order are another extractor."""
    before, after = DEFINITION.flags[:number], DEFINITION.flags[number + 1 :]
    for rules in other_rules(DEFINITION.flags[number]):
        assert changed(flags=(*before, rules, *after)) != EXTRACTOR


def test_every_removal_counts() -> None:
    """What is blanked before decides as well."""
    for removals in other_rules(DEFINITION.removals):
        assert changed(removals=removals) != EXTRACTOR


def test_words_about_rules_do_not_count() -> None:
    """A better reason, name or trigger makes no other extractor."""
    first, *others = DEFINITION.removals
    same = msgspec.structs.replace(first, reason="another", name="another", triggers=("t",))
    assert changed(removals=(same, *others)) == EXTRACTOR


@pytest.mark.parametrize(
    "other",
    [
        {"limit": 1_000},
        {"codes": "[\x1b]"},
        {"non_ascii": "[\x80-\xff]"},
        {"levels": {**DEFINITION.levels, "WARN": 3}},
        {"no_level": ["-"]},
        {"trimmed": "x"},
        {"scales": {"syslog": [(0, "DEBUG")]}},
        {"synonyms": {**DEFINITION.synonyms, "TRACE": "INFO"}},
        {"templates": (TEMPLATE_BUCKETS, [("another", 7)])},
        {"templates": (1_024, DEFINITION.templates[1])},
    ],
    ids=str,
)
def test_bounds_names_and_templates_count(other: dict[str, object]) -> None:
    """What else decides on features enters the digest."""
    assert changed(**other) != EXTRACTOR


def test_probes_show_each_step_of_a_template() -> None:
    """The messages by which the template rule enters hold what each of its steps changes."""
    text = "".join(PROBES)
    assert not text.isascii()
    assert text != text.lower()
    assert any(character.isdigit() for character in text)
    assert all(blank in text for blank in " \t\n\v\f\r")
    assert max(map(len, PROBES)) > TEMPLATE_CHARS
