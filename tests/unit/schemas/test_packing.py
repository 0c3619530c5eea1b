"""Records as integers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.encoding import SERVICE_BUCKETS, FeatureEncoder, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.features import MAX_MESSAGE_LENGTH, SEVERITY, Level, LogFeatures
from schemas.record.key import (
    FLAGS,
    LEVELS,
    NO_TRAITS,
    TRAITS,
    Ints,
    feature_rows,
    flags_of,
    pack,
    pack_record,
    traits_of,
    unpack,
)
from schemas.record.templates import TEMPLATE_BUCKETS

BOUNDS = (MAX_MESSAGE_LENGTH + 1, LEVELS, SERVICE_BUCKETS, FLAGS, TRAITS)
"""How many values each part has, the most significant first."""

edges = [st.integers(0, bound - 1) | st.sampled_from([0, bound - 1]) for bound in BOUNDS]
parts = st.tuples(*edges)

of_features = {
    "message_length": st.integers(0, MAX_MESSAGE_LENGTH),
    "level": st.sampled_from(Level),
    "service": st.text(min_size=1, max_size=20),
    "has_exception": st.booleans(),
    "has_timeout": st.booleans(),
    "has_connection_error": st.booleans(),
}
features = st.builds(LogFeatures, **of_features)
messages = st.builds(
    MessageFeatures,
    **of_features,
    template=st.integers(0, TEMPLATE_BUCKETS - 1),
    has_failure=st.booleans(),
)


def keys_of(logs: list[LogFeatures]) -> Ints:
    """The keys of logs, in their order."""
    return np.array([pack_record(log) for log in logs], np.int64)


@given(st.lists(parts, min_size=1))
def test_unpacking_gives_back_what_was_packed(records: list[tuple[int, ...]]) -> None:
    """Every part comes back, for every value that it may have, alone and as a column."""
    columns = [np.array(column, np.int64) for column in zip(*records, strict=True)]
    keys = pack(*columns)
    assert [tuple(row) for row in np.array(unpack(keys)).T.tolist()] == records


def test_keys_fit_into_63_bits() -> None:
    """The largest record is a positive int64, and one more in any part would not be valid."""
    largest = pack(*(np.array([bound - 1]) for bound in BOUNDS))
    assert int(largest[0]) == math.prod(BOUNDS) - 1
    assert int(largest[0]) < 2**63


@given(st.lists(parts, min_size=2, max_size=2))
def test_keys_ascend_as_records_do(records: list[tuple[int, ...]]) -> None:
    """One key is below another iff its record is, compared part by part."""
    first, second = (pack(*(np.array([part]) for part in record))[0] for record in records)
    assert (first < second) == (records[0] < records[1])
    assert (first == second) == (records[0] == records[1])


@given(st.lists(features | messages))
def test_rows_are_the_encoders(logs: list[LogFeatures]) -> None:
    """The six columns of keys are what the one encoder makes of the logs, bit by bit."""
    rows = feature_rows(keys_of(logs))
    encoded = FeatureEncoder().matrix(logs)
    assert rows.dtype == encoded.dtype
    assert rows.shape == encoded.shape
    assert rows.tobytes() == encoded.tobytes()


@given(st.lists(features))
def test_the_order_of_keys_is_that_of_rows(logs: list[LogFeatures]) -> None:
    """Sorted keys are the encoder's rows in lexicographic order, the first column first."""
    encoded = FeatureEncoder().matrix(logs)
    by_rows = encoded[np.lexsort(encoded.T[::-1])]
    assert np.array_equal(feature_rows(np.sort(keys_of(logs))), by_rows)


@given(features | messages)
def test_a_record_is_packed_as_its_columns_are(log: LogFeatures) -> None:
    """One record at a time gives the key that columns give."""
    parts = (
        log.message_length,
        SEVERITY[log.level],
        service_number(log.service, SERVICE_BUCKETS),
        flags_of(log),
        traits_of(log),
    )
    assert pack_record(log) == int(pack(*(np.array([part], np.int64) for part in parts))[0])


@pytest.mark.parametrize(
    ("flags", "number"),
    [((True, False, False), 4), ((False, True, False), 2), ((False, False, True), 1)],
)
def test_each_flag_is_a_bit(flags: tuple[bool, bool, bool], number: int) -> None:
    """Exception 4, timeout 2, connection error 1, in the order of the features."""
    assert flags_of(LogFeatures(1, Level.INFO, "a", *flags)) == number


def test_traits_tell_messages_from_features() -> None:
    """0 for what came as features, else 1 + 2 * template + has_failure, each of them another."""
    bare = LogFeatures(1, Level.INFO, "a", False, False, False)  # noqa: FBT003 - its flags
    plain = (1, Level.INFO, "a", False, False, False)
    assert traits_of(bare) == NO_TRAITS == 0
    for template, has_failure, expected in (
        (0, False, 1),
        (0, True, 2),
        (7, False, 15),
        (TEMPLATE_BUCKETS - 1, True, TRAITS - 1),
    ):
        assert traits_of(MessageFeatures(*plain, template, has_failure)) == expected


@given(features, features)
def test_records_share_a_key_iff_models_cannot_tell_them_apart(
    first: LogFeatures, second: LogFeatures
) -> None:
    """Equal keys are equal rows, and the other way round."""
    encoder = FeatureEncoder()
    same = encoder.row(first) == encoder.row(second)
    assert (pack_record(first) == pack_record(second)) == same
