"""The extractor, and what it remembers."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record import extraction
from schemas.record.extraction import MessageFeatures, extract, extract_features
from schemas.record.features import FEATURE_NAMES, Level, LogFeatures
from schemas.record.keyword_rules import CONNECTION_ERROR, EXCEPTION, FAILURE, TIMEOUT
from schemas.record.keywords import find_flags
from schemas.record.templates import pattern_id
from schemas.record.text import LIMIT

_WORDS = st.sampled_from(
    [
        *("order", "17", "0", "x" * 300, "\u00e9t\u00e9", "\t", "\n"),
        *("Timeout", "timeout=30", "errors=0", "errors=10", "FAILED", "connection refused"),
        *("NullPointerException", "no exception"),
    ]
)
MESSAGES = st.lists(_WORDS, max_size=12).map(" ".join) | st.text(max_size=500)


@given(st.lists(MESSAGES, min_size=1, max_size=5))
def test_what_is_remembered_changes_nothing(messages: list[str]) -> None:
    """Flags and template are those of the message itself, whatever was asked before."""
    for message in messages:
        flags = find_flags(message)
        expected = MessageFeatures(
            len(message),
            Level.INFO,
            "a",
            flags.has_exception,
            flags.has_timeout,
            flags.has_connection_error,
            pattern_id(message),
            flags.has_failure,
        )
        assert extract(message, Level.INFO, "a") == expected
        features = extract_features(message, Level.INFO, "a")
        assert all(getattr(features, name) == getattr(expected, name) for name in FEATURE_NAMES)


def test_no_trigger_holds_a_digit() -> None:
    """So messages that differ in digits alone have a trigger in common, or none."""
    rules = (*EXCEPTION, *TIMEOUT, *CONNECTION_ERROR, *FAILURE)
    assert not any(c.isdigit() for rule in rules for trigger in rule.triggers for c in trigger)


@pytest.mark.parametrize("extracting", [extract, extract_features])
def test_messages_that_differ_in_numbers_are_not_searched(
    extracting: Callable[[str, Level, str], LogFeatures],
) -> None:
    """What holds no trigger is known by the text without its numbers, with either detector."""
    before = extraction._flags_of.cache_info()
    for number in range(100):
        extracting(f"order {number} was shipped", Level.INFO, "a")
    after = extraction._flags_of.cache_info()
    assert after.hits + after.misses == before.hits + before.misses


def test_memory_is_bounded() -> None:
    """The memos hold cut texts, and not without end."""
    texts = extraction._flags_of.cache_info().maxsize
    folded = extraction._seen_in.cache_info().maxsize
    assert texts and texts * LIMIT * 4 < 10_000_000  # noqa: PT018 - None is no bound
    assert folded and folded * LIMIT < 10_000_000  # noqa: PT018 - as above
