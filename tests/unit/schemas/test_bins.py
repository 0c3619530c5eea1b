"""In which bins features are counted, and how far two spreads are apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.bins import (
    LENGTH_BINS,
    SERVICE_BINS,
    feature_shares,
    length_bin,
    service_bin,
    stability_index,
)
from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.features import FEATURE_NAMES, MAX_MESSAGE_LENGTH, Level, LogFeatures
from schemas.record.key import EXCEPTION_BIT, FLAG_VALUES, TIMEOUT_BIT, pack_record

shares = st.lists(st.floats(0.001, 1), min_size=2, max_size=30).map(
    lambda counts: [count / sum(counts) for count in counts]
)


def test_the_bins_of_lengths_and_services() -> None:
    """Lengths fall into octaves, and every number of a service into one of equally many."""
    assert [length_bin(n) for n in (0, 1, 2, 3, 4, 7, 8)] == [0, 1, 2, 2, 3, 3, 4]
    assert length_bin(MAX_MESSAGE_LENGTH) == LENGTH_BINS - 1
    sizes = np.bincount([service_bin(number) for number in range(SERVICE_BUCKETS)])
    assert sizes.tolist() == [SERVICE_BUCKETS // SERVICE_BINS] * SERVICE_BINS


def test_the_shares_of_a_table() -> None:
    """By columns they are what they are record by record, repetitions counted."""
    logs = [
        LogFeatures(0, Level.DEBUG, "a", *FLAG_VALUES[0]),
        LogFeatures(5, Level.ERROR, "b", *FLAG_VALUES[EXCEPTION_BIT]),
        LogFeatures(
            MAX_MESSAGE_LENGTH, Level.ERROR, "a", *FLAG_VALUES[EXCEPTION_BIT + TIMEOUT_BIT]
        ),
    ]
    counts = [1, 2, 5]
    found = feature_shares(np.array([pack_record(log) for log in logs]), np.array(counts))
    assert tuple(found) == FEATURE_NAMES
    for log, count in zip(logs, counts, strict=True):
        assert found["message_length"][length_bin(log.message_length)] == count / 8
    assert found["level"] == [1 / 8, 0, 0, 7 / 8, 0]
    assert found["service"][service_bin(service_number("b", SERVICE_BUCKETS))] == 2 / 8
    assert found["has_exception"] == [1 / 8, 7 / 8]
    assert found["has_timeout"] == [3 / 8, 5 / 8]
    assert found["has_connection_error"] == [1, 0]


@pytest.mark.parametrize(
    ("expected", "actual", "index"),
    [
        ([0.5, 0.5], [0.5, 0.5], 0.0),
        ([0.5, 0.5], [0.25, 0.75], 0.25 * math.log(2) + 0.25 * math.log(1.5)),
        ([1.0, 0.0], [0.0, 1.0], 2 * (1 - 1e-4) * math.log(1e4)),
    ],
)
def test_the_index_by_hand(expected: list[float], actual: list[float], index: float) -> None:
    """Nothing for equal shares; an empty bin counts as one in ten thousand."""
    assert stability_index(expected, actual) == pytest.approx(index)


@given(shares, st.randoms())
def test_the_index_is_a_divergence(expected: list[float], random: object) -> None:
    """Never negative, zero for the same spread, and the same the other way round."""
    actual = expected.copy()
    random.shuffle(actual)  # type: ignore[attr-defined]  # hypothesis hands out random.Random
    assert stability_index(expected, expected) == 0
    assert stability_index(expected, actual) >= 0
    assert stability_index(expected, actual) == pytest.approx(stability_index(actual, expected))
