"""Lines of a partition."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

import trainer.reading.lines
from trainer.reading.cutting import cut
from trainer.reading.lines import read_lines
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import Source

MARK = b"\xef\xbb\xbf"
MAX_LINE = 40
BLOCK = 16

PLAN = ReadingPlan(format="jsonl", kind="logs")

contents = st.lists(
    st.sampled_from(
        [b"a", b"bc", b"\n", b"\n\n", b"\r\n", b"\r", b" ", MARK, b"x" * 30, b"y" * (3 * MAX_LINE)]
    ),
    max_size=30,
).map(b"".join)


@pytest.fixture(autouse=True)
def _short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small blocks and a low bound for lines, so that small data meets both."""
    monkeypatch.setattr(trainer.reading.lines, "MAX_LINE_BYTES", MAX_LINE)
    monkeypatch.setattr(trainer.reading.lines, "_BLOCK_BYTES", BLOCK)


def lines_of(data: bytes, partition: Partition) -> list[tuple[int, bytes]]:
    """The lines that begin in a partition, long lines cut to one byte more than allowed."""
    stream = io.BytesIO(data)
    stream.seek(max(partition.start - 1, 0))
    return [
        (offset, line[: MAX_LINE + 1])
        for offset, line in read_lines(stream, partition)
        if partition.stop is None or offset < partition.stop
    ]


def expected_lines(data: bytes) -> list[tuple[int, bytes]]:
    """What a reader of the whole file would say: lines end in a newline, or at the end."""
    offset, lines = 0, []
    pieces = data.split(b"\n")
    if not pieces[-1] or pieces == [MARK]:
        pieces.pop()
    for piece in pieces:
        lines.append((offset, piece[: MAX_LINE + 1]))
        offset += len(piece) + 1
    if lines:
        lines[0] = (0, data.removeprefix(MARK).split(b"\n")[0][: MAX_LINE + 1])
    return lines


def source(data: bytes) -> Source:
    """A file of this size; nothing is read from it."""
    return Source("file", len(data), "none")


@given(contents)
def test_a_whole_file_is_its_lines(data: bytes) -> None:
    r"""Lines end in \n alone; a byte order mark at the beginning is no part of the first line."""
    assert lines_of(data, Partition(0, source(data), PLAN)) == expected_lines(data)


@given(contents, st.integers(1, 50))
def test_partitions_of_any_size_give_the_same_lines(data: bytes, partition_bytes: int) -> None:
    """Each line belongs to the one partition in which it begins; none is lost, none read twice."""
    partitions = cut(PLAN.for_all([source(data)]), partition_bytes)
    lines = [line for partition in partitions for line in lines_of(data, partition)]
    assert lines == expected_lines(data)


@given(st.integers(0, 5 * MAX_LINE), st.binary(max_size=20).filter(lambda tail: b"\n" not in tail))
def test_a_line_that_is_too_long_shows_it_and_is_passed_over(length: int, tail: bytes) -> None:
    """It comes with more bytes than are allowed, once; the line behind it is whole."""
    data = b"x" * length + b"\n" + tail
    lines = list(read_lines(io.BytesIO(data), Partition(0, source(data), PLAN)))
    assert (len(lines[0][1]) > MAX_LINE) == (length > MAX_LINE)
    assert lines[1:] == ([(length + 1, tail)] if tail else [])


def test_memory_is_bounded_whatever_the_bytes_are() -> None:
    """No piece of a line without an end is longer than the bound and one block."""
    data = b"z" * 10_000
    for start in (0, 1, 5_000):
        stream = io.BytesIO(data)
        stream.seek(max(start - 1, 0))
        lines = list(read_lines(stream, Partition(0, source(data), PLAN, start)))
        assert len(lines) == (start == 0)
        assert all(len(line) <= MAX_LINE + BLOCK for _, line in lines)


def test_the_caller_may_look_beyond_the_partition() -> None:
    """Lines go on to the end of the file: the rest of a stack trace may lie behind the border."""
    data = b"one\ntwo\nthree\n"
    lines = list(read_lines(io.BytesIO(data), Partition(0, source(data), PLAN, 0, 4)))
    assert lines == [(0, b"one"), (4, b"two"), (8, b"three")]
