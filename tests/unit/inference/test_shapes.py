"""Records of a known shape mean what they mean when they are read whole."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inference.intake.exports import take_apart
from inference.intake.levels import LevelNames
from inference.intake.raw_bodies import BodyReader
from inference.intake.raw_logs import OPEN_SCALE, Tally, as_log
from inference.intake.records import RecordReader
from inference.intake.shape_memory import MAX_SHAPES, OFTEN
from inference.intake.shapes import Log
from schemas.record.features import Level

PLAIN = {"message": "order 17 taken", "level": "INFO", "service": "cart"}

names = st.sampled_from(
    [
        "message",
        "msg",
        "level",
        "Level",
        "severity",
        "service",
        "app",
        "error",
        "exc_info",
        "log",
        "logger",
        "fields",
        "kubernetes",
        "a.b",
        "tags",
        "hits",
        "records",
        "data",
        "priority",
        "ts",
    ]
)
texts = st.sampled_from(
    [
        "",
        "a\n",
        "INFO",
        "error",
        "LOUD",
        "50",
        "{}",
        '{"msg": "b", "level": "WARN"}',
        "\x1b[1mx",
        "é",
        "\x00",
        "cart.service",
        "2024-05-01 10:00:00 ERROR a.B: x",
        "ERROR: y",
        "\ufeff",
    ]
)
scalars = st.one_of(texts, st.integers(-2, 60), st.floats(0, 60), st.booleans(), st.none())
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=3)
)
documents = st.dictionaries(names, values, max_size=5)


def whole(document: dict[str, Any]) -> Iterator[Log]:
    """The logs of an object by the reader that training uses."""
    reader = RecordReader(LevelNames(), open_scale=OPEN_SCALE)
    for part in take_apart(document):
        record = reader.of_document(part)
        if record is not None:
            yield as_log(record)


def read(reader: BodyReader, body: bytes, media_type: str = "") -> tuple[list[Log], Tally]:
    """The logs of a body, and what was counted."""
    tally = Tally()
    return [log for block in reader.read(body, media_type, tally) for log in block.logs], tally


def lines_of(*records: Any) -> bytes:
    """JSON lines."""
    return "\n".join(map(json.dumps, records)).encode()


@pytest.fixture(scope="module")
def reader() -> BodyReader:
    """A reader that has met whatever the examples before brought."""
    return BodyReader()


@given(st.lists(documents, min_size=1, max_size=3), st.lists(st.integers(0, 2), max_size=12))
@example([PLAIN, {**PLAIN, "error": None}, {**PLAIN, "error": "java.io.E: x"}], [0] * 6 + [1, 2])
@example([{"level": "INFO", "Level": "WARN", "msg": "a"}], [0] * 6)
@example([{"msg": {"level": "INFO"}}], [0] * 6)
@example([{"records": [{"msg": "a"}, {}, {"msg": "b"}]}], [0] * 2)
@example([{"msg": "a", "level": 40}, {"msg": "a", "level": 3}], [0] * 6 + [1, 0])
@example(
    [{"msg": "a", "level": 2**70}, {"msg": "a", "level": "INFO", "n": 2**70}], [0] * 6 + [1] * 6
)
def test_a_known_shape_changes_nothing(
    reader: BodyReader, kinds: list[dict[str, Any]], order: list[int]
) -> None:
    """Whatever came before, and in whatever company a record comes."""
    records = [kinds[number % len(kinds)] for number in order]
    expected = [log for record in records for log in whole(record)]
    assert read(reader, lines_of(*records), "application/x-ndjson")[0] == expected
    assert read(reader, json.dumps(records).encode())[0] == expected
    if records:
        assert read(reader, "".join(map(json.dumps, records)).encode())[0] == expected


def test_records_of_one_shape_are_decoded_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a shape is known and its level has been met, nothing is read whole any more."""
    fresh = BodyReader()
    levels = ["INFO", "WARN"] * OFTEN
    read(fresh, lines_of(*({**PLAIN, "level": level} for level in levels)))
    monkeypatch.setattr(RecordReader, "of_document", None)
    records = [{**PLAIN, "message": f"order {n} taken", "level": levels[n % 2]} for n in range(999)]
    logs, tally = read(fresh, lines_of(*records))
    assert logs[0] == ("order 0 taken", Level.INFO, "cart")
    assert (len(logs), tally.n_records, tally.n_bad) == (999, 999, 0)
    assert len(read(fresh, json.dumps(records).encode())[0]) == 999


def test_ever_new_shapes_are_bounded() -> None:
    """A client that names its fields anew in each record cannot make the reader remember all."""
    fresh = BodyReader()
    for number in range(5 * MAX_SHAPES):
        read(fresh, lines_of(*[{**PLAIN, f"field-{number}": 1}] * (OFTEN + 1)))
    assert len(fresh._json._shapes._decoders) <= 2 * MAX_SHAPES
    assert read(fresh, lines_of(PLAIN))[0] == [("order 17 taken", Level.INFO, "cart")]
