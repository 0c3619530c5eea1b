"""From requests to what a model reads."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.cleaning import clean_text
from inference.intake.documents import bare_service
from inference.intake.levels import LevelNames
from inference.intake.raw_logs import OPEN_SCALE
from inference.intake.records import RecordReader
from inference.intake.requests import read_request, read_requests
from schemas.api.predictions import BatchRequest, PredictRequest
from schemas.api.validation import MAX_FIELD_ERRORS, BodyDecoder, InvalidBodyError
from schemas.record.extraction import extract, extract_features
from schemas.record.features import (
    MAX_MESSAGE_LENGTH,
    MAX_SERVICE_CHARS,
    Level,
    LogFeatures,
)
from schemas.record.levels import LEVEL_SYNONYMS
from tests.made_logs import make_log

RAW: dict[str, Any] = {
    "message": "connection to db refused",
    "level": "ERROR",
    "service": "billing",
}

decode_request = BodyDecoder(PredictRequest).decode
decode_batch = BodyDecoder(BatchRequest).decode

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)


def request(**members: object) -> PredictRequest:
    """A request as decoded from JSON."""
    return decode_request(json.dumps({"log_id": "a", **members}).encode())


def faults(**members: object) -> dict[str, str]:
    """The faults that are named in a request, by path."""
    with pytest.raises(InvalidBodyError) as raised:
        read_request(request(**members), extract)
    return {error.path: error.message for error in raised.value.errors}


def test_a_raw_log_is_extracted_by_the_models_own_extractor() -> None:
    """The model says what is read: its six features, or all that a message holds."""
    expected = (RAW["message"], Level.ERROR, "billing")
    assert read_request(request(**RAW), extract_features) == extract_features(*expected)
    assert read_request(request(**RAW), extract) == extract(*expected)


@given(st.text(max_size=200), st.sampled_from(Level), st.text(min_size=1, max_size=20))
def test_any_message_is_taken(message: str, level: Level, service: str) -> None:
    """Whatever the text, even empty; what is no part of it is taken away."""
    asked = request(message=message, level=level.value, service=service)
    name = bare_service(service) or "unknown"
    assert read_request(asked, extract) == extract(clean_text(message), level, name)


@pytest.mark.parametrize("name", [*Level.__members__, *LEVEL_SYNONYMS])
def test_levels_are_taken_as_in_features(name: str) -> None:
    """In any case, with blanks around, and by their usual synonyms."""
    for spelt in (name, name.lower(), f" {name.title()} "):
        assert read_request(request(**{**RAW, "level": spelt}), extract).level == Level(name)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(RAW, json_values)))
def test_beside_features_anything_is_ignored(beside: dict[str, object]) -> None:
    """With features present, message, level and service may hold any JSON at all."""
    features = {
        "message_length": 120,
        "level": "INFO",
        "service": "payment-service",
        "has_exception": False,
        "has_timeout": False,
        "has_connection_error": False,
    }
    asked = request(features=features, **beside)
    assert read_request(asked, extract) is asked.features
    assert asked.features == make_log()


@pytest.mark.parametrize("members", [{}, {"features": None}, {"level": "INFO", "service": "a"}])
def test_without_features_a_message_is_needed(members: dict[str, object]) -> None:
    """The fault of a log of neither kind names both ways."""
    assert faults(**members) == {"features": "is required, or message with level and service"}


@pytest.mark.parametrize(
    ("members", "message", "level", "service"),
    [
        ({"message": "a"}, "a", Level.INFO, "unknown"),
        ({**RAW, "level": None, "service": None}, RAW["message"], Level.INFO, "unknown"),
        ({"message": "a", "level": 40, "service": "c"}, "a", Level.WARN, "c"),
        ({"message": "a", "level": "40"}, "a", Level.WARN, "unknown"),
        ({"message": "a", "level": "5"}, "a", Level.INFO, "unknown"),
        ({"message": "a", "level": 3}, "a", Level.ERROR, "unknown"),
        ({"message": "a", "level": "W"}, "a", Level.WARN, "unknown"),
        ({"message": "a", "level": "LOUD"}, "a", Level.INFO, "unknown"),
        ({"message": "a", "level": [], "service": {}}, "a", Level.INFO, "unknown"),
        ({"message": "a", "level": ["error"]}, "a", Level.ERROR, "unknown"),
        ({"message": "a", "level": {"name": "W"}, "service": {"name": "c"}}, "a", Level.WARN, "c"),
        ({"message": "a", "level": "\x1b[31merror\x1b[39m"}, "a", Level.ERROR, "unknown"),
        ({"message": "a", "level": "INFO", "service": 7}, "a", Level.INFO, "7"),
        ({"message": "a", "level": "INFO", "service": ""}, "a", Level.INFO, "unknown"),
        ({"message": 7, "level": "INFO", "service": "c"}, "7", Level.INFO, "c"),
        ({"message": {"a": [1]}, "level": "INFO"}, '{"a":[1]}', Level.INFO, "unknown"),
        ({"message": '{"msg": "a", "level": "error"}'}, "a", Level.ERROR, "unknown"),
        ({"message": "\x1b[31mlost\x1b[0m", "level": "E"}, "lost", Level.ERROR, "unknown"),
        ({"message": "2024-05-01 10:00:00 ERROR a.B: x"}, "x", Level.ERROR, "a.B"),
        ({"message": "", "level": "WARN", "service": "c"}, "", Level.WARN, "c"),
    ],
)
def test_a_raw_log_is_read_as_training_reads_it(
    members: dict[str, object], message: str, level: Level, service: str
) -> None:
    """Levels by numbers and by other loggers' names, parts that are missing, colours."""
    assert read_request(request(**members), extract) == extract(message, level, service)
    trained = RecordReader(LevelNames(), open_scale=OPEN_SCALE).of_document(members)
    assert trained is not None
    assert (trained.message, trained.level or Level.INFO) == (message, level)
    assert (trained.service or "unknown") == service


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"service": "s" * (MAX_SERVICE_CHARS + 1)},
            {"service": f"Expected `str` of length <= {MAX_SERVICE_CHARS}"},
        ),
        (
            {
                "message": "m" * (MAX_MESSAGE_LENGTH + 1),
                "service": "s" * (MAX_SERVICE_CHARS + 1),
            },
            {
                "message": f"Expected `str` of length <= {MAX_MESSAGE_LENGTH}",
                "service": f"Expected `str` of length <= {MAX_SERVICE_CHARS}",
            },
        ),
    ],
)
def test_every_fault_of_a_raw_log_is_named(
    changes: dict[str, object], expected: dict[str, str]
) -> None:
    """All values at fault, not just the first, each by its path."""
    assert faults(**{**RAW, **changes}) == expected


