"""Counting a part, and adding parts up."""

import gzip
import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.extraction import MessageFeatures, extract
from schemas.record.features import Level, LogFeatures
from schemas.record.key import pack_record
from tests.made_logs import make_log, make_logs, make_raw_logs
from trainer.counting.record_counter import FLUSH_RECORDS, RecordCounter
from trainer.counting.step import count_partition
from trainer.counting.sums import MERGE_RECORDS, Counted, PartCount, PartSum
from trainer.counting.table import EMPTY, CountTable, count_logs
from trainer.reading.assembling import Record
from trainer.reading.cutting import cut
from trainer.reading.faults import MAX_SAMPLES
from trainer.reading.partitions import Place
from trainer.reading.plan import Fields, ReadingPlan
from trainer.reading.sources import find_sources

LOGS = ReadingPlan(
    format="jsonl",
    kind="logs",
    fields=Fields(message="message", level="level", service="service", label="fault"),
)

of_features = {
    "message_length": st.integers(0, 2),
    "level": st.sampled_from(Level),
    "service": st.sampled_from(["a", "b"]),
    "has_exception": st.booleans(),
    "has_timeout": st.booleans(),
    "has_connection_error": st.booleans(),
}
some_features = st.builds(LogFeatures, **of_features) | st.builds(
    MessageFeatures, **of_features, pattern=st.integers(0, 2**64 - 1), has_failure=st.booleans()
)


def plain(table: CountTable) -> tuple[object, ...]:
    """A table in a comparable form."""
    return (
        table.keys.tolist(),
        table.counts.tolist(),
        None if table.positives is None else table.positives.tolist(),
        None if table.places is None else table.places.tolist(),
        dict(table.services),
    )


def whole(counted: Counted) -> tuple[object, ...]:
    """All that was counted, in a comparable form."""
    return plain(counted.table), counted.records, counted.n_bad, counted.bad


def count(
    logs: Sequence[LogFeatures], partition: int = 0, flush_records: int = FLUSH_RECORDS
) -> CountTable:
    """Logs counted one by one."""
    counter = RecordCounter(partition, labelled=False, flush_records=flush_records)
    for line, log in enumerate(logs, start=1):
        counter.count([Record(line, log)])
    return counter.table()


@given(st.lists(some_features, max_size=30))
def test_counting_one_by_one_is_counting_all(logs: list[LogFeatures]) -> None:
    """The same keys and counts as of logs that came at once, with or without messages."""
    table, expected = count(logs), count_logs(logs)
    assert plain(table)[:2] == plain(expected)[:2]
    assert dict(table.services) == dict(expected.services)


@given(some_features)
def test_the_key_is_the_one_of_packing(log: LogFeatures) -> None:
    """What is written out for speed is `schemas.record.key.pack_record`."""
    assert count([log]).keys.tolist() == [pack_record(log)]


@given(st.lists(some_features, max_size=30), st.integers(0, 2**20))
def test_places_are_the_first_ones(logs: list[LogFeatures], partition: int) -> None:
    """Each distinct record is noted where it was first seen."""
    table = count(logs, partition)
    first: dict[int, Place] = {}
    for line, log in enumerate(logs, start=1):
        first.setdefault(pack_record(log), Place(partition, line))
    if logs:
        assert table.places is not None
        places = dict(zip(table.keys.tolist(), table.places.tolist(), strict=True))
        assert {key: Place.unpack(place) for key, place in places.items()} == first


def labelled(labels: Sequence[bool | None]) -> CountTable:
    """Equal records with these labels."""
    counter = RecordCounter(0, labelled=True)
    for line, positive in enumerate(labels, start=1):
        counter.count([Record(line, make_log(), None, positive)])
    return counter.table()


def test_labels_are_counted() -> None:
    """How many of the equal records were labelled as anomalies."""
    table = labelled([True, False, True, False, False])
    assert (table.counts.tolist(), plain(table)[2]) == ([5], [2])
    assert plain(labelled([False]))[2] == [0]
    assert count([make_log()]).positives is None


