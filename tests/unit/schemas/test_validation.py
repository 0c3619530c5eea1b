"""Decoding of what comes from outside."""

import contextlib
import json
import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.api.predictions import BatchRequest, PredictRequest
from schemas.api.training import TrainRequest
from schemas.api.validation import (
    MAX_FIELD_ERRORS,
    BodyDecoder,
    InvalidBodyError,
    MalformedJsonError,
)

GOOD: dict[str, Any] = {
    "message_length": 250,
    "level": "ERROR",
    "service": "payment-service",
    "has_exception": True,
    "has_timeout": False,
    "has_connection_error": False,
}


def faults(decoder: BodyDecoder[Any], document: Any) -> dict[str, str]:
    """The faults that decoding `document` reports, by path."""
    with pytest.raises(InvalidBodyError) as raised:
        decoder.decode(json.dumps(document).encode())
    return {error.path: error.message for error in raised.value.errors}


def test_every_fault_is_named_by_its_path() -> None:
    """All values at fault are reported, not just the first."""
    document = {
        "logs": [
            {"log_id": "a", "features": GOOD},
            {"log_id": [7], "features": {**GOOD, "level": "LOUD", "message_length": -1}},
            {"log_id": "c", "features": {"level": "INFO"}},
            5,
        ]
    }
    assert faults(BodyDecoder(BatchRequest), document) == {
        "logs[1].log_id": "Expected `int | str`, got `array`",
        "logs[1].features.message_length": "Expected `int` >= 0",
        "logs[1].features.level": "Expected one of DEBUG, INFO, WARN, ERROR, FATAL",
        "logs[2].features.message_length": "is required",
        "logs[2].features.service": "is required",
        "logs[2].features.has_exception": "is required",
        "logs[2].features.has_timeout": "is required",
        "logs[2].features.has_connection_error": "is required",
        "logs[3]": "Expected `object`, got `int`",
    }


@pytest.mark.parametrize("document", [[], None, 3, "text"])
def test_the_whole_body_can_be_at_fault(document: object) -> None:
    """A body of another shape is reported with an empty path."""
    assert list(faults(BodyDecoder(BatchRequest), document)) == [""]


def test_only_so_many_faults_are_listed() -> None:
    """A body that is wrong in thousands of places gets an answer of bounded size."""
    found = faults(BodyDecoder(BatchRequest), {"logs": [{"log_id": []}] * 5_000})
    assert len(found) == MAX_FIELD_ERRORS


@pytest.mark.parametrize("value", [250, "250", 250.0])
def test_numbers_come_in_three_shapes(value: object) -> None:
    """Log shippers send 250, "250" and 250.0; all are the integer 250."""
    body = json.dumps({"log_id": "a", "features": {**GOOD, "message_length": value}}).encode()
    features = BodyDecoder(PredictRequest).decode(body).features
    assert features is not None
    assert features.message_length == 250


@pytest.mark.parametrize("value", ["nan", "NaN", 250.5, "", None, True, 16_777_217])
def test_what_is_no_length_is_refused(value: object) -> None:
    """A length is an integer from 0 to 2**24, and never nan."""
    document = {"log_id": "a", "features": {**GOOD, "message_length": value}}
    assert list(faults(BodyDecoder(PredictRequest), document)) == ["features.message_length"]


@pytest.mark.parametrize("value", ["nan", "inf", 0, -0.1, 0.51, "often", None])
def test_contamination_is_bounded(value: object) -> None:
    """Contamination is in (0, 0.5] or "auto"."""
    document = {"training_data": [GOOD], "contamination": value}
    assert list(faults(BodyDecoder(TrainRequest), document)) == ["contamination"]


def test_closed_choices_are_spelt_out() -> None:
    """The message for a wrong word lists what is allowed."""
    document = {"training_data": [GOOD], "contamination": "often"}
    message = faults(BodyDecoder(TrainRequest), document)["contamination"]
    assert message == 'Expected one of a float, "auto"'


def test_unknown_keys_are_ignored_around_features() -> None:
    """Log shippers add keys of their own."""
    body = json.dumps({"log_id": "a", "host": "b", "features": {**GOOD, "pid": 1}}).encode()
    assert BodyDecoder(PredictRequest).decode(body).log_id == "a"


