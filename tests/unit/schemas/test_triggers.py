"""The search for words, which finds the rules to try."""

import random

from hypothesis import given
from hypothesis import strategies as st

from schemas.record.triggers import MAX_NEW_WORDS, MAX_WORDS, QuietPieces, Triggers, any_of

triggers = st.text(alphabet="abekx. :=0", min_size=1, max_size=6)
texts = st.lists(triggers | st.sampled_from([" ", "x", "ab", "kex"]), max_size=8).map("".join)
some_rules = st.lists(st.lists(triggers, min_size=1, max_size=3), max_size=6)


@given(st.lists(triggers, min_size=1, max_size=8), texts)
def test_any_of_is_any(words: list[str], text: str) -> None:
    """A text is found iff one of the words stands in it, whatever letters they have."""
    assert any_of(words)(text) == any(word in text for word in words)


@given(some_rules, st.lists(texts, max_size=4))
def test_woken_are_those_with_a_trigger(rules: list[list[str]], asked: list[str]) -> None:
    """A rule is woken by a text iff one of its triggers stands in it, whatever was asked before."""
    by_bit = {1 << number: rule for number, rule in enumerate(rules)}
    find = Triggers(by_bit).woken_by
    for text in asked:
        expected = [bit for bit, rule in by_bit.items() if any(word in text for word in rule)]
        assert find(text) == sum(expected)


def test_triggers_of_every_kind() -> None:
    """Triggers with blanks, marks and no letters are looked for as they are."""
    find = Triggers({1: ["no route to"], 2: ["timeout"], 4: ["=0", "zero"]}).woken_by
    assert find("the route is fine") == 0
    assert find("no route to here") == 1
    assert find("timeouts=03") == 6
    assert find("all is well") == 0


def test_any_number_of_words() -> None:
    """A text of many new words, and more words than are remembered, change no answer."""
    find = Triggers({1: ["no route to"], 2: ["timeout"]}).woken_by
    letters = random.Random(7)
    words = ["".join(letters.choices("bcdfgh", k=8)) for _ in range(2 * MAX_WORDS)]
    step = MAX_NEW_WORDS // 2
    for start in range(0, len(words), step):
        assert find(" ".join([*words[start : start + step], "timeouts"])) == 2
    assert find(" ".join([*reversed(words[:1_000]), "no route to timeout"])) == 3


@given(st.lists(triggers.map(lambda word: word.replace("0", "x")), min_size=1), st.lists(texts))
def test_quiet_pieces_change_no_answer(words: list[str], asked: list[str]) -> None:
    """Whatever was asked before, a text is found iff one of the words stands in it."""
    find = QuietPieces(any_of(words)).find_in
    for text in [*asked, *asked]:
        assert find(text) == any(word in text for word in words)


def test_any_number_of_pieces() -> None:
    """More pieces than are remembered change no answer, and memory stays bounded."""
    pieces = QuietPieces(any_of(["no route to"]))
    for number in range(2 * MAX_WORDS):
        word = format(number, "o").translate(str.maketrans("01234567", "abcdefgh"))
        assert not pieces.find_in(f"0{word}0")
    assert len(pieces._quiet) <= MAX_WORDS + MAX_NEW_WORDS
    assert pieces.find_in("0no route to0")
