"""A body is valid by the document if and only if the service takes it."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from inference.intake.requests import read_request
from schemas.api.openapi import openapi_document
from schemas.api.predictions import BatchRequest, PredictRequest
from schemas.api.training import TrainRequest
from schemas.api.validation import BodyDecoder, InvalidBodyError
from schemas.bundle.options import MAX_NODES
from schemas.record.extraction import extract
from tests.made_logs import make_log
from trainer.training_data import count_training_data

DOCUMENT = openapi_document("inference")
PREDICT = BodyDecoder(PredictRequest)
TRAIN = BodyDecoder(TrainRequest)

FEATURES: dict[str, Any] = msgspec.to_builtins(make_log())
RAW: dict[str, Any] = {"message": "a message", "level": "INFO", "service": "cart"}


def is_valid(name: str, body: object) -> bool:
    """Whether the document's schema of this name allows a body."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]}
    valid: bool = Draft202012Validator(schema).is_valid(body)
    return valid


def is_taken(name: str, body: object) -> bool:
    """Whether the service takes a body."""
    written = msgspec.json.encode(body)
    try:
        if name == "PredictRequest":
            read_request(PREDICT.decode(written), extract)
        else:
            count_training_data(TRAIN.decode(written), MAX_NODES)
    except InvalidBodyError:
        return False
    return True


odd_values = st.sampled_from(
    [
        *(None, True, False, 0, 1, 2, -1, 250, 250.0, 250.5, 16_777_216, 16_777_217),
        *("", "0", "1", "2", "007", "250", "-1", "true", "FALSE", "yes", "null", "x" * 257),
        *("INFO", "LOUD", "auto", "often", "surprisal", "isolation_forest", 0.1, 0.5, 0.6),
        *([], {}, [FEATURES], {"a": 1}),
    ]
)


@st.composite
def altered(draw: st.DrawFn, base: dict[str, Any]) -> dict[str, Any]:
    """A body with some members replaced, taken away or added."""
    body = dict(base)
    for name in draw(st.lists(st.sampled_from([*base, "log_id", "another"]), max_size=2)):
        if draw(st.booleans()):
            body[name] = draw(odd_values)
        else:
            body.pop(name, None)
    return body


features = altered(FEATURES)
logs = st.one_of(
    st.builds(lambda inner: {"log_id": "a", "features": inner}, features),
    altered({"log_id": "a", **RAW}),
    altered({"log_id": "a", "features": FEATURES, **RAW}),
)
OPTIONS: dict[str, Any] = {
    "training_data": [FEATURES, FEATURES],
    "contamination": 0.1,
    "n_estimators": 100,
    "max_samples": 256,
    "random_state": 0,
    "detector": "isolation_forest",
}
BUDGET: dict[str, Any] = {
    "training_data": [FEATURES],
    "alerts_per_day": 20,
    "lines_per_day": 5_000,
}


@given(logs)
def test_a_log_is_taken_as_documented(body: dict[str, Any]) -> None:
    """Features or a raw log, in every shape in which numbers and booleans are taken."""
    assert is_valid("PredictRequest", body) == is_taken("PredictRequest", body)


@given(altered(OPTIONS))
def test_options_are_taken_as_documented(body: dict[str, Any]) -> None:
    """Also what holds between options."""
    assert is_valid("TrainRequest", body) == is_taken("TrainRequest", body)


@given(logs)
def test_a_log_to_learn_from_is_taken_as_documented(body: dict[str, Any]) -> None:
    """As a log to judge, but for its id."""
    body = {name: value for name, value in body.items() if name != "log_id"}
    document = {"logs": [body, {"log_id": "b", **RAW}]}
    assert is_valid("TrainRequest", document) == is_taken("TrainRequest", document)


