"""Records of a file that is read in parts are those of the whole file."""

import json
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trainer.reading.formats.json_lines
import trainer.reading.formats.plain_text
import trainer.reading.lines
from inference.intake.layout import Layout
from inference.intake.layouts import LAYOUTS
from inference.intake.text_records import MAX_CONTINUATION_LINES
from tests.read_records import LOGS, TEXT, read
from trainer.reading.assembling import Record
from trainer.reading.cutting import cut
from trainer.reading.faults import Faults
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.records import read_records
from trainer.reading.sources import find_sources


def in_parts(path: Path, plan: ReadingPlan, size: int) -> tuple[list[Record], int, int]:
    """Records by their numbers in the file, read in parts; the numbers of all and of the bad."""
    records: list[Record] = []
    n_records = n_bad = 0
    for partition in cut(plan.for_all(find_sources([str(path)])), size):
        faults = Faults()
        records += [
            msgspec.structs.replace(record, line=n_records + record.line)
            for record in read_records(partition, faults)
        ]
        n_records += faults.n_records
        n_bad += faults.n_bad
    return records, n_records, n_bad


@pytest.fixture
def _short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small blocks and a low bound for lines, so that small data meets both."""
    monkeypatch.setattr(trainer.reading.lines, "MAX_LINE_BYTES", 200)
    monkeypatch.setattr(trainer.reading.lines, "_BLOCK_BYTES", 64)
    monkeypatch.setattr(trainer.reading.formats.json_lines, "MAX_LINE_BYTES", 200)
    monkeypatch.setattr(trainer.reading.formats.plain_text, "MAX_LINE_BYTES", 200)


ends = st.sampled_from([b"\n", b"\r\n"])
marks = st.sampled_from([b"", b"\xef\xbb\xbf"])
tails = st.sampled_from([b"", b"\n"])


json_lines = st.lists(
    st.one_of(
        st.builds(
            lambda text, level: json.dumps({"message": text, "level": level}).encode(),
            st.text(max_size=12),
            st.sampled_from(["INFO", "warn", "LOUD"]),
        ),
        st.sampled_from(
            [
                b"",
                b"  ",
                b"{",
                b"[]",
                b'{"message": "' + b"x" * 300 + b'"}',
                b"\xff\xfe",
                b"y" * 500,
            ]
        ),
    ),
    max_size=12,
)
FUNCTION_FIXTURES = [HealthCheck.function_scoped_fixture]


@pytest.mark.usefixtures("_short_lines")
@settings(suppress_health_check=FUNCTION_FIXTURES, deadline=None)
@given(json_lines, ends, marks, tails, st.integers(1, 700))
def test_parts_of_json_lines_of_any_size_are_the_whole(
    path: Path,
    lines: list[bytes],
    end: bytes,
    mark: bytes,
    tail: bytes,
    size: int,
) -> None:
    """The same records under the same numbers, and as many bad records, wherever a file is cut."""
    records, faults = read(path, LOGS, mark + end.join(lines) + tail)
    assert in_parts(path, LOGS, size) == (records, faults.n_records, faults.n_bad)


layouts = st.sampled_from(
    [LAYOUTS["python"], msgspec.structs.replace(LAYOUTS["python"], continued=False)]
)
text_lines = st.lists(
    st.sampled_from(
        [
            b"INFO:shop:order placed",
            b"ERROR:cart:it broke",
            b"WARN:cart:" + b"w" * 150,
            b"DEBUG:cart:" + b"long " * 60,
            b"Traceback (most recent call last):",
            b'  File "a.py", line 1',
            b"",
            b" ",
            b"\xff\xfe",
            "é☕".encode(),
            b"z" * 400,
            b"what is this",
            b'{"message": "in JSON", "level": "warn"}',
            b"2024-05-01 10:00:00 ERROR of another layout",
        ]
    ),
    max_size=14,
)


@pytest.mark.usefixtures("_short_lines")
@settings(suppress_health_check=FUNCTION_FIXTURES, deadline=None)
@given(text_lines, ends, marks, tails, st.integers(1, 900), layouts)
def test_parts_of_text_of_any_size_are_the_whole(
    path: Path,
    lines: list[bytes],
    end: bytes,
    mark: bytes,
    tail: bytes,
    size: int,
    layout: Layout,
) -> None:
    """A record belongs to the part in which it begins, with all its lines, wherever they are.

    Bad lines are counted once as well; only lines before the first record of a file that a border
    sets apart from its beginning are taken for the rest of a record.
    """
    plan = msgspec.structs.replace(TEXT, layout=layout)
    records, faults = read(path, plan, mark + end.join(lines) + tail)
    found, n_records, n_bad = in_parts(path, plan, size)
    assert found == records
    assert n_records == faults.n_records
    if layout.continued:
        assert n_bad <= faults.n_bad
    else:
        assert n_bad == faults.n_bad


def test_text_of_a_wrong_layout_is_bad_in_every_part(path: Path) -> None:
    """Apart from what may be the rest of a record, all lines of all parts are reported as bad."""
    n_lines = 20 * MAX_CONTINUATION_LINES
    path.write_bytes(b"not of the layout\n" * n_lines)
    records, n_records, n_bad = in_parts(path, TEXT, path.stat().st_size // 4 + 1)
    assert (records, n_records) == ([], n_lines)
    assert n_bad >= n_lines - 3 * MAX_CONTINUATION_LINES


def test_parts_are_read_whatever_lies_around(path: Path) -> None:
    """A part in the middle of one record has none of its own."""
    path.write_bytes(b"INFO:a:first\n" + b"\tmor\n" * 100)
    source = find_sources([str(path)])[0]
    faults = Faults()
    assert list(read_records(Partition(1, source, TEXT, 50, 100), faults)) == []
    assert (faults.n_records, faults.n_bad) == (10, 0)
