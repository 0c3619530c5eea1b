"""Common records of JSON are read quickly, and as the reader of raw records reads them."""

from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inference.intake.records import UnusableRecordError
from schemas.record.extraction import extract
from trainer.reading.assembling import Assembler
from trainer.reading.fast_decoding import fast_decoder
from trainer.reading.faults import Faults
from trainer.reading.plan import Fields, ReadingPlan

PLAIN = ReadingPlan(
    format="jsonl",
    kind="logs",
    fields=Fields(message="msg", level="level", service="app", time="ts"),
)
PLANS = [
    PLAIN,
    msgspec.structs.replace(PLAIN, scale="pino"),
    msgspec.structs.replace(PLAIN, open_scale="pino"),
    msgspec.structs.replace(PLAIN, fields=Fields(message="msg", level="level", service="app")),
    msgspec.structs.replace(
        PLAIN,
        fields=Fields(message="msg", level="level", service="app", time="ts", label="label"),
    ),
]
values = st.one_of(
    st.none(),
    st.integers(-5, 70),
    st.booleans(),
    st.text(max_size=6),
    st.sampled_from(["INFO", "warn", "[error]", "LOUD", "", "{}", '{"msg":"x","level":"fatal"}']),
    st.sampled_from(["a\x1b[31mb", "c.service", " d ", "x: y", "2024-05-01 10:00:00 ERROR e"]),
    st.lists(st.integers(0, 255), max_size=2),
    st.dictionaries(st.sampled_from(["message", "stack"]), st.text(max_size=4), max_size=2),
)
names = ["msg", "level", "app", "ts", "label", "error", "err", "stack", "levelName", "message"]
beside = ["severity", "@x", "other", "error.stack_trace", "context.exception", "innerException"]
around = st.dictionaries(
    st.sampled_from(["exception", "level", "user", "extra"]),
    values | st.dictionaries(st.sampled_from(["err", "id"]), values, max_size=1),
    max_size=2,
)
documents = st.dictionaries(st.sampled_from([*names, *beside]), values).flatmap(
    lambda plain: st.dictionaries(
        st.sampled_from(["context", "log", "request", "attributes"]), around | values, max_size=2
    ).map(lambda objects: plain | objects)
)
usual = {"ts": 1, "level": "info", "app": "a", "msg": "up", "pid": 7, "context": {"user": 1}}


@pytest.mark.parametrize("plan", PLANS)
@given(document=documents)
@example(document={"msg": "1", "level": 10, "app": "a", "ts": None, "error": "INFO"})
@example(document={"msg": "1", "level": "INFO", "app": "a", "ts": None, "error": "INFO"})
def test_both_ways_give_the_same(plan: ReadingPlan, document: dict[str, Any]) -> None:
    """For every record that can be read quickly; the others are read whole."""
    assemble = Assembler(plan, extract, "a.jsonl", Faults())
    fast = fast_decoder(plan, assemble)
    assert fast is not None
    line = msgspec.json.encode(document)
    fast(1, msgspec.json.encode(usual))
    try:
        found = fast(1, line)
    except UnusableRecordError:
        return
    if found is not None:
        assert assemble.document(1, msgspec.json.decode(line)) == found


def test_usual_records_are_read_quickly() -> None:
    """With a level by its name, or a number on the plan's scale."""
    for plan, level in ((PLAIN, "INFO"), (PLANS[1], 30), (PLANS[2], 30)):
        fast = fast_decoder(plan, Assembler(plan, extract, "a.jsonl", Faults()))
        assert fast is not None
        line = msgspec.json.encode({"ts": 1, "level": level, "app": "a", "msg": "up", "pid": 7})
        assert fast(1, line) is not None


@pytest.mark.parametrize(
    "late",
    [
        {"error.stack_trace": "x.Error: y"},
        {"context": {"user": 1, "exception": "x.Error: y"}},
        {"context": {"extra": {"err": "x.Error: y"}}},
        {"errorMessage": "x"},
        {"StackTrace": "x"},
    ],
)
def test_a_trace_is_seen_wherever_it_is_first_met(late: dict[str, Any]) -> None:
    """In the last record of a file too, after many without."""
    fast = fast_decoder(PLAIN, Assembler(PLAIN, extract, "a.jsonl", Faults()))
    assert fast is not None
    for number in range(20):
        assert fast(number, msgspec.json.encode(usual | {f"more{number}": number})) is not None
    assert fast(21, msgspec.json.encode(usual | late)) is None
    assert fast(22, msgspec.json.encode(usual | late)) is None
    assert fast(23, msgspec.json.encode(usual)) is not None


@pytest.mark.parametrize(
    "late",
    [
        {"message": "better than msg"},
        {"message": {"msg": "within"}},
        {"service": "better than app"},
        {"resource": {"service.name": "better than app"}},
    ],
)
def test_a_better_field_goes_first_wherever_it_is_first_met(late: dict[str, Any]) -> None:
    """As in serving, which knows no file; only a field that the user names goes before it."""
    fast = fast_decoder(PLAIN, Assembler(PLAIN, extract, "a.jsonl", Faults()))
    given = msgspec.structs.replace(PLAIN, given=PLAIN.fields)
    stubborn = fast_decoder(given, Assembler(given, extract, "a.jsonl", Faults()))
    assert fast is not None
    assert stubborn is not None
    line = msgspec.json.encode(usual | late)
    assert fast(1, msgspec.json.encode(usual)) is not None
    assert fast(2, line) is None
    assert stubborn(1, line) is not None


def test_names_are_learned_within_bounds() -> None:
    """Records whose names all differ are read whole after a while, and still read."""
    fast = fast_decoder(PLAIN, Assembler(PLAIN, extract, "a.jsonl", Faults()))
    assert fast is not None
    found = [fast(n, msgspec.json.encode(usual | {f"name{n}": n})) for n in range(700)]
    assert found[0] is not None
    assert found[-1] is None
    assert fast(701, msgspec.json.encode(usual)) is not None


@pytest.mark.parametrize(
    "fields",
    [
        Fields(message="log", level="level", service="app"),
        Fields(message="a.b", level="level", service="app"),
        Fields(message="msg", service="app"),
        Fields(message="msg", level="level"),
    ],
)
def test_some_plans_have_no_quick_way(fields: Fields) -> None:
    """A path into objects, docker's `log`, and records without a level or a service."""
    plan = msgspec.structs.replace(PLAIN, fields=fields)
    assert fast_decoder(plan, Assembler(plan, extract, "a.jsonl", Faults())) is None


def test_a_clock_with_its_day_beside_it_is_read_whole() -> None:
    """Its time is that of both fields, wherever the day is first met."""
    plan = msgspec.structs.replace(
        PLAIN, fields=Fields(message="msg", level="level", service="app", time="time")
    )
    assemble = Assembler(plan, extract, "a.jsonl", Faults())
    fast = fast_decoder(plan, assemble)
    assert fast is not None
    document = {"time": "10:00:00", "level": "info", "app": "a", "msg": "up"}
    assert fast(1, msgspec.json.encode(document)) is not None
    document["date"] = "2024-05-01"
    assert fast(2, msgspec.json.encode(document)) is None
    assert assemble.document(2, document).time == "2024-05-01 10:00:00"
