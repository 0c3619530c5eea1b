"""Cutting data into parts, and naming places in them."""

import itertools
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.reading.compression import Compression
from trainer.reading.cutting import PARTITION_BYTES, cut
from trainer.reading.partitions import (
    MAX_LINES,
    MAX_PARTITIONS,
    Partition,
    Place,
)
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import Source


def plan(format_: str = "jsonl") -> ReadingPlan:
    """A plan for a format."""
    return ReadingPlan(format=format_, kind="logs")


sources = st.lists(
    st.builds(Source, st.sampled_from(["a", "b", "c"]), st.integers(0, 100), st.just("none")),
    max_size=4,
)


@given(sources, st.integers(1, 120))
def test_partitions_cover_every_byte_once(files: list[Source], partition_bytes: int) -> None:
    """Numbered from 0 in the order of the input, each file from its first byte to its end."""
    partitions = cut(plan().for_all(files), partition_bytes)
    assert [partition.number for partition in partitions] == list(range(len(partitions)))
    rest = iter(partitions)
    for source in files:
        position = 0
        while True:
            partition = next(rest)
            assert partition.source == source
            assert partition.start == position
            if partition.stop is None:
                break
            assert partition.stop - partition.start == partition_bytes
            position = partition.stop
        assert source.size_bytes is not None
        assert source.size_bytes - position <= partition_bytes
    assert not list(rest)


@given(sources, st.integers(1, 120))
def test_sizes_of_partitions_add_up(files: list[Source], partition_bytes: int) -> None:
    """So that progress ends at the whole."""
    partitions = cut(plan().for_all(files), partition_bytes)
    assert sum(partition.size_bytes for partition in partitions) == sum(
        file.size_bytes or 0 for file in files
    )


def test_small_files_stay_whole() -> None:
    """Below the size of a partition a file is one partition; a byte more makes two."""
    for size, count in ((0, 1), (1, 1), (PARTITION_BYTES, 1), (PARTITION_BYTES + 1, 2)):
        assert len(cut(plan().for_all([Source("a", size, "none")]))) == count


@pytest.mark.parametrize(
    ("format_", "compression", "size_bytes"),
    [
        ("csv", "none", 1_000),
        ("parquet", "none", 1_000),
        ("jsonl", "gzip", 1_000),
        ("text", "zstd", 1_000),
        ("jsonl", "none", None),
    ],
)
def test_what_cannot_be_opened_within_stays_whole(
    format_: str, compression: Compression, size_bytes: int | None
) -> None:
    """Records of CSV may hold line ends; compressed data and standard input have one beginning."""
    source = Source("a", size_bytes, compression)
    assert cut(plan(format_).for_all([source, source]), 10) == [
        Partition(0, source, plan(format_)),
        Partition(1, source, plan(format_)),
    ]
    assert Partition(0, source, plan(format_)).size_bytes == (size_bytes or 0)


places = st.builds(Place, st.integers(0, MAX_PARTITIONS - 1), st.integers(0, MAX_LINES - 1))


@given(st.lists(places, max_size=10))
def test_packed_places_ascend_in_the_order_of_the_input(found: list[Place]) -> None:
    """First the partition, then the record's number; unpacking gives the place back."""
    by_number = sorted(found, key=Place.pack)
    assert by_number == sorted(found, key=lambda place: (place.partition, place.line))
    assert [Place.unpack(place.pack()) for place in found] == found
    for first, second in itertools.pairwise(by_number):
        assert (first.pack() == second.pack()) == (first == second)


def test_packed_places_are_int64() -> None:
    """The last record of the last partition still fits into a column of the count table."""
    assert Place(MAX_PARTITIONS - 1, MAX_LINES - 1).pack() < 2**63


def test_partitions_go_to_other_processes() -> None:
    """They are plain data."""
    partition = Partition(3, Source("s3://bucket/key", 10, "none"), plan(), 4, 8)
    assert pickle.loads(pickle.dumps(partition)) == partition
