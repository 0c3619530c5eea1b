"""What the keyword flags mean, rule by rule, and that the rules can be run by other engines.

The examples stand in `keyword_cases.json`: a message, the flags it must get, and one rule with
whether that rule is found in it. A rule that is not found stands there with a message that holds
one of its triggers, so that the pattern decides and not the filter before it.
"""

import json
import re
import string
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.keyword_rules import (
    CONNECTION_ERROR,
    EXCEPTION,
    FAILURE,
    REMOVALS,
    TIMEOUT,
    Rule,
)
from schemas.record.keywords import Flags, find_flags
from schemas.record.text import CODES, LIMIT, NON_ASCII
from tests.raw_logs import HOSTILE


class Case(msgspec.Struct, frozen=True):
    """One example of `keyword_cases.json`."""

    rule: str
    found: bool
    message: str
    flags: frozenset[str]


FLAGS = {
    "exception": EXCEPTION,
    "timeout": TIMEOUT,
    "connection_error": CONNECTION_ERROR,
    "failure": FAILURE,
}
FLAG_RULES = [rule for rules in FLAGS.values() for rule in rules]
RULES = {rule.name: rule for rule in (*REMOVALS, *FLAG_RULES)}
CASES = msgspec.json.decode(
    Path(__file__).with_name("keyword_cases.json").read_bytes(), type=list[Case]
)
NOTHING = Flags(
    has_exception=False, has_timeout=False, has_connection_error=False, has_failure=False
)


def views_of(message: str) -> dict[str, str]:
    """Prepare the three texts that rules read, by the words of the module's docstring alone."""
    text = re.sub(NON_ASCII, "?", re.sub(CODES, "", message[:LIMIT]))
    cased = text
    for removal in REMOVALS:
        cased = re.sub(f"(?i){removal.pattern}", " ", cased)
    return {"whole": text.lower(), "cased": cased, "lower": cased.lower()}


def apply_rules(message: str) -> Flags:
    """Decide the flags without triggers, memo or laziness."""
    views = views_of(message)
    return Flags(
        *(any(re.search(r.pattern, views[r.reads]) for r in rules) for rules in FLAGS.values())
    )


def names_of(flags: Flags) -> set[str]:
    """Name the flags that are up."""
    return {name for name in FLAGS if getattr(flags, f"has_{name}")}


def identify(case: Case) -> str:
    """Name a case by its rule and message."""
    return f"{case.rule}: {case.message}"


WORDS = sorted(
    {word for case in CASES for word in re.split(r"([ \n\t=:.,\"()]+)", case.message)}
    | {trigger for rule in RULES.values() for trigger in rule.triggers}
    | {"no", "0", "é", "\u212a", "İ", "\x00", "\r", "?", "_", "Error", "READ_TIMEOUT", "\ud800"}
)
messages = st.one_of(
    st.text(),
    st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
    st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join),
    st.lists(st.sampled_from([c.message for c in CASES]), max_size=4).map("".join),
    st.text(alphabet=string.printable).map(lambda text: f"{text} no timeout=30 exceeded {text}"),
)


@pytest.mark.parametrize("case", CASES, ids=identify)
def test_flags_of_an_example(case: Case) -> None:
    """Each example gets exactly the flags that are written next to it."""
    assert names_of(find_flags(case.message)) == case.flags


@pytest.mark.parametrize("case", CASES, ids=identify)
def test_an_example_is_about_its_rule(case: Case) -> None:
    """A rule is found in its positive example, and not, despite a trigger, in its negative."""
    rule = RULES[case.rule]
    views = views_of(case.message)
    text = views["whole"] if rule in REMOVALS else views[rule.reads]

    assert (re.search(rule.pattern, text) is not None) == case.found
    assert any(trigger in text.lower() for trigger in rule.triggers)


@pytest.mark.parametrize("name", RULES)
def test_each_rule_has_examples(name: str) -> None:
    """No rule stands without an example that it finds and an example that it must not find."""
    assert {case.found for case in CASES if case.rule == name} == {True, False}


@pytest.mark.parametrize("removal", REMOVALS, ids=lambda removal: str(removal.name))
def test_a_removal_is_needed(removal: Rule) -> None:
    """What a removal finds raises no flag, and some of it would without removals."""
    found = [case.message for case in CASES if case.rule == removal.name and case.found]
    lower = [message.lower() for message in found]
    alone = [r.pattern for r in FLAG_RULES if r.reads != "cased"]

    assert all(find_flags(message) == NOTHING for message in found)
    assert any(re.search(pattern, text) for pattern in alone for text in lower)


def test_a_page_documents_every_rule() -> None:
    """Whoever adds a rule says so in the users' page, where nothing else is called a rule."""
    page = (Path(__file__).parents[3] / "docs" / "keywords.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `([a-z-]+)`", page, re.MULTILINE) == list(RULES)


@given(messages)
def test_triggers_change_nothing(message: str) -> None:
    """The answer is that of the documented semantics, which knows no triggers."""
    assert find_flags(message) == apply_rules(message)


