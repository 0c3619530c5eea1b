"""Records of every format, good and bad."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from backports import zstd

from schemas.record.extraction import extract, extract_features
from schemas.record.features import FEATURE_NAMES, Level, LogFeatures
from tests.made_logs import make_log, make_logs, make_raw_logs
from tests.read_records import FEATURES, LOGS, TEXT, lines_of, read
from tests.written_records import WRITERS, table_of, write_parquet
from trainer.reading.assembling import Record
from trainer.reading.cutting import cut
from trainer.reading.faults import Faults
from trainer.reading.plan import Fields, ReadingPlan
from trainer.reading.records import read_records
from trainer.reading.sources import find_sources

Read = Callable[..., tuple[list[Record], Faults]]


RAW: list[dict[str, Any]] = [msgspec.to_builtins(log) for log in make_raw_logs(50, seed=3)]
RAW += [
    {"message": 'a "quoted", text\r\nin two lines', "level": "WARN", "service": "naïve café"},
    {"message": "", "level": "fatal", "service": "x"},
    {"message": "\U0001f600 took 7 s; timed out", "level": " notice ", "service": "x"},
]
EXPECTED = [extract(log["message"], Level(log["level"]), log["service"]) for log in RAW]


@pytest.mark.parametrize("format_", WRITERS)
def test_raw_logs_are_the_same_in_every_format(path: Path, format_: Any) -> None:
    """Each record is what the extractor makes of it, in the order of the file, with its text.

    Among them are quotes, line ends and characters of four bytes within a message.
    """
    WRITERS[format_](path, RAW)
    records, faults = read(path, msgspec.structs.replace(LOGS, format=format_))
    assert [record.features for record in records] == EXPECTED
    assert [record.message for record in records] == [log["message"] for log in RAW]
    assert [record.line for record in records] == list(range(1, len(RAW) + 1))
    assert {record.positive for record in records} == {None}
    assert (faults.n_records, faults.n_bad) == (len(RAW), 0)


@pytest.mark.parametrize("format_", WRITERS)
def test_features_are_the_same_in_every_format(path: Path, format_: Any) -> None:
    """The six features come back, from text as from typed columns, with no message."""
    logs = make_logs(40)
    WRITERS[format_](path, [msgspec.to_builtins(log) for log in logs])
    records, faults = read(path, msgspec.structs.replace(FEATURES, format=format_))
    assert [record.features for record in records] == logs
    assert {record.message for record in records} == {None}
    assert (faults.n_records, faults.n_bad) == (len(logs), 0)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n  \n"])
@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstd.compress])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_lines_are_read(
    path: Path, end: bytes, compress: Callable[[bytes], bytes], mark: bytes
) -> None:
    """Plain or compressed, with or without a byte order mark and a last newline, blank lines."""
    line = msgspec.json.encode(make_log())
    records, faults = read(path, FEATURES, compress(mark + line + b"\r\n\r\n" + line + end))
    assert [(record.line, record.features) for record in records] == [
        (1, make_log()),
        (3, make_log()),
    ]
    assert faults.n_bad == 0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"message": 7}, "7"),
        ({"message": ["a"]}, '["a"]'),
        ({"message": {"a": 1}}, '{"a":1}'),
        ({"message": [104, 195, 169, 255]}, "hé\ufffd"),
        ({"message": "a", "level": ["INFO"]}, "a"),
        ({"message": "a", "service": {"name": "b"}}, "a"),
    ],
)
def test_parts_of_another_type_are_read(path: Path, row: dict[str, object], message: str) -> None:
    """A message that is no text is its JSON, or the text of its bytes; a list is no level."""
    (record,), faults = read(path, LOGS, lines_of([row]))
    assert record.message == message
    assert record.features.level is Level.INFO
    assert faults.n_bad == 0


def test_a_record_does_not_depend_on_those_before_it(path: Path) -> None:
    """1, 1.0, true and "1" are equal to Python or look alike, and are other names nevertheless."""
    plan = msgspec.structs.replace(LOGS, levels={"1": Level.ERROR, "true": Level.FATAL})
    rows = [{"message": "a", "level": value, "service": value} for value in (1, True, "1", 1.0)]
    found = []
    for order in (rows, rows[::-1]):
        records, _ = read(path, plan, lines_of(order))
        found.append({(record.features.service, record.features.level) for record in records})
    assert found[0] == found[1]
    assert ("1", Level.ERROR) in found[0]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_taken(path: Path, delimiter: str) -> None:
    """Between the columns of CSV stands what the plan says; blanks around names do not count."""
    data = table_of(RAW, delimiter).replace(b"message", b" message ", 1)
    plan = msgspec.structs.replace(LOGS, format="csv", delimiter=delimiter)
    records, _ = read(path, plan, b"\xef\xbb\xbf" + data)
    assert [record.features for record in records] == EXPECTED


def test_missing_parts_take_the_defaults(path: Path) -> None:
    """Without a level or a service, those of the plan; else INFO, and the name of the file."""
    rows = [{"message": "a"}, {"message": "a", "level": None, "service": ""}]
    records, _ = read(path, LOGS, lines_of(rows))
    assert {(record.features.level, record.features.service) for record in records} == {
        (Level.INFO, "app")
    }
    given_by_user = msgspec.structs.replace(LOGS, default_level=Level.ERROR, default_service="shop")
    records, _ = read(path, given_by_user, lines_of(rows))
    assert {(record.features.level, record.features.service) for record in records} == {
        (Level.ERROR, "shop")
    }


def test_other_names_for_levels(path: Path) -> None:
    """The numbers of some loggers, and whatever else the plan knows; usual names stay."""
    plan = msgspec.structs.replace(LOGS, scale="pino", levels={"Loud": Level.ERROR})
    rows = [{"message": "a", "level": level} for level in (30, "50", "warning", "LOUD", "silent")]
    records, faults = read(path, plan, lines_of(rows))
    levels = [record.features.level for record in records]
    assert levels == [Level.INFO, Level.ERROR, Level.WARN, Level.ERROR, Level.INFO]
    assert (faults.n_bad, faults.notes.levels) == (0, {"silent": 1})


LABELS: list[tuple[object, bool]] = [
    (None, False),
    ("", False),
    ("-", False),
    (0, False),
    (False, False),
    ("none", False),
    (1, True),
    (True, True),
    ("disk-full", True),
]


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
@pytest.mark.parametrize("kind", ["logs", "features"])
def test_labels_are_read(path: Path, format_: Any, kind: Any) -> None:
    """What a label says is `schemas.record.labels`' matter; logs and features both have a label."""
    log: dict[str, Any] = (
        {"message": "a", "level": "INFO", "service": "b"}
        if kind == "logs"
        else msgspec.to_builtins(make_log())
    )
    WRITERS[format_](path, [{**log, "fault": label} for label, _ in LABELS])
    fields = msgspec.structs.replace(LOGS.fields if kind == "logs" else Fields(), label="fault")
    plan = ReadingPlan(format=format_, kind=kind, fields=fields)
    records, _ = read(path, plan)
    assert [record.positive for record in records] == [positive for _, positive in LABELS]