def test_unknown_keys_are_refused_among_training_options() -> None:
    """A misspelt option would silently train another model."""
    document = {"training_data": [GOOD], "contaminatoin": 0.1}
    assert faults(BodyDecoder(TrainRequest), document)["contaminatoin"].startswith("is not known")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"not json",
        b"\xff\xfe",
        b'{"log_id": "a"} trailing',
        b'{"logs": undefined}',
        b'{"log_id": "a", "z": ' + b"[" * 100_000,
    ],
)
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    """Bytes that are not JSON are malformed, unless a wrong type stands before the error."""
    with pytest.raises(MalformedJsonError):
        BodyDecoder(PredictRequest).decode(body)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_decoding_ends_in_one_of_two_errors(body: bytes) -> None:
    """Whatever the bytes, nothing but our own errors gets out."""
    with pytest.raises((InvalidBodyError, MalformedJsonError)):
        BodyDecoder(PredictRequest).decode(body)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["logs", "log_id", "features", *GOOD]), inner, max_size=6)
    ),
    max_leaves=12,
)


@given(json_values)
def test_the_slow_walk_agrees_with_the_decoder(document: object) -> None:
    """Faults are reported if and only if msgspec's own decoder refuses the document."""
    body = json.dumps(document).encode()
    try:
        msgspec.json.decode(body, type=BatchRequest, strict=False)
    except msgspec.ValidationError:
        with pytest.raises(InvalidBodyError) as raised:
            BodyDecoder(BatchRequest).decode(body)
        assert raised.value.errors
    else:
        BodyDecoder(BatchRequest).decode(body)


@pytest.mark.parametrize(
    "rest",
    [
        b"1e400",
        b"1" * 5_000,
        b'"\xff"',
        b"[1,}",
        b"[" * 100_000,
        b"[[[]],[[]]" + b",[[]]" * 300_000,
    ],
)
def test_a_fault_is_named_whatever_stands_in_an_ignored_key(rest: bytes) -> None:
    """Where no second look is possible, the first fault is the answer."""
    with pytest.raises(InvalidBodyError) as raised:
        BodyDecoder(PredictRequest).decode(b'{"log_id": [5], "z": %b}' % rest)
    assert [error.path for error in raised.value.errors] == ["log_id"]


@pytest.mark.parametrize("value", [b"1e400", b"1" * 5_000])
def test_a_number_that_is_too_large_is_named_by_its_path(value: bytes) -> None:
    """It is JSON, and of no use to us."""
    body = json.dumps({"log_id": "a", "features": {**GOOD, "message_length": 77}}).encode()
    with pytest.raises(InvalidBodyError) as raised:
        BodyDecoder(PredictRequest).decode(body.replace(b"77", value))
    assert [error.path for error in raised.value.errors] == ["features.message_length"]


def test_the_first_fault_of_a_large_body_spells_out_closed_choices() -> None:
    """The type is followed along the path that msgspec names."""
    logs = [{"log_id": "a", "features": GOOD}] * 30_000
    logs[3] = {"log_id": "a", "features": {**GOOD, "level": "LOUD"}}
    assert faults(BodyDecoder(BatchRequest), {"logs": logs}) == {
        "logs[3].features.level": "Expected one of DEBUG, INFO, WARN, ERROR, FATAL"
    }


NESTED = b"[[]]," * 3_300_000
HOSTILE = {
    "in an ignored key, behind a fault": b'{"log_id":[],"z":[%b0]}' % NESTED,
    "in an ignored key": b'{"log_id":"a","z":[%b0]}' % NESTED,
    "for a text": b'{"log_id":"a","message":[%b0]}' % NESTED,
    "for the logs": b'{"logs":[%b0]}' % NESTED,
    "as logs": b'{"logs":[%b0]}' % (b"0," * 8_000_000),
    "as features": b'{"log_id":"a","features":{%b"a":0}}' % (b'"a":{},' * 2_000_000),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("type_", [PredictRequest, BatchRequest])
def test_memory_is_bounded_by_the_size_of_the_body(type_: type[Any], body: bytes) -> None:
    """Millions of values that nobody asked for are passed over, not built."""
    decoder = BodyDecoder(type_)
    tracemalloc.start()
    try:
        with contextlib.suppress(InvalidBodyError):
            decoder.decode(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * len(body)
