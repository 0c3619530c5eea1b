"""Verdicts are written into requests; all else stays as it came, in its order."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.judging import Judging
from inference.intake.otlp.json_body import read_json
from inference.intake.otlp.marking import mark_json, mark_protobuf
from inference.intake.otlp.messages import LogRecord
from inference.intake.otlp.protobuf_body import read_protobuf
from inference.intake.otlp.reader import OtlpReader
from inference.intake.raw_logs import Tally
from inference.model.message_judge import JudgedLog, MessageJudge
from inference.model.model import Model
from inference.store.versions import ModelStore
from inference.wire import parts_of, text_field, with_fields
from tests.otlp_requests import as_protobuf, record, request

ATTRIBUTES = ["is_anomaly", "isolation_score", "percentile", "why", "model_version"]
WHOLE = request(
    record("order 17 accepted", 9, "INFO", http__route="/orders"),
    record(),
    record("connection refused " * 60, 21, "FATAL"),
    service__name="cart",
)


@pytest.fixture(scope="module")
def judge(_published: Path) -> MessageJudge:
    """The judge of a model."""
    return MessageJudge(Model(ModelStore(_published).bundle(1), memo_capacity=64))


def judged(judge: MessageJudge, body: bytes, read: Any) -> dict[int, JudgedLog]:
    """What is judged of a request, by position."""
    kept: dict[int, JudgedLog] = {}
    tally = Tally()
    Judging(read(body, OtlpReader(), tally), tally, judge, "none", kept).go_on()
    assert [bad.position for bad in tally.bad] == [1]
    return kept


def records_in(body: bytes) -> list[bytes]:
    """The log records of a request in protobuf."""
    return [
        body[start:stop]
        for number, _, at, end in parts_of(body, 0, len(body))
        for inner, _, scope, behind in parts_of(body, at, end)
        if (number, inner) == (1, 2)
        for field, _, start, stop in parts_of(body, scope, behind)
        if field == 2
    ]


def test_in_protobuf(judge: MessageJudge) -> None:
    """Each record that was judged has five attributes more, behind its own; others have none."""
    body = as_protobuf(WHOLE)
    kept = judged(judge, body, read_protobuf)
    marked = mark_protobuf(body, kept, judge.model)
    before, after = records_in(body), records_in(marked)
    assert [new.startswith(old) for new, old in zip(after, before, strict=True)] == [True] * 3
    assert after[1] == before[1]
    attributes = {
        pair.key.decode(): pair.value for pair in LogRecord.FromString(after[2]).attributes
    }
    assert [*attributes] == [f"anomaly.{name}" for name in ATTRIBUTES]
    assert attributes["anomaly.is_anomaly"].bool_value is True
    assert 0 < attributes["anomaly.isolation_score"].double_value <= 1
    assert attributes["anomaly.model_version"].string_value == b"1"
    ordinary = LogRecord.FromString(after[0]).attributes
    assert ordinary[0].key == b"http.route"
    assert ordinary[1].value.WhichOneof("value") == "bool_value"
    assert ordinary[1].value.bool_value is False
    # Taking them out again leaves the very bytes that came.
    bare = iter(before)
    restored = with_fields(
        marked, 0, len(marked), 1,
        lambda at, end: with_fields(
            marked, at, end, 2,
            lambda scope, stop: with_fields(marked, scope, stop, 2, lambda *_: next(bare)),
        ),
    )  # fmt: skip
    assert restored == body


def test_in_json(judge: MessageJudge) -> None:
    """The same, and nothing else of the object changes."""
    whole = copy.deepcopy(WHOLE)
    whole["resourceLogs"][0]["scopeLogs"][0]["logRecords"][2]["attributes"] = None
    whole["more"] = [1.50, "é", {"a": None}]
    body = json.dumps(whole).encode()
    kept = judged(judge, body, read_json)
    marked = json.loads(mark_json(body, kept, judge.model))
    records = marked["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    added = [record.get("attributes") or [] for record in records]
    assert [len(some) for some in added] == [6, 0, 5]
    assert [pair["key"] for pair in added[2]] == [f"anomaly.{name}" for name in ATTRIBUTES]
    assert added[2][0]["value"] == {"boolValue": True}
    for new, old in zip(
        records, whole["resourceLogs"][0]["scopeLogs"][0]["logRecords"], strict=True
    ):
        new["attributes"] = [
            pair for pair in new.get("attributes") or [] if not pair["key"].startswith("anomaly.")
        ] or None
        assert new == {"attributes": None, **old}
        old["attributes"] = new["attributes"]
    assert marked == whole


@given(st.lists(st.tuples(st.integers(1, 40), st.binary(max_size=300)), max_size=5))
def test_a_rewritten_message_is_whole(fields: list[tuple[int, bytes]]) -> None:
    """Fields of other numbers stay as they are, and lengths fit."""
    body = b"".join(text_field(number, value) + b"\x08\x01" for number, value in fields)
    longer = with_fields(body, 0, len(body), 3, lambda at, end: body[at:end] + b"x" * 200)
    found = [(number, longer[at:end]) for number, _, at, end in parts_of(longer, 0, len(longer))]
    assert found == [
        (number, value + b"x" * 200 if number == 3 else value) for number, value in fields
    ]