@given(messages)
def test_rules_are_found_only_where_a_trigger_is(message: str) -> None:
    """A rule found in the text it reads has a trigger there; a removal has one of a flag's."""
    views = views_of(message)
    for rule in FLAG_RULES:
        if re.search(rule.pattern, views[rule.reads]):
            assert any(trigger in views[rule.reads].lower() for trigger in rule.triggers)
    for removal in REMOVALS:
        for found in re.finditer(removal.pattern, views["whole"]):
            assert any(t in found[0] for rule in FLAG_RULES for t in rule.triggers)
            assert any(t in views["whole"] for t in removal.triggers)


@pytest.mark.parametrize("blank", ["", " ", "\n", "\t", "\r\n", " \n\n "])
def test_surrounding_blanks_change_nothing(blank: str) -> None:
    """Indentation and line ends around a message say nothing about it."""
    for case in CASES:
        assert names_of(find_flags(f"{blank}{case.message}{blank}")) == case.flags, case.message


def test_flags_survive_other_lines() -> None:
    """A line above that says nothing leaves the flags of the line below as they are."""
    for case in CASES:
        if case.rule != "count-of-exceptions":
            flags = find_flags(f"cart 7 opened\n{case.message}")
            assert names_of(flags) == case.flags, case.message


def test_a_count_is_no_statistic_among_other_lines() -> None:
    """Only a message that is nothing else counts as a statistic of exceptions."""
    assert find_flags("3 exceptions\nthen the end").has_exception


@pytest.mark.parametrize(
    "message", ["", " ", "\n", "\x00", "\ud800", "naïve café ☕", "注文しました"]
)
def test_plain_text_raises_no_flag(message: str) -> None:
    """Nothing, blanks and other alphabets speak of nothing; a lone surrogate is no error."""
    assert find_flags(message) == NOTHING


def test_colours_are_no_part_of_a_message() -> None:
    """Control sequences of terminals change nothing, wherever they stand."""
    coloured = "\x1b[1;31mconnection\x1b[0m \x1b[4mrefused\x1b[m by 10.1.2.3, Time\x1b[Kout\x1b[0K"
    assert find_flags(coloured) == find_flags("connection refused by 10.1.2.3, Timeout")
    assert find_flags("\x1b[31mTimeoutError\x1b[0m").has_exception


def test_letters_of_other_alphabets_are_not_dropped() -> None:
    """A letter outside ASCII stands between its neighbours: they do not become one word."""
    assert find_flags("err\u00e9or here, t\u00efmeout there") == NOTHING


def test_removals_ignore_case() -> None:
    """Settings are settings in capitals and in camel case, for rules that read case as well."""
    assert find_flags("CONNECT_TIMEOUT=30 readTimeout unset") == NOTHING
    assert find_flags("READ_TIMEOUT: 30s, Errors=0") == NOTHING


def test_other_alphabets_end_a_word() -> None:
    """A keyword between characters outside ASCII is a word of its own."""
    assert find_flags("错误timeout错误").has_timeout
    assert find_flags("注文exceptionです").has_exception


def test_letters_that_lower_to_ascii_are_none() -> None:
    """Case is that of ASCII: the Kelvin sign lowers to a k elsewhere, here it is no letter."""
    assert not find_flags("so\u212adown: bro\u212aen pipe").has_connection_error


def test_only_the_first_characters_count() -> None:
    """A keyword that ends at the limit is seen, a keyword that ends past it is not."""
    assert find_flags(" " * (LIMIT - 7) + "timeout").has_timeout
    assert not find_flags(" " * (LIMIT - 6) + "timeout").has_timeout
    assert find_flags("é" * (LIMIT - 8) + " timeout").has_timeout


def test_a_word_cut_at_the_limit_counts_as_it_stands() -> None:
    """What follows the limit does not exist, not even the rest of a word."""
    assert find_flags(" " * (LIMIT - 9) + "exceptional").has_exception


def test_a_traceback_in_one_message() -> None:
    """A trace over many lines raises the flags of all of them."""
    message = (
        "order 17 not placed\n"
        "com.shop.OrderException: stock unknown\n"
        "\tat com.shop.Order.place(Order.java:31)\n"
        "Caused by: java.net.SocketTimeoutException: connect timed out\n"
    )

    assert names_of(find_flags(message)) == {"exception", "timeout", "connection_error"}


def test_a_phrase_ends_with_its_line() -> None:
    """Words of two lines make no phrase, neither a negated nor a failed phrase."""
    assert find_flags("answer: no\ntimeout on lane 3").has_timeout
    assert not find_flags("connection\nrefused to die").has_connection_error


def test_equal_answers_are_one_object() -> None:
    """There are sixteen answers, so none is built per message."""
    assert find_flags("timeout 1 on lane") is find_flags("timeout 2 on lane")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_cut_and_answered(name: str) -> None:
    """However long a message repeats what a rule begins with, its beginning alone is worked on."""
    # The first words wake the rules up, whatever their triggers are.
    message = "zero connect socket error... exception timeout panic " + HOSTILE[name](200_000)

    assert find_flags(message) == apply_rules(message[:LIMIT])


def test_examples_are_unique_and_plain_json() -> None:
    """The golden file is what the standard library reads too, without an example twice."""
    path = Path(__file__).with_name("keyword_cases.json")
    rows = json.loads(path.read_text(encoding="ascii"))

    assert len({(row["rule"], row["message"]) for row in rows}) == len(rows)
