"""OTLP logs mean what training reads in their export, in protobuf as in JSON."""

import contextlib
import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.errors import MalformedProtobufError, TooManyRecordsError
from inference.intake.exports import take_apart
from inference.intake.levels import LevelNames
from inference.intake.otlp.answers import accepted, status
from inference.intake.otlp.json_body import read_json
from inference.intake.otlp.protobuf_body import read_protobuf
from inference.intake.otlp.reader import OtlpReader
from inference.intake.raw_logs import OPEN_SCALE, Tally, as_log
from inference.intake.records import RecordReader
from inference.intake.shapes import Log
from inference.wire import text_field
from schemas.api.validation import InvalidBodyError, MalformedJsonError
from schemas.record.features import Level
from tests.otlp_requests import as_protobuf, record, request

READER = OtlpReader()


def pairs(some: dict[str, Any]) -> list[dict[str, Any]]:
    """Key-values as OTLP has them."""
    return [{"key": name, "value": value} for name, value in some.items()]


ODD = '{"msg": "a", "level": "error"}'
texts = st.sampled_from(["", "disk full", ODD, "ERROR: b", "é\0", "2024-05-01 10:00:00 WARN x"])
values = st.recursive(
    st.one_of(
        texts.map(lambda text: {"stringValue": text}),
        st.booleans().map(lambda flag: {"boolValue": flag}),
        st.integers(-9, 99).map(lambda number: {"intValue": str(number)}),
        st.floats(0, 9).map(lambda number: {"doubleValue": number + 0.5}),
        st.just({"bytesValue": "AP8="}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2).map(lambda some: {"arrayValue": {"values": some}}),
        st.dictionaries(st.sampled_from(["message", "level", "a"]), inner, max_size=2).map(
            lambda some: {"kvlistValue": {"values": pairs(some)}}
        ),
    ),
    max_leaves=4,
)  # fmt: skip
NAMES = (
    "exception.type exception.stacktrace Exception level status service.name a severity error Err"
    " error.type error_severity type tags component"
)
attribute_names = st.sampled_from(NAMES.split())
records = st.builds(
    lambda body, number, text, some: {
        **record(body, number, text),
        "attributes": pairs(some),
    },
    st.one_of(values, texts),
    st.integers(0, 25),
    st.sampled_from(["", "INFO", "Warning", "ERROR2", "odd", "Trace"]),
    st.dictionaries(attribute_names, values, max_size=2),
)


def trained(body: dict[str, Any]) -> list[Log]:
    """The logs of an export by the reader that training uses."""
    reader = RecordReader(LevelNames(), open_scale=OPEN_SCALE)
    found = map(reader.of_document, take_apart(body))
    return [as_log(document) for document in found if document is not None]


def found(body: bytes, *, protobuf: bool) -> tuple[list[Log], Tally]:
    """The logs of a request, and what was counted."""
    tally = Tally()
    blocks = (read_protobuf if protobuf else read_json)(body, READER, tally)
    return [log for block in blocks for log in block.logs], tally


@given(st.lists(records, max_size=4), st.sampled_from([{}, {"service__name": "cart"}, {"a": "b"}]))
def test_records_mean_what_training_reads(
    some: list[dict[str, Any]], about: dict[str, str]
) -> None:
    """Bodies of every kind, severities by name and number, exceptions, services."""
    whole = request(*some, **about)
    expected = trained(whole)
    for logs, tally in (
        found(json.dumps(whole).encode(), protobuf=False),
        found(as_protobuf(whole), protobuf=True),
    ):
        assert logs == expected
        assert (tally.n_records, tally.n_bad) == (len(some), len(some) - len(expected))


@pytest.mark.parametrize("protobuf", [False, True])
def test_ordinary_records(protobuf: bool) -> None:  # noqa: FBT001 - a parameter
    """What exporters send most."""
    whole = request(
        record("disk full", 17, "ERROR", exception__type="OSError", exception__message="no space"),
        record("gone", 17, "Error", err="dial tcp: refused"),
        record("all is well", 9),
        record({"kvlistValue": {"values": []}}, 13),
        service__name="cart",
    )
    body = as_protobuf(whole) if protobuf else json.dumps(whole).encode()
    assert found(body, protobuf=protobuf)[0] == [
        ("disk full\nOSError\nno space", Level.ERROR, "cart"),
        ("gone\ndial tcp: refused", Level.ERROR, "cart"),
        ("all is well", Level.INFO, "cart"),
        ("{}", Level.WARN, "cart"),
    ]