def test_half_a_character_spoils_no_batch() -> None:
    """It becomes U+FFFD, as in training; the logs beside it are judged."""
    body = b"""{"logs": [{"log_id": 1, "message": "ok", "level": "INFO", "service": "c"},
        {"log_id": "b", "message": "half \\ud83d", "level": "INFO", "service": "c"}]}"""
    logs = decode_batch(body).logs
    assert [log.log_id for log in logs] == [1, "b"]
    seen = read_requests(logs, extract)
    assert seen == [extract("ok", Level.INFO, "c"), extract("half \ufffd", Level.INFO, "c")]


def test_a_message_that_is_too_long_is_refused() -> None:
    """Longer than a feature can say is at fault; the longest is not."""
    longest = request(**{**RAW, "message": "x" * MAX_MESSAGE_LENGTH})
    assert read_request(longest, extract_features).message_length == MAX_MESSAGE_LENGTH
    longer = request(**{**RAW, "message": "x" * (MAX_MESSAGE_LENGTH + 1)})
    with pytest.raises(InvalidBodyError, match="message: Expected `str` of length <="):
        read_request(longer, extract_features)


@given(json_values, json_values, json_values)
def test_a_raw_log_ends_in_features_or_in_faults(
    message: object, level: object, service: object
) -> None:
    """Whatever the values, nothing but our own error gets out, and it names some value."""
    asked = request(message=message, level=level, service=service)
    paths: list[str] = []
    try:
        seen = read_request(asked, extract)
    except InvalidBodyError as error:
        paths = [fault.path for fault in error.errors]
    else:
        assert message is not None
        assert seen.message_length >= 0
        return
    assert paths
    assert set(paths) <= {*RAW, "features"}


def batch(*logs: dict[str, object]) -> BatchRequest:
    """A batch as decoded from JSON."""
    numbered = [{"log_id": str(number), **log} for number, log in enumerate(logs)]
    return decode_batch(json.dumps({"logs": numbered}).encode())


FEATURES: dict[str, object] = {
    "features": {
        "message_length": 120,
        "level": "INFO",
        "service": "payment-service",
        "has_exception": False,
        "has_timeout": False,
        "has_connection_error": False,
    }
}


def test_a_batch_may_mix_both_kinds() -> None:
    """Each log is read by itself, in the order of the request."""
    seen = read_requests(batch(RAW, FEATURES, RAW, FEATURES).logs, extract)
    raw = extract(RAW["message"], Level.ERROR, "billing")
    assert seen == [raw, make_log(), raw, make_log()]
    assert read_requests(batch(FEATURES, FEATURES).logs, extract) == [make_log(), make_log()]


def test_faults_of_a_batch_are_named_by_position() -> None:
    """Over the whole batch, each by the index of its log."""
    logs = batch(RAW, {**RAW, "service": "s" * 300}, FEATURES, {}, {**RAW, "message": None})
    with pytest.raises(InvalidBodyError) as raised:
        read_requests(logs.logs, extract)
    assert [error.path for error in raised.value.errors] == [
        "logs[1].service",
        "logs[3].features",
        "logs[4].features",
    ]


def test_only_so_many_faults_of_a_batch_are_listed() -> None:
    """A batch that is wrong in thousands of places gets an answer of bounded size."""
    wrong: dict[str, object] = {"message": "m", "level": 2, "service": "s" * 300}
    with pytest.raises(InvalidBodyError) as raised:
        read_requests(batch(*[wrong] * 5_000).logs, extract)
    assert len(raised.value.errors) == MAX_FIELD_ERRORS


def test_a_hostile_batch_is_given_up_early() -> None:
    """Once as many faults are found as are listed, the rest of the batch is not worked on."""
    wrong = request(message="a message", level="INFO", service="s" * 300)
    right = request(message="a message", level="INFO", service="cart")
    extracted: list[str] = []

    def extract(message: str, level: Level, service: str) -> LogFeatures:
        extracted.append(message)
        return extract_features(message, level, service)

    with pytest.raises(InvalidBodyError) as raised:
        read_requests([*[wrong] * MAX_FIELD_ERRORS, *[right] * 5], extract)
    assert len(raised.value.errors) == MAX_FIELD_ERRORS
    assert extracted == []
