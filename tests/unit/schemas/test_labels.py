"""What labels say."""

from decimal import Decimal

import pytest

from schemas.record.labels import NO_ANOMALY, is_positive


@pytest.mark.parametrize("value", [None, False, 0, 0.0, -0.0, float("nan"), Decimal("0.00")])
def test_nothing_zero_and_false_are_no_anomaly(value: object) -> None:
    """Truth values and numbers say anomaly unless they are false, zero or no number."""
    assert not is_positive(value)


@pytest.mark.parametrize("value", [True, 1, -1, 0.5, 1e-9, float("inf"), Decimal("0.01")])
def test_other_values_are_anomalies(value: object) -> None:
    """Any other truth value or number is an anomaly."""
    assert is_positive(value)


@pytest.mark.parametrize("word", [*NO_ANOMALY, "0", "0.0", "-0.00", "0.", "0E0", "+0e-12", "000"])
def test_words_for_nothing_are_no_anomaly(word: str) -> None:
    """Case and the blanks around a word do not matter."""
    assert not is_positive(word)
    assert not is_positive(f" {word.upper()}\r\n")


@pytest.mark.parametrize(
    "word", ["1", "true", "disk-full", "anomaly", "0x1", "0 faults", "--", "."]
)
def test_other_texts_are_anomalies(word: str) -> None:
    """The name of a fault is a label for an anomaly."""
    assert is_positive(word)
    assert is_positive(f"\t{word.upper()} ")