@pytest.mark.parametrize("protobuf", [False, True])
@pytest.mark.parametrize("name", ["log.record.template", "log.body.template", "{OriginalFormat}"])
def test_templates_that_sources_know(name: str, protobuf: bool) -> None:  # noqa: FBT001
    """Come along with their log, by its place in the block."""
    known = record("user bob came", 9, "INFO")
    known["attributes"] = [{"key": name, "value": {"stringValue": "user {Name} came"}}]
    whole = request(record("a", 9), known, service__name="cart")
    body = as_protobuf(whole) if protobuf else json.dumps(whole).encode()
    (block,) = (read_protobuf if protobuf else read_json)(body, READER, Tally())
    assert block.templates == {1: "user {Name} came"}
    assert block.logs[1] == ("user bob came", Level.INFO, "cart")


def test_a_record_at_fault_is_rejected_alone() -> None:
    """With its position; a byte that is no UTF-8 is no fault."""
    good = as_protobuf(request(record("fine", 9), service__name="cart"))
    scope = text_field(2, b"\x2a\x7f") + text_field(2, b"\x10\x09\x2a\x04\x0a\x02\xffa")
    logs, tally = found(good + text_field(1, text_field(2, scope)), protobuf=True)
    assert [log[0] for log in logs] == ["fine", "\ufffda"]
    assert [(bad.position, tally.n_records) for bad in tally.bad] == [(1, 3)]
    body = request(record("fine", 9), record(), service__name="cart")
    body["resourceLogs"][0]["scopeLogs"][0]["logRecords"].append(17)
    logs, tally = found(json.dumps(body).encode(), protobuf=False)
    assert [bad.position for bad in tally.bad] == [1, 2]
    partial = json.loads(accepted(tally, "application/json"))["partialSuccess"]
    assert partial["rejectedLogRecords"] == "2"
    assert partial["errorMessage"].startswith("record 1: ")


def test_answers_in_protobuf() -> None:
    """Nothing if all is well; else how many were rejected and why, or a status with its code."""
    tally = Tally()
    assert accepted(tally, "application/x-protobuf") == b""
    tally.add(3, "odd")
    assert accepted(tally, "application/x-protobuf") == text_field(
        1, b"\x08\x01\x12\x0drecord 3: odd"
    )
    assert status(503, "later", "application/x-protobuf") == b"\x08\x0e\x12\x05later"
    assert status(400, "odd", "application/json") == b'{"code":3,"message":"odd"}'


@given(st.binary(max_size=200))
def test_any_bytes_are_protobuf_or_not(data: bytes) -> None:
    """Whatever they are, nothing else comes of them."""
    with contextlib.suppress(MalformedProtobufError):
        found(data, protobuf=True)
    with contextlib.suppress(MalformedJsonError, InvalidBodyError):
        found(data, protobuf=False)


@pytest.mark.parametrize(
    ("unit", "protobuf"),
    [(b"\x0a\x00", True), (b"\x12\x00", True), (b"\x32\x00", True), (b"{},", False)],
)
@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_little_is_built_of_empty_messages(unit: bytes, level: int, protobuf: bool) -> None:  # noqa: FBT001
    """A megabyte of messages of two bytes does not become a hundred."""
    body = unit * (40_000 // len(unit))
    if protobuf:
        for number in ((), (1,), (2, 1), (2, 2, 1))[level]:
            body = text_field(number, body)
    else:
        head = b'{"resourceLogs":[', b'{"scopeLogs":[', b'{"logRecords":[', b'{"attributes":['
        body = b"".join(head[: level + 1]) + body[:-1] + b"]}" * (level + 1)
    tracemalloc.start()
    try:
        with contextlib.suppress(TooManyRecordsError, MalformedJsonError, InvalidBodyError):
            found(body, protobuf=protobuf)
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
    finally:
        tracemalloc.stop()