@pytest.mark.parametrize("limit", [1, 2, 7, 1_000])
def test_memory_is_given_back_on_the_way(limit: int) -> None:
    """However often what was counted is put into columns, the table is the same."""
    logs = [*make_logs(300), *(extract(log.message, log.level, "x") for log in make_raw_logs(99))]
    expected = plain(count(logs))
    assert plain(count(logs, flush_records=limit)) == expected


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Files of raw logs with labels, some of them bad, one compressed, one empty."""
    choose = random.Random(0)
    for number in range(3):
        lines = [
            msgspec.json.encode(
                {**msgspec.to_builtins(log), "fault": choose.choice([None, "disk-full"])}
            )
            for log in make_raw_logs(200, seed=number)
        ]
        lines[50 * number : 50 * number] = [b"no json", b'{"level": "INFO"}', b""]
        (tmp_path / f"{number}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    compressed = tmp_path / "3.jsonl.gz"
    compressed.write_bytes(gzip.compress((tmp_path / "0.jsonl").read_bytes()))
    (tmp_path / "4.jsonl").write_bytes(b"")
    return tmp_path


def parts_of(data: Path, partition_bytes: int) -> list[PartCount]:
    """Each partition, counted."""
    partitions = cut(LOGS.for_all(find_sources([str(data)])), partition_bytes)
    return [count_partition(partition) for partition in partitions]


def add_up(parts: Sequence[PartCount], merge_records: int = MERGE_RECORDS) -> Counted:
    """The sum of parts."""
    total = PartSum(merge_records)
    for part in parts:
        total.add(part)
    return total.counted()


def test_parts_add_up_in_any_order(data: Path) -> None:
    """Results come as they are ready: the sum does not depend on their order, places included."""
    parts = parts_of(data, 700)
    assert len(parts) > 50
    expected = whole(add_up(parts))
    for seed in range(5):
        random.Random(seed).shuffle(parts)
        assert whole(add_up(parts)) == expected


@pytest.mark.parametrize("partition_bytes", [300, 1_000, 5_000, 10**6])
def test_the_table_does_not_depend_on_the_parts(data: Path, partition_bytes: int) -> None:
    """The same counts, labels and numbers of bad records, however the data was cut."""
    whole, in_parts = add_up(parts_of(data, 10**9)), add_up(parts_of(data, partition_bytes))
    assert plain(whole.table)[:3] == plain(in_parts.table)[:3]
    assert whole.table.services == in_parts.table.services
    assert (whole.n_records, whole.n_bad) == (in_parts.n_records, in_parts.n_bad) == (812, 8)
    assert whole.table.n_samples == 800


def test_the_table_is_that_of_the_logs(data: Path) -> None:
    """Every usable record is there, once for each time it was written."""
    logs = [
        extract(log.message, log.level, log.service)
        for number in (0, 1, 2, 0)
        for log in make_raw_logs(200, seed=number)
    ]
    assert plain(add_up(parts_of(data, 999)).table)[:2] == plain(count_logs(logs))[:2]


def test_bad_records_are_named_in_the_order_of_the_input(data: Path) -> None:
    """The first of all parts are kept, wherever they were read."""
    counted = add_up(parts_of(data, 700)[::-1])
    places = [place.pack() for place, _ in counted.bad]
    assert places == sorted(places)
    assert len(counted.bad) == counted.n_bad == 8
    assert {problem.partition(":")[0] for _, problem in counted.bad} == {"not JSON", "message"}


def part(number: int, table: CountTable, n_bad: int) -> PartCount:
    """A part with so many bad records."""
    bad = [(Place(number, line), "bad") for line in range(1, min(n_bad, MAX_SAMPLES) + 1)]
    return PartCount(number, table, table.n_samples + n_bad, n_bad, bad)


def test_only_so_many_bad_records_are_named() -> None:
    """The sum is of bounded size, however many parts there are."""
    counted = add_up([part(number, EMPTY, 7) for number in (5, 3, 9, 1)])
    assert counted.n_bad == 28
    assert [place.partition for place, _ in counted.bad] == [1] * 7 + [3] * 3


def test_tables_are_added_up_on_the_way() -> None:
    """However often tables that wait are merged, the sum is the same."""
    parts = [part(number, count(make_logs(50, seed=number), number), 1) for number in range(8)]
    expected = whole(add_up(parts))
    for limit in (0, 20, 10**6):
        assert whole(add_up(parts, limit)) == expected


def test_nothing_adds_up_to_nothing() -> None:
    """No part, and parts without a record, are an empty table and no error."""
    for parts in ([], [part(0, EMPTY, 0), part(1, EMPTY, 3)]):
        counted = add_up(parts)
        assert counted.table.n_distinct == 0
        assert counted.n_records == sum(part.n_records for part in parts)


def test_labels_survive_parts_without_a_record() -> None:
    """A part of bad lines alone has no labels, and takes none away."""
    table = labelled([True, False])
    counted = add_up([part(0, EMPTY, 2), part(1, table, 0), part(2, EMPTY, 0)])
    assert plain(counted.table)[2] == [1]