@pytest.mark.parametrize(
    ("name", "body", "taken"),
    [
        ("PredictRequest", {"log_id": "x"}, False),
        ("PredictRequest", {"log_id": "x", "features": FEATURES, "message": 7}, True),
        ("PredictRequest", {"log_id": "x", "features": None, **RAW}, True),
        ("PredictRequest", {"log_id": "x", **RAW, "service": ""}, True),
        ("PredictRequest", {"log_id": 7, "message": "a", "level": 40}, True),
        ("PredictRequest", {"log_id": -7, "message": "a"}, False),
        ("PredictRequest", {"log_id": "x", "message": {"a": 1}, "level": ["a"]}, True),
        ("PredictRequest", {"log_id": "x", "message": None}, False),
        ("PredictRequest", {"log_id": "x", **RAW, "service": "s" * 257}, False),
        *(
            ("PredictRequest", {"log_id": "x", "features": {**FEATURES, "has_timeout": flag}}, good)
            for flag, good in ((0, True), ("1", True), ("tRUE", True), (2, False), ("on", False))
        ),
        *(
            ("PredictRequest", {"log_id": "x", "features": {**FEATURES, "message_length": n}}, good)
            for n, good in ((0, True), ("7", True), (250.0, True), ("07", False), (True, False))
        ),
        ("TrainRequest", {"training_data": [FEATURES], "contamination": "auto"}, False),
        ("TrainRequest", {**OPTIONS, "contamination": "auto", "detector": "surprisal"}, False),
        ("TrainRequest", {**OPTIONS, "n_estimator": 5}, False),
        ("TrainRequest", {"contamination": 0.1}, False),
        ("TrainRequest", {"logs": []}, False),
        ("TrainRequest", {"logs": [RAW]}, True),
        ("TrainRequest", {"logs": [RAW, {"features": FEATURES}], "contamination": 0.1}, True),
        ("TrainRequest", {"logs": [{"log_id": 7, "message": "a", "level": 40}]}, True),
        ("TrainRequest", {"logs": [FEATURES]}, False),
        ("TrainRequest", {"logs": [RAW], "training_data": [FEATURES]}, False),
        *(
            ("TrainRequest", {**OPTIONS, "detector": detector, "per_service": value}, good)
            for detector, value, good in (
                ("surprisal", True, True),
                ("surprisal", "true", True),
                ("isolation_forest", True, False),
                ("isolation_forest", "1", False),
                ("isolation_forest", 0, True),
                ("isolation_forest", "False", True),
                ("surprisal", "often", False),
            )
        ),
        ("TrainRequest", {"training_data": [FEATURES], "per_service": True}, False),
        ("TrainRequest", {**BUDGET}, True),
        ("TrainRequest", {**BUDGET, "lines_per_day": "5000"}, True),
        ("TrainRequest", {**BUDGET, "contamination": 0.1}, False),
        ("TrainRequest", {**BUDGET, "alerts_per_day": 0}, False),
        ("TrainRequest", {"training_data": [FEATURES], "alerts_per_day": 20}, False),
        ("TrainRequest", {"training_data": [FEATURES], "lines_per_day": 20}, False),
        ("TrainRequest", {**OPTIONS, "max_samples": "1"}, False),
        ("TrainRequest", {**OPTIONS, "max_samples": "2"}, True),
    ],
)
def test_the_edges(name: str, body: dict[str, Any], taken: bool) -> None:  # noqa: FBT001 - a case
    """What was once valid and refused, or taken and invalid, and what stands beside it."""
    assert is_taken(name, body) == taken
    assert is_valid(name, body) == taken


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"level": "warning"}, "levels are taken in any case and by their synonyms"),
        ({"message_length": "1e3"}, "numbers are taken in JSON's own notations from strings too"),
        ({"message_length": "16777216"}, "of strings only those are documented that cannot exceed"),
    ],
)
def test_more_is_taken_than_is_documented(changes: dict[str, Any], why: str) -> None:
    """The differences that are left: nothing that is valid is refused, some more is taken."""
    body = {"log_id": "x", "features": {**FEATURES, **changes}}
    assert is_taken("PredictRequest", body), why
    assert not is_valid("PredictRequest", body), why


@given(st.lists(logs, max_size=3))
def test_a_batch_is_as_good_as_its_logs(bodies: list[dict[str, Any]]) -> None:
    """The document allows a batch of at least one log, each of which it allows."""
    expected = bool(bodies) and all(is_valid("PredictRequest", body) for body in bodies)
    assert is_valid(BatchRequest.__name__, {"logs": bodies}) == expected
