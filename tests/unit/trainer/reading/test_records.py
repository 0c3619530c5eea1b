"""Records of every format, good ones and bad ones."""

import csv
import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pytest
from backports import zstd

from inference.intake.lines import custom_layout
from schemas.record.extraction import extract, extract_features
from schemas.record.features import FEATURE_NAMES, Level, LogFeatures
from tests.made_logs import make_log, make_logs, make_raw_logs
from tests.read_records import FEATURES, LOGS, TEXT, lines_of, problems, read
from trainer.errors import InputError
from trainer.reading.assembling import Record
from trainer.reading.cutting import cut
from trainer.reading.faults import MAX_SAMPLES, Faults
from trainer.reading.lines import MAX_LINE_BYTES
from trainer.reading.plan import Fields, ReadingPlan
from trainer.reading.records import read_records
from trainer.reading.sources import find_sources
from trainer.reading.text_lines import MAX_CONTINUATION_LINES

Read = Callable[..., tuple[list[Record], Faults]]


def table_of(rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    """CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    """Parquet, by way of JSON lines."""
    plain = path.with_suffix(".jsonl")
    plain.write_bytes(lines_of(rows))
    duckdb.sql(
        f"COPY (SELECT * FROM read_json('{plain}', maximum_object_size = 100000000)) "
        f"TO '{path}' (FORMAT parquet)"
    )
    plain.unlink()


RAW: list[dict[str, Any]] = [msgspec.to_builtins(log) for log in make_raw_logs(50, seed=3)]
RAW += [
    {"message": 'a "quoted", text\r\nin two lines', "level": "WARN", "service": "naïve café"},
    {"message": "", "level": "fatal", "service": "x"},
    {"message": "\U0001f600 took 7 s; timed out", "level": " notice ", "service": "x"},
]
EXPECTED = [extract(one["message"], Level(one["level"]), one["service"]) for one in RAW]

WRITERS: dict[str, Callable[[Path, list[dict[str, Any]]], object]] = {
    "jsonl": lambda path, rows: path.write_bytes(lines_of(rows)),
    "csv": lambda path, rows: path.write_bytes(table_of(rows)),
    "parquet": write_parquet,
}


@pytest.mark.parametrize("format_", WRITERS)
def test_raw_logs_are_the_same_in_every_format(path: Path, format_: Any) -> None:
    """Each record is what the one extractor makes of it, in the order of the file, with its text.

    Among them are quotes, line ends and characters of four bytes within a message.
    """
    WRITERS[format_](path, RAW)
    records, faults = read(path, msgspec.structs.replace(LOGS, format=format_))
    assert [record.features for record in records] == EXPECTED
    assert [record.message for record in records] == [one["message"] for one in RAW]
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
    ("line", "problem"),
    [
        (b"{}", "message_length: is required; level: is required; service: is required;"),
        (lines_of([make_log()])[:-2], "not JSON: "),
        (b"not json", "not JSON: "),
        (b"\xff", "not JSON: "),
        (b"[1]", "record: Expected `object`, got `array`"),
        (
            lines_of([make_log()]).replace(b"INFO", b"LOUD").strip(),
            "level: Expected one of DEBUG, INFO, WARN, ERROR, FATAL",
        ),
        (
            lines_of([make_log()]).replace(b"120", b"-1").strip(),
            "message_length: Expected `int` >= 0",
        ),
        (b'{"x": "' + b"x" * MAX_LINE_BYTES + b'"}', f"longer than {MAX_LINE_BYTES} bytes"),
    ],
)
def test_a_bad_line_of_features_is_named_and_passed_over(
    path: Path, line: bytes, problem: str
) -> None:
    """Its number and its field are told; the lines around it are read."""
    good = lines_of([make_log()])
    records, faults = read(path, FEATURES, good + line + b"\n" + good)
    assert [record.line for record in records] == [1, 3]
    ((number, told),) = problems(faults).items()
    assert number == 2
    assert told.startswith(problem)
    assert faults.n_records == 3


BAD_LOGS: list[tuple[dict[str, Any], str]] = [
    ({"level": "INFO"}, "message: expected text, got nothing"),
    ({"message": None}, "message: expected text, got nothing"),
    ({"message": "a", "service": "s" * 257}, "service: longer than 256 characters"),
]


@pytest.mark.parametrize("format_", ["jsonl", "parquet"])
@pytest.mark.parametrize(("row", "problem"), BAD_LOGS)
def test_a_bad_log_is_named_by_its_field(
    path: Path, format_: Any, row: dict[str, Any], problem: str
) -> None:
    """The field goes by the name that it has in the data."""
    good = {"message": "a", "level": "INFO", "service": "b"}
    named = {f"the_{name}": value for name, value in row.items()}
    rows = [{f"the_{name}": value for name, value in good.items()}, named]
    fields = Fields(message="the_message", level="the_level", service="the_service")
    plan = msgspec.structs.replace(LOGS, format=format_, fields=fields)
    WRITERS[format_](path, rows)
    records, faults = read(path, plan)
    assert [record.line for record in records] == [1]
    ((number, told),) = problems(faults).items()
    assert number == 2
    assert told.startswith(f"the_{problem}")


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
        found.append({(one.features.service, one.features.level) for one in records})
    assert found[0] == found[1]
    assert ("1", Level.ERROR) in found[0]


def test_bad_rows_of_csv_are_named(path: Path) -> None:
    """A row with too few or too many columns is none; the header is no record."""
    data = b"message,level,service\na,INFO,b\na,INFO\na,INFO,b,c\n\na,LOUD,b\n,WARN,b\n"
    records, faults = read(path, msgspec.structs.replace(LOGS, format="csv"), data)
    assert [(one.line, one.features.message_length) for one in records] == [(1, 1), (5, 1), (6, 0)]
    assert problems(faults) == {
        2: "has 2 columns, expected 3",
        3: "has 4 columns, expected 3",
    }


def test_a_field_that_is_too_long_for_csv_is_passed_over(path: Path) -> None:
    """As an open quote makes it; the next row is read."""
    data = b"message,level,service\n" + b"x" * 1_200_000 + b",INFO,b\na,INFO,b\n"
    records, faults = read(path, msgspec.structs.replace(LOGS, format="csv"), data)
    assert [record.line for record in records] == [2]
    assert "field larger than" in problems(faults)[1]


@pytest.mark.parametrize("format_", ["csv", "parquet"])
def test_bad_features_of_a_table_are_named(path: Path, format_: Any) -> None:
    """The column and what was expected stand in the problem."""
    good = msgspec.to_builtins(make_log())
    rows = [good, {**good, "message_length": -1}, {**good, "level": "LOUD"}]
    WRITERS[format_](path, rows)
    records, faults = read(path, msgspec.structs.replace(FEATURES, format=format_))
    assert [record.line for record in records] == [1]
    told = problems(faults)
    assert "message_length" in told[2]
    assert ">= 0" in told[2]
    assert "level" in told[3]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_taken(path: Path, delimiter: str) -> None:
    """Between the columns of CSV stands what the plan says; blanks around names do not count."""
    data = table_of(RAW, delimiter).replace(b"message", b" message ", 1)
    plan = msgspec.structs.replace(LOGS, format="csv", delimiter=delimiter)
    records, _ = read(path, plan, b"\xef\xbb\xbf" + data)
    assert [record.features for record in records] == EXPECTED


def test_only_the_first_faults_are_kept(path: Path) -> None:
    """All are counted; a few are told of in detail, however many there are."""
    _, faults = read(path, LOGS, b"{\n" * 1_000)
    assert (faults.n_records, faults.n_bad, len(faults.samples)) == (1_000, 1_000, MAX_SAMPLES)
    assert [one.line for one in faults.samples] == list(range(1, MAX_SAMPLES + 1))


@pytest.mark.parametrize("compress", [gzip.compress, zstd.compress])
def test_damaged_data_is_named(path: Path, compress: Callable[[bytes], bytes]) -> None:
    """What was read before the damage is given; then the file is named, and how far it was read."""
    whole = compress(lines_of(make_raw_logs(30_000)))
    path.write_bytes(whole[: len(whole) // 2])
    faults = Faults()
    (partition,) = cut(LOGS.for_all(find_sources([str(path)])))
    records = read_records(partition, faults)
    assert next(records).line == 1
    with pytest.raises(InputError, match=rf"{path}: .*behind record \d{{3,}}"):
        list(records)
    assert faults.n_records > 100


def test_a_file_that_vanished_is_named(path: Path) -> None:
    """Between finding and reading, logs are rotated away."""
    path.write_bytes(b"{}\n")
    (partition,) = cut(LOGS.for_all(find_sources([str(path)])))
    path.unlink()
    with pytest.raises(InputError, match=f"{path}: cannot be read"):
        list(read_records(partition, Faults()))


def test_missing_parts_take_the_defaults(path: Path) -> None:
    """Without a level or a service, those of the plan; else INFO, and the name of the file."""
    rows = [{"message": "a"}, {"message": "a", "level": None, "service": ""}]
    records, _ = read(path, LOGS, lines_of(rows))
    assert {(one.features.level, one.features.service) for one in records} == {(Level.INFO, "app")}
    given_by_user = msgspec.structs.replace(LOGS, default_level=Level.ERROR, default_service="shop")
    records, _ = read(path, given_by_user, lines_of(rows))
    assert {(one.features.level, one.features.service) for one in records} == {
        (Level.ERROR, "shop")
    }


def test_other_names_for_levels(path: Path) -> None:
    """The numbers of some loggers, and whatever else the plan knows; usual names stay."""
    plan = msgspec.structs.replace(LOGS, scale="pino", levels={"Loud": Level.ERROR})
    rows = [{"message": "a", "level": level} for level in (30, "50", "warning", "LOUD", "silent")]
    records, faults = read(path, plan, lines_of(rows))
    levels = [one.features.level for one in records]
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
    """What a label says is `schemas.record.labels`' matter; logs and features both have one."""
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
    """As a typed column; a record without one is no anomaly."""
    rows = [{**RAW[0], "fault": label} for label in ("disk-full", None, "none")]
    write_parquet(path, rows)
    fields = msgspec.structs.replace(LOGS.fields, label="fault")
    records, _ = read(path, msgspec.structs.replace(LOGS, format="parquet", fields=fields))
    assert [record.positive for record in records] == [True, False, False]


def test_fields_may_be_paths(path: Path) -> None:
    """Into objects of JSON, as of a struct in Parquet."""
    rows = [{"log": {"text": one["message"], "level": one["level"]}, "app": one} for one in RAW]
    fields = Fields(message="log.text", level="log.level", service="app.service")
    for format_ in ("jsonl", "parquet"):
        WRITERS[format_](path, rows)
        plan = msgspec.structs.replace(LOGS, format=format_, fields=fields)
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
    assert [(one.line, one.message) for one in records] == [(1, trace), (6, "done")]
    assert [one.features for one in records] == [
        extract(trace, Level.ERROR, "shop.cart"),
        extract("done", Level.INFO, "shop.cart"),
    ]
    assert (faults.n_records, faults.n_bad) == (6, 0)


def test_text_of_another_layout_is_bad(path: Path) -> None:
    """Lines before the first record, and all that do not match where nothing continues."""
    data = b"no log\nINFO:a:first\nanother\n"
    _, faults = read(path, TEXT, data)
    assert problems(faults) == {
        1: "no line of the layout python",
        3: "no line of the layout python, and nothing shows that it continues a record, as "
        "--multiline lets it",
    }
    assert faults.n_leading == 1
    layout = custom_layout("(?P<level>[A-Z]+):a:(?P<message>.*)", continued=False)
    records, faults = read(path, msgspec.structs.replace(TEXT, layout=layout), data)
    assert [one.message for one in records] == ["first"]
    assert set(problems(faults)) == {1, 3}


def test_a_trace_has_an_end(path: Path) -> None:
    """What follows more lines than any trace has is told as bad, not kept in memory."""
    data = b"INFO:a:first\n" + b"\tmore\n" * (MAX_CONTINUATION_LINES + 5)
    (record,), faults = read(path, TEXT, data)
    assert record.message is not None
    assert record.message.count("\n") == MAX_CONTINUATION_LINES - 1
    assert faults.n_bad == 6
