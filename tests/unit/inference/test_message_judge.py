"""What is remembered of folded messages is what the model would say of each of them."""

import random
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.model.message_judge import (
    CAPACITY,
    LONG_CAPACITY,
    MAX_KEY_CHARS,
    Log,
    MessageJudge,
)
from inference.model.model import Model
from inference.store.versions import ModelStore
from schemas.api.raw_logs import LogVerdict
from schemas.record.extraction import extract
from schemas.record.features import Level
from schemas.record.templates import pattern_id
from schemas.record.text import LIMIT
from tests.made_logs import make_raw_logs

WORDS = """order 17 0 é \x1b[31m timeout Timed out ETIMEDOUT error 504 500 HTTP refused E11
Exception java.lang.OutOfMemoryError connection reset x1 X1 failed: \t \n . 2024-05-01"""

messages = st.lists(st.sampled_from([*WORDS.split(" "), "y" * 300, "z" * 1_500]), max_size=6).map(
    " ".join
)
logs = st.tuples(messages, st.sampled_from(Level), st.sampled_from(["cart", "Cart", "cart2"]))


@pytest.fixture(scope="module", params=["surprisal", "isolation_forest"])
def judge(request: pytest.FixtureRequest, surprisal_dir: Path, _published: Path) -> MessageJudge:
    """The judge of a model of each detector."""
    folder = surprisal_dir if request.param == "surprisal" else _published
    return MessageJudge(Model(ModelStore(folder).bundle(1), memo_capacity=64))


@given(st.lists(logs, max_size=8))
def test_a_remembered_verdict_is_the_models_own(judge: MessageJudge, logs: list[Log]) -> None:
    """Whatever was judged before: other digits, other letters' case, other services."""
    model = judge.model
    expected = [model.verdict(model.extract(*log)) for log in logs]
    assert [judged.verdict for judged in judge.judge(logs)] == expected
    assert [judged.is_anomaly for judged in judge.judge(logs)] == [
        judged.is_anomaly for judged in expected
    ]


@pytest.mark.parametrize("length", [0, MAX_KEY_CHARS, 3 * LIMIT])
def test_lines_that_differ_in_numbers_are_judged_once(judge: MessageJudge, length: int) -> None:
    """However long they are, unless a keyword rule could match them, which may ask for a number."""
    rest = "y" * length
    made = [(f"order {n} accepted {rest}", Level.INFO, "cart") for n in range(1000, 2000)]
    assert len({id(judged) for judged in judge.judge(made)[1:]}) <= 999
    assert len({id(judged) for judged in judge.judge(made)}) == 1


def test_it_says_why(judge: MessageJudge) -> None:
    """Each verdict comes with the pattern's id, in 16 digits, and with words."""
    raw = [(log.message, log.level, log.service) for log in make_raw_logs(50)]
    for log, judged in zip(raw, judge.judge(raw), strict=True):
        members = judged.members(judge.model)
        verdict = msgspec.json.decode(b'{"position":0%b}' % members, type=LogVerdict)
        assert verdict.pattern_id == f"{pattern_id(log[0]):016x}"
        assert members.count(b'"pattern_id"') == 1
        assert verdict.is_anomaly == judged.is_anomaly
        assert verdict.why


def test_what_is_remembered_is_bounded(judge: MessageJudge) -> None:
    """By number, and of long messages there may be fewer."""
    letters = random.Random(0)
    for _ in range(20):
        words = ["".join(letters.choices("abcdefgh", k=9)) for _ in range(1_000)]
        judge.judge(
            [(f"{word} {'failed ' * (n % 2)}", Level.INFO, "a") for n, word in enumerate(words)]
        )
    assert len(judge._by_fold) <= 2 * CAPACITY
    assert len(judge._by_form) <= 2 * CAPACITY
    before = len(judge._by_fold), len(judge._by_form)
    for letter in "abcdefghij":
        rest = letter * MAX_KEY_CHARS
        judge.judge([(f"{word} {rest}", Level.INFO, "a") for word in words[:300]])
    assert (len(judge._by_fold), len(judge._by_form)) == before
    assert len(judge._by_long_fold) <= 2 * LONG_CAPACITY


def test_patterns_are_those_of_the_extractor(judge: MessageJudge) -> None:
    """A detector that reads no message gets the pattern's id nevertheless."""
    log = ("worker 7 of 8 is idle", Level.INFO, "cart")
    (judged,) = judge.judge([log])
    assert f'"pattern_id":"{extract(*log).pattern:016x}"'.encode() in judged.members(judge.model)
