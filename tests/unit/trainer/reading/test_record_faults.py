"""Bad records of every format are named and passed over; damaged files stop the job."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from backports import zstd

from inference.intake.lines import custom_layout
from inference.intake.text_records import MAX_CONTINUATION_LINES
from tests.made_logs import make_log, make_raw_logs
from tests.read_records import FEATURES, LOGS, TEXT, lines_of, problems, read
from tests.written_records import WRITERS
from trainer.errors import InputError
from trainer.reading.cutting import cut
from trainer.reading.faults import MAX_SAMPLES, Faults
from trainer.reading.lines import MAX_LINE_BYTES
from trainer.reading.plan import Fields
from trainer.reading.records import read_records
from trainer.reading.sources import find_sources


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
    """Its number and its field are named; the lines around it are read."""
    good = lines_of([make_log()])
    records, faults = read(path, FEATURES, good + line + b"\n" + good)
    assert [record.line for record in records] == [1, 3]
    ((number, reason),) = problems(faults).items()
    assert number == 2
    assert reason.startswith(problem)
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
    plan = msgspec.structs.replace(LOGS, format=format_, fields=fields, given=fields)
    WRITERS[format_](path, rows)
    records, faults = read(path, plan)
    assert [record.line for record in records] == [1]
    ((number, reason),) = problems(faults).items()
    assert number == 2
    assert reason.startswith(f"the_{problem}")


def test_bad_rows_of_csv_are_named(path: Path) -> None:
    """A row with too few or too many columns is none; the header is no record."""
    data = b"message,level,service\na,INFO,b\na,INFO\na,INFO,b,c\n\na,LOUD,b\n,WARN,b\n"
    records, faults = read(path, msgspec.structs.replace(LOGS, format="csv"), data)
    assert [(record.line, record.features.message_length) for record in records] == [
        (1, 1),
        (5, 1),
        (6, 0),
    ]
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
    reasons = problems(faults)
    assert "message_length" in reasons[2]
    assert ">= 0" in reasons[2]
    assert "level" in reasons[3]


def test_only_the_first_faults_are_kept(path: Path) -> None:
    """All are counted; a few are named in detail, however many there are."""
    _, faults = read(path, LOGS, b"{\n" * 1_000)
    assert (faults.n_records, faults.n_bad, len(faults.samples)) == (1_000, 1_000, MAX_SAMPLES)
    assert [sample.line for sample in faults.samples] == list(range(1, MAX_SAMPLES + 1))


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
    assert [record.message for record in records] == ["first"]
    assert set(problems(faults)) == {1, 3}


def test_a_trace_has_an_end(path: Path) -> None:
    """What follows more lines than any trace has is reported as bad, not kept in memory."""
    data = b"INFO:a:first\n" + b"\tmore\n" * (MAX_CONTINUATION_LINES + 5)
    (record,), faults = read(path, TEXT, data)
    assert record.message is not None
    assert record.message.count("\n") == MAX_CONTINUATION_LINES - 1
    assert faults.n_bad == 6
