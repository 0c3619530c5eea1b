"""Tensors of the Open Inference Protocol: what is read of them, and what is refused."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.open_inference.columns import INTEGERS, FaultyTensorError, from_json, from_raw
from inference.open_inference.requests import read_inference
from schemas.api.open_inference import (
    FEATURE_TENSORS,
    HEADER_LENGTH,
    MAX_TENSORS,
    RAW_TENSORS,
    Datatype,
)
from schemas.api.predictions import MAX_BATCH_LOGS
from schemas.api.validation import InvalidBodyError
from schemas.record.extraction import extract
from schemas.record.features import LogFeatures
from tests.made_logs import make_log, make_logs
from tests.tensors import Columns, feature_columns, infer_body, raw_bytes

LOGS = make_logs(3)
RAW: Columns = {
    "message": ("BYTES", ["db:5432 refused", 'odd "é\n" \\ one', ""]),
    "level": ("BYTES", ["ERROR", "30", "none"]),
    "service": ("BYTES", ["orders", "cart", "cart"]),
}
columns_of: dict[Datatype, st.SearchStrategy[Any]] = {
    "BOOL": st.booleans(),
    "INT64": st.integers(-(2**63), 2**63 - 1),
    "BYTES": st.text(),
}


def look(columns: Columns, *, binary: bool, **members: Any) -> list[LogFeatures]:
    """What a model is to see of a request."""
    body, length = infer_body(columns, binary=binary, **members)
    return read_inference(body, length if binary else None).look(extract)


def faults(body: bytes, json_length: int | None = None) -> dict[str, str]:
    """The faults named in a request that is refused, by path."""
    with pytest.raises(InvalidBodyError) as raised:
        read_inference(body, json_length).look(extract)
    return {fault.path: fault.message for fault in raised.value.errors}


def changed(index: int = 0, /, **members: Any) -> bytes:
    """The JSON of a request in which one input has other members."""
    request = json.loads(infer_body(feature_columns(LOGS))[0])
    request["inputs"][index].update(members)
    return json.dumps(request).encode()


@pytest.mark.parametrize("binary", [False, True])
def test_features_are_read_as_they_came(*, binary: bool) -> None:
    """In either form, alone and together."""
    for logs in (LOGS, LOGS[:1]):
        assert look(feature_columns(logs), binary=binary) == logs


@pytest.mark.parametrize("binary", [False, True])
def test_raw_logs_are_seen_as_by_predict(*, binary: bool) -> None:
    """A level by its number, an unknown name, quotes, other letters; level and service may lack."""
    seen = look(RAW, binary=binary)
    assert [log.level.value for log in seen] == ["ERROR", "INFO", "INFO"]
    assert seen[0] == extract("db:5432 refused", seen[0].level, "orders")
    assert look({"message": RAW["message"]}, binary=binary)[0].service == "unknown"


@given(data=st.data(), datatype=st.sampled_from(list(columns_of)))
def test_a_column_is_read_as_it_was_written(data: st.DataObject, datatype: Datatype) -> None:
    """Flat, nested and as raw bytes, whatever its values."""
    values = data.draw(st.lists(columns_of[datatype], min_size=1, max_size=5))
    count = len(values)
    for form in (values, [[value] for value in values]):
        assert from_json(json.dumps(form).encode(), datatype, count) == values
    assert from_raw(raw_bytes(datatype, values), datatype, datatype, count) == values


@given(data=st.binary(max_size=60), datatype=st.sampled_from(list(columns_of)))
def test_any_bytes_are_a_column_or_refused(data: bytes, datatype: Datatype) -> None:
    """As many values as the shape says, or the tensor's own error."""
    readers: list[Callable[[], list[Any]]] = [
        lambda: from_json(data, datatype, 2),
        lambda: from_raw(data, datatype, datatype, 2),
    ]
    for read in readers:
        try:
            column = read()
        except FaultyTensorError:
            continue
        assert len(column) == 2


def test_all_integers_are_taken() -> None:
    """Of any width, signed or not; a shipper's table has the type that it has."""
    for sent_as, dtype in INTEGERS.items():
        data = (7).to_bytes(dtype.itemsize, "little")
        assert sent_as.endswith(f"INT{8 * dtype.itemsize}")
        assert from_raw(data, "INT64", sent_as, 1) == [7]
    assert from_raw(b"\xff", "INT64", "INT8", 1) == [-1]
    assert from_raw(b"\xff", "INT64", "UINT8", 1) == [255]


@pytest.mark.parametrize(
    ("datatype", "data", "expected"),
    [
        ("BYTES", b"", "ends within element 0 of 2"),
        ("BYTES", b"\xff\xff\xff\xff" * 2, "ends within element 0 of 2"),
        ("BYTES", b"\1\0\0\0a\0\0", "ends within element 1 of 2"),
        ("BYTES", b"\0\0\0\0" * 2 + b"more", "has 4 bytes behind its 2 elements"),
        ("BOOL", b"\0\2", "bytes that are 0 or 1"),
        ("BOOL", b"\0", "Expected 2 bytes, 2 values of 1, not 1"),
        ("INT64", b"\0" * 17, "Expected 16 bytes, 2 values of 8, not 17"),
    ],
)
def test_wrong_raw_tensors_are_reported(datatype: Datatype, data: bytes, expected: str) -> None:
    """Where they end or go on, and what was expected."""
    with pytest.raises(FaultyTensorError, match=expected):
        from_raw(data, datatype, datatype, 2)


