"""The searches for words that tell which rules to try."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.record.triggers import any_of, candidates_among

triggers = st.text(alphabet="abekx. :=0", min_size=1, max_size=6)
texts = st.lists(triggers | st.sampled_from([" ", "x", "ab", "kex"]), max_size=8).map("".join)


@given(st.lists(triggers, min_size=1, max_size=8), texts)
def test_any_of_is_any(words: list[str], text: str) -> None:
    """A text is found iff one of the words stands in it, whatever letters they have."""
    assert any_of(words)(text) == any(word in text for word in words)


@given(
    st.lists(st.lists(triggers, min_size=1, max_size=3), max_size=6), st.lists(texts, max_size=4)
)
def test_no_candidate_is_missed(rules: list[list[str]], asked: list[str]) -> None:
    """A rule with a trigger in a text is among its candidates, whatever was asked before."""
    by_bit = {1 << number: rule for number, rule in enumerate(rules)}
    find = candidates_among(by_bit)
    for text in asked:
        candidates = find(text)
        for bit, rule in by_bit.items():
            if any(trigger in text for trigger in rule):
                assert candidates & bit


def test_candidates_are_few() -> None:
    """A rule is no candidate where the longest word of none of its triggers stands."""
    find = candidates_among({1: ["no route to"], 2: ["timeout"], 4: ["=0", "zero"]})
    assert find("the route is fine") == 1
    assert find("timeouts=03") == 6
    assert find("all is well") == 0
