"""The encoder of features."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.encoding import (
    SERVICE_BUCKETS,
    FeatureEncoder,
    UnknownFeaturesError,
    service_number,
    service_numbers,
)
from schemas.record.features import FEATURE_NAMES, MAX_MESSAGE_LENGTH, Level, LogFeatures

features = st.builds(
    LogFeatures,
    message_length=st.integers(0, MAX_MESSAGE_LENGTH),
    level=st.sampled_from(Level),
    service=st.text(min_size=1, max_size=256),
    has_exception=st.booleans(),
    has_timeout=st.booleans(),
    has_connection_error=st.booleans(),
)


def test_the_service_hash_never_changes() -> None:
    """CRC-32 of the UTF-8 bytes: the check value of the algorithm's catalogue, and one of ours."""
    assert service_number("123456789", 2**32) == 0xCBF43926
    assert service_number("payment-service", SERVICE_BUCKETS) == 725
    assert service_number("dienst-ä", SERVICE_BUCKETS) == 59_877


def test_the_service_hash_is_the_same_in_every_process() -> None:
    """Unlike Python's hash(), it does not depend on the process."""
    code = (
        "from schemas.record.encoding import service_number; print(service_number('cart', 65536))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1


def test_columns_stand_in_the_order_of_the_names() -> None:
    """A row is message_length, level, service, then the three flags."""
    log = LogFeatures(250, Level.ERROR, "payment-service", True, False, True)  # noqa: FBT003
    expected = [250, 3, service_number("payment-service", SERVICE_BUCKETS), 1, 0, 1]
    assert FeatureEncoder().matrix([log]).tolist() == [expected]


@given(st.lists(features))
def test_every_value_is_exact_in_float32(logs: list[LogFeatures]) -> None:
    """The float32 matrix holds exactly the integers that the features are."""
    encoder = FeatureEncoder()
    matrix = encoder.matrix(logs)
    assert matrix.dtype == np.float32
    assert matrix.shape == (len(logs), len(FEATURE_NAMES))
    assert matrix.flags.c_contiguous
    assert [tuple(row) for row in matrix.tolist()] == [encoder.row(log) for log in logs]


def test_a_model_may_take_other_columns() -> None:
    """The encoder builds exactly the columns that a model lists, in its order."""
    log = LogFeatures(7, Level.FATAL, "a", False, False, False)  # noqa: FBT003
    assert FeatureEncoder(["level", "message_length"]).matrix([log]).tolist() == [[4, 7]]


@pytest.mark.parametrize("names", [[], ["message_length", "mood"], ["level", "level"]])
def test_unknown_features_are_refused(names: list[str]) -> None:
    """A model with features that we cannot build is refused, naming both sides."""
    with pytest.raises(UnknownFeaturesError, match="this release builds"):
        FeatureEncoder(names)


@given(st.lists(st.lists(st.text(min_size=1, max_size=4), max_size=30), max_size=5))
def test_numbers_of_many_services_are_those_of_each(batches: list[list[str]]) -> None:
    """Known or not."""
    for services in batches:
        expected = [service_number(service, SERVICE_BUCKETS) for service in services]
        assert service_numbers(services) == expected


def test_more_services_than_are_remembered() -> None:
    """What was forgotten is worked out again."""
    for start in range(0, 20_000, 5_000):
        services = [f"service-{number}" for number in range(start, start + 5_000)]
        expected = [service_number(service, SERVICE_BUCKETS) for service in services]
        assert service_numbers(services) == service_numbers(services) == expected
