"""Records as integers."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record import key
from schemas.record.encoding import SERVICE_BUCKETS, FeatureEncoder, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.features import (
    FEATURE_NAMES,
    MAX_MESSAGE_LENGTH,
    SEVERITY,
    Level,
    LogFeatures,
)
from schemas.record.key import (
    FLAG_VALUES,
    FLAGS,
    LAYOUT,
    LEVELS,
    NO_TRAITS,
    TRAITS,
    Ints,
    Layout,
    feature_rows,
    flag_columns,
    flags_of,
    message_of,
    messages_of,
    pack,
    pack_record,
    traits_in,
    traits_of,
    unpack,
    without_traits,
)
from schemas.record.templates import TEMPLATE_BUCKETS, bucket_of, first_pattern

BOUNDS = (MAX_MESSAGE_LENGTH + 1, LEVELS, SERVICE_BUCKETS, FLAGS, TRAITS)
"""How many values each part has, the most significant first."""

A_FEATURE_MORE = {
    "as a part": Layout((MAX_MESSAGE_LENGTH + 1, LEVELS, SERVICE_BUCKETS, FLAGS, 2, TRAITS)),
    "as a bit of the flags": Layout((*BOUNDS[:3], 2 * FLAGS, TRAITS)),
    "as a trait": Layout((*BOUNDS[:4], 1 + 4 * TEMPLATE_BUCKETS)),
}
"""The layouts of keys with another flag, at each of the places where it may go."""

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
    pattern=st.integers(0, TEMPLATE_BUCKETS - 1).map(first_pattern),
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
    """The six columns of keys are what the encoder makes of the logs, bit by bit."""
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


@pytest.mark.parametrize("layout", A_FEATURE_MORE.values(), ids=A_FEATURE_MORE)
@given(st.data())
def test_a_feature_more_fits(layout: Layout, data: st.DataObject) -> None:
    """With another flag, parts come back from an int64 and keys ascend as records do."""
    sizes = layout.sizes
    record = st.tuples(
        *(st.integers(0, size - 1) | st.sampled_from([0, size - 1]) for size in sizes)
    )
    extremes = [tuple([0] * len(sizes)), tuple(size - 1 for size in sizes)]
    records = data.draw(st.lists(record)) + extremes
    keys = layout.pack(*(np.array(column, np.int64) for column in zip(*records, strict=True)))

    assert keys.dtype == np.int64
    assert [tuple(row) for row in np.array(layout.unpack(keys)).T.tolist()] == records
    assert layout.last_of(keys).tolist() == [record[-1] for record in records]
    assert [records[at] for at in np.argsort(keys, kind="stable")] == sorted(records)
    units = [sum(map(math.prod, zip(layout.units, record, strict=True))) for record in records]
    assert keys.tolist() == [layout.lowest + units_of for units_of in units]


def test_the_room_that_is_left() -> None:
    """The docstring's figures: 62.32 bits are taken of 64, two flags more would be too many."""
    assert f"{LAYOUT.n_bits:.2f} bits; an int64 has 64" in str(key.__doc__).replace("\n", " ")
    assert f"{64 - LAYOUT.n_bits:.2f} bits are left" in str(key.__doc__).replace("\n", " ")
    with pytest.raises(ValueError, match=r"64\.32 bits does not fit"):
        Layout((*BOUNDS, 4))


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


@given(st.lists(messages | features, min_size=1))
def test_what_the_traits_and_flags_of_keys_say(logs: list[LogFeatures]) -> None:
    """Flags, template, has_failure and the key without a message are those of the records."""
    keys = keys_of(logs)
    _, _, _, flags, traits = unpack(keys)
    bare = [LogFeatures(*(getattr(log, name) for name in FEATURE_NAMES)) for log in logs]
    flag_values = [(log.has_exception, log.has_timeout, log.has_connection_error) for log in logs]
    expected = [
        (True, bucket_of(log.pattern), log.has_failure)
        if isinstance(log, MessageFeatures)
        else (False, 0, False)
        for log in logs
    ]

    assert without_traits(keys).tolist() == keys_of(bare).tolist()
    assert traits_in(keys).tolist() == traits.tolist()
    assert list(zip(*(c.tolist() for c in messages_of(traits)), strict=True)) == expected
    assert [(True, *message_of(t)) for t in traits.tolist() if t] == [t for t in expected if t[0]]
    assert list(zip(*(c.tolist() for c in flag_columns(flags)), strict=True)) == flag_values
    assert [FLAG_VALUES[number] for number in flags.tolist()] == flag_values


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
        assert traits_of(MessageFeatures(*plain, first_pattern(template), has_failure)) == expected


@given(features, features)
def test_records_share_a_key_iff_models_cannot_tell_them_apart(
    first: LogFeatures, second: LogFeatures
) -> None:
    """Equal keys are equal rows, and the other way round."""
    encoder = FeatureEncoder()
    same = encoder.row(first) == encoder.row(second)
    assert (pack_record(first) == pack_record(second)) == same