def test_labels_stand_in_parquet(path: Path) -> None:
    """As a typed column; a record without a label is no anomaly."""
    rows = [{**RAW[0], "fault": label} for label in ("disk-full", None, "none")]
    write_parquet(path, rows)
    fields = msgspec.structs.replace(LOGS.fields, label="fault")
    records, _ = read(path, msgspec.structs.replace(LOGS, format="parquet", fields=fields))
    assert [record.positive for record in records] == [True, False, False]


def test_fields_may_be_paths(path: Path) -> None:
    """Into objects of JSON, as of a struct in Parquet."""
    rows = [{"log": {"text": log["message"], "level": log["level"]}, "app": log} for log in RAW]
    fields = Fields(message="log.text", level="log.level", service="app.service")
    for format_ in ("jsonl", "parquet"):
        WRITERS[format_](path, rows)
        plan = msgspec.structs.replace(LOGS, format=format_, fields=fields, given=fields)
        records, _ = read(path, plan)
        assert [record.features for record in records] == EXPECTED


def test_the_model_says_what_is_looked_at(path: Path) -> None:
    """A detector of the six features alone gets these alone."""
    path.write_bytes(lines_of(RAW))
    (partition,) = cut(LOGS.for_all(find_sources([str(path)])))
    records = list(read_records(partition, Faults(), extract_features))
    assert {type(record.features) for record in records} == {LogFeatures}
    for record, expected in zip(records, EXPECTED, strict=True):
        assert all(
            getattr(record.features, name) == getattr(expected, name) for name in FEATURE_NAMES
        )


def test_text_is_read_by_its_layout(path: Path) -> None:
    r"""Messages, levels and services by the layout, traces as one record, \r and blanks cut."""
    data = (
        b"2024-01-02 03:04:05,678 - shop.cart - ERROR - it broke\r\n"
        b"Traceback (most recent call last):\r\n"
        b'  File "a.py", line 1\r\n'
        b"ValueError: 7\r\n\r\n"
        b"2024-01-02 03:04:06,000 - shop.cart - INFO - done  \r\n"
    )
    records, faults = read(path, TEXT, data)
    trace = 'it broke\nTraceback (most recent call last):\n  File "a.py", line 1\nValueError: 7'
    assert [(record.line, record.message) for record in records] == [(1, trace), (6, "done")]
    assert [record.features for record in records] == [
        extract(trace, Level.ERROR, "shop.cart"),
        extract("done", Level.INFO, "shop.cart"),
    ]
    assert (faults.n_records, faults.n_bad) == (6, 0)
