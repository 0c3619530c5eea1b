"""Messages grouped as Drain does, and the rarity of the groups."""

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.trainer.test_found import counter_of_an_hour
from trainer.counting.pattern_table import without_texts
from trainer.judging.alerts import alerts_of_groups
from trainer.judging.drain import MAX_GROUPS, group, group_rarities
from trainer.report.goodness import Alerts

WORDS = st.sampled_from(["user", "logged", "in", "out", "from", "#", "db7", "failed"])


def test_messages_join_the_group_that_shares_half_of_their_words() -> None:
    """What differs becomes a wildcard; another length or another beginning is another group."""
    texts = [
        "user alice logged in from paris",
        "user alice logged in from rome",
        "user alice was thrown out at once",  # another number of words
        "disk alice logged in from paris",  # another first word
        "user alice sat down near me",  # shares two of six words
    ]
    assert group(texts) == [0, 0, 1, 2, 3]
    assert group(["a b c x", "a b c y", "a b d x"]) == [0, 0, 0]


def test_a_first_word_with_a_number_is_no_prefix() -> None:
    """So that the names of sessions do not make a group each."""
    assert group(["session7 opened by root", "session8 opened by root"]) == [0, 0]
    assert group(["alpha opened by root", "beta opened by root"]) == [0, 1]


@given(st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=40))
def test_groups_are_numbered_as_they_appear(texts: list[str]) -> None:
    """Each text has a group, and all texts of a group have as many words."""
    numbers = group(texts)
    firsts = list(dict.fromkeys(numbers))
    assert firsts == list(range(len(firsts)))
    lengths = {(number, len(text.split())) for number, text in zip(numbers, texts, strict=True)}
    assert len(lengths) == len(firsts)


def test_comparisons_are_bounded() -> None:
    """Beyond so many groups of one prefix each further text is a group of its own."""
    words = [f"{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(2 * MAX_GROUPS)]
    texts = [f"a b {word} {word}x {word}y" for word in words]
    assert group(texts) == list(range(len(texts)))
    assert group([*texts, texts[-1]])[-1] == len(texts)


def test_rare_groups_are_rare() -> None:
    """990 orders are one group; without texts, or of more lines than there are, none is given."""
    patterns = counter_of_an_hour(labelled=True).patterns()
    rarities = group_rarities(patterns)
    assert rarities is not None
    assert np.isclose(rarities.min(), np.log10(1000 / 991))
    assert (rarities[patterns.positives > 0] > 1).all()
    assert group_rarities(without_texts(patterns)) is None
    (alerts,) = alerts_of_groups(patterns, Alerts("model", 9, 9, 1.0, 1.0))
    assert (alerts.n_lines, alerts.n_labelled, alerts.recall) == (9, 9, 1.0)
    assert alerts_of_groups(patterns, msgspec.structs.replace(alerts, n_lines=2_000)) == []