@pytest.mark.parametrize("count", [1, 3])
def test_values_are_counted_before_they_are_made(count: int) -> None:
    """More than the shape says are refused without being decoded: not even the JSON has to end."""
    for datatype, value in (("BYTES", b'"a,\\"b"'), ("INT64", b"1"), ("BOOL", b"true")):
        with pytest.raises(FaultyTensorError, match=f"Expected {count} values .* not more"):
            from_json(b"[" + b",".join([value] * (count + 1)), datatype, count)  # type: ignore[arg-type]
        with pytest.raises(FaultyTensorError):
            from_json(b"[" * 100_000, datatype, count)  # type: ignore[arg-type]
    with pytest.raises(FaultyTensorError, match="not 0"):
        from_json(b"[]", "BYTES", count)


@pytest.mark.parametrize(
    ("members", "path", "expected"),
    [
        ({"name": "length"}, "inputs[0].name", "Expected one of message_length"),
        ({"datatype": "FP32"}, "inputs[0].datatype", "Expected INT8, .* for message_length"),
        ({"shape": [2]}, "inputs[1].shape", r"Expected \[2\], as the first input has"),
        ({"shape": [3, 2]}, "inputs[0].shape", r"Expected \[n\] or \[n, 1\], n from 1 to 10000"),
        ({"shape": [MAX_BATCH_LOGS + 1]}, "inputs[0].shape", "n from 1 to 10000"),
        ({"shape": [0]}, "inputs[0].shape", "n from 1 to 10000"),
        ({"shape": [-1]}, "inputs[0].shape[0]", ">= 0"),
        ({"shape": [1] * 9}, "inputs[0].shape", "length <= 8"),
        ({"data": [1, 2]}, "message_length", "Expected 3 values as the shape says, not 2"),
        ({"data": [1, -2, 3]}, "message_length[1]", ">= 0"),
        ({"data": [1, 2, "x"]}, "message_length[2]", "Expected `int`"),
        ({"data": [[[1]], [[2]], [[3]]]}, "message_length[0][0]", "Expected `int`"),
        ({"parameters": {"binary_data_size": 0}}, "inputs[0]", "Expected either data or"),
        ({"parameters": {"shared_memory_region": "a"}}, "shared_memory_region", "is not offered"),
    ],
)
def test_what_is_at_fault_is_named(members: dict[str, Any], path: str, expected: str) -> None:
    """Name, datatype, shape, each value: by its place, with what was expected."""
    found = faults(changed(**members))
    (message,) = [text for place, text in found.items() if place.endswith(path)]
    assert re.search(expected, message), found


def test_a_level_and_a_service_are_held_to_what_predict_takes() -> None:
    """All values at fault are named, over all tensors."""
    columns = feature_columns([make_log(), make_log(2**25, service="s" * 300)])
    columns["level"] = ("BYTES", ["INFO", "LOUD"])
    found = faults(infer_body(columns, binary=True)[0], infer_body(columns, binary=True)[1])
    assert list(found) == ["message_length[1]", "level[1]", "service[1]"]
    assert found["level[1]"] == "Expected one of DEBUG, INFO, WARN, ERROR, FATAL"


def test_raw_logs_at_fault_are_named_by_tensor() -> None:
    """As for a batch, but by the tensor and the place in it."""
    columns = {**RAW, "service": ("BYTES", ["orders", "s" * 300, "cart"])}
    body, length = infer_body(columns, binary=True)
    assert list(faults(body, length)) == ["service[1]"]


def test_tensors_that_are_missing_or_double_are_named() -> None:
    """Either all of the features, or a message; nothing beside them."""
    columns = feature_columns(LOGS)
    body, _ = infer_body({name: columns[name] for name in list(columns)[:4]})
    assert faults(body) == dict.fromkeys(("has_timeout", "has_connection_error"), "is required")
    request = {"name": "other", "shape": [1], "datatype": "BYTES", "data": [""]}
    found = faults(json.dumps({"inputs": [request]}).encode())
    assert found["inputs"] == f"Expected {', '.join(FEATURE_TENSORS)}; or {', '.join(RAW_TENSORS)}"
    found = faults(infer_body({**columns, "message": RAW["message"]})[0])
    assert found["inputs[0].name"] == f"Expected one of {', '.join(RAW_TENSORS)}"
    twice = json.loads(infer_body(RAW)[0])
    twice["inputs"] *= 2
    assert faults(json.dumps(twice).encode())["inputs[3].name"] == "Expected each name once"
    twice["inputs"] *= MAX_TENSORS
    assert "length <= 16" in faults(json.dumps(twice).encode())["inputs"]


def test_the_lengths_must_add_up() -> None:
    """The stated length of the JSON and size of each tensor, against what came."""
    body, length = infer_body(RAW, binary=True)
    size = len(body) - length
    for more, sent in ((b"x", size + 1), (b"", size - 1)):
        found = faults((body + more)[: length + sent], length)
        assert f"add up to {size} bytes, but {sent} follow" in found["binary_data_size"]
    assert str(len(body)) in faults(body, len(body) + 1)[HEADER_LENGTH]


@pytest.mark.parametrize(
    ("output", "path"),
    [
        ({"name": "score"}, "outputs[0].name"),
        ({"name": "decision", "parameters": {"classification": 2}}, "classification"),
        ({"name": "decision", "parameters": {"shared_memory_region": "a"}}, "shared_memory_region"),
    ],
)
def test_outputs_that_are_not_offered_are_named(output: dict[str, Any], path: str) -> None:
    """Another name, and what other extensions ask for."""
    (found,) = faults(infer_body(RAW, outputs=[output])[0])
    assert found.endswith(path)
