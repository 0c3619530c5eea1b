"""Counting, merging and sampling."""

import itertools
from collections import Counter

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.encoding import SERVICE_BUCKETS, FeatureEncoder, service_number
from schemas.record.extraction import extract
from schemas.record.features import Level, LogFeatures
from schemas.record.key import pack_record
from tests.made_logs import make_log
from trainer.counting.table import (
    MAX_HYPERGEOMETRIC,
    NEVER_SEEN,
    NO_TIME,
    CountTable,
    count_logs,
    in_order,
    merge_tables,
)
from trainer.reading.partitions import Place


def test_counting_keeps_every_row(logs: list[LogFeatures], table: CountTable) -> None:
    """The expanded table is the encoded logs, sorted."""
    encoded = FeatureEncoder().matrix(logs)
    assert table.n_samples == len(logs)
    expanded = np.repeat(table.rows, table.counts, axis=0)
    assert np.array_equal(expanded, encoded[np.lexsort(encoded.T[::-1])])


def test_the_order_of_logs_does_not_matter(logs: list[LogFeatures], table: CountTable) -> None:
    """The same logs in another order are the same table."""
    again = count_logs(reversed(logs))
    assert np.array_equal(again.keys, table.keys)
    assert np.array_equal(again.counts, table.counts)
    assert again.services == table.services


def same_number() -> tuple[str, str]:
    """Two names that the hash makes one number of."""
    seen: dict[int, str] = {}
    for number in itertools.count():
        name = f"service-{number}"
        bucket = service_number(name, SERVICE_BUCKETS)
        if bucket in seen:
            return seen[bucket], name
        seen[bucket] = name
    raise AssertionError("there are fewer numbers than names")


def test_services_that_share_a_number_share_a_row() -> None:
    """Rows that are equal as numbers are one row, though their names differ.

    The row goes by the name that is first in alphabetical order, whichever came first.
    """
    names = same_number()
    for order in (names, names[::-1]):
        table = count_logs([make_log(service=name) for name in order])
        assert (table.n_distinct, table.n_samples) == (1, 2)
        assert list(table.services.values()) == [min(names)]


def test_no_logs_are_an_empty_table() -> None:
    """Nothing counted is nothing, not an error."""
    for table in (count_logs([]), merge_tables([])):
        assert (table.n_distinct, table.n_samples) == (0, 0)
        assert table.rows.shape == (0, 6)


def test_messages_are_distinguished_until_traits_are_dropped() -> None:
    """Logs with equal features and other messages are several records, and one without traits."""
    logs = [extract(message, Level.INFO, "cart") for message in ("ab 1", "ab 2", "cd 1")]
    table = count_logs([*logs, LogFeatures(4, Level.INFO, "cart", False, False, False)])  # noqa: FBT003 - its flags
    assert sorted(table.counts.tolist()) == [1, 1, 2]
    bare = table.without_traits()
    assert (bare.n_distinct, bare.n_samples) == (1, 4)
    assert not bare.traits.any()
    assert bare.services == table.services
    assert bare.without_traits() is bare


columns = st.lists(
    st.tuples(
        st.integers(0, 6),  # few keys, so that tables share some
        st.integers(1, 1_000),
        st.integers(0, 50),
    ),
    max_size=8,
)
tables = st.builds(
    lambda rows, names: CountTable(
        keys=np.array([row[0] for row in rows], np.int64),
        counts=np.array([row[1] for row in rows], np.int64),
        positives=np.array([min(row[1], row[2]) for row in rows], np.int64),
        places=np.array([row[2] for row in rows], np.int64),
        last_places=np.array([row[1] for row in rows], np.int64),
        first_seen=np.array([row[2] - 9 for row in rows], np.int64),
        last_seen=np.array([row[1] - 9 for row in rows], np.int64),
        services=names,
    ),
    columns,
    st.dictionaries(st.integers(0, 3), st.sampled_from(["a", "b", "c"])),
)


def plain(table: CountTable) -> tuple[object, ...]:
    """A table in a comparable form."""
    return (
        table.keys.tolist(),
        table.counts.tolist(),
        None if table.positives is None else table.positives.tolist(),
        *(
            None if column is None else column.tolist()
            for column in (table.places, table.last_places, table.first_seen, table.last_seen)
        ),
        dict(table.services),
    )


@given(st.lists(tables, max_size=5), st.randoms())
def test_merging_does_not_depend_on_order_or_grouping(
    parts: list[CountTable], choose: st.DataObject
) -> None:
    """Merging is commutative and associative, and an empty table changes nothing."""
    whole = plain(merge_tables(parts))
    shuffled = [*parts, CountTable(keys=np.empty(0, np.int64), counts=np.empty(0, np.int64))]
    choose.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    middle = len(shuffled) // 2
    halves = [merge_tables(shuffled[:middle]), merge_tables(shuffled[middle:])]
    assert plain(merge_tables(halves)) == whole
    assert plain(merge_tables([merge_tables(parts)])) == whole


@given(st.lists(tables, min_size=1, max_size=5))
def test_merging_adds_up(parts: list[CountTable]) -> None:
    """Counts and labels are summed, the first and last places, moments and names kept."""
    merged = merge_tables(parts)
    counts: Counter[int] = Counter()
    positives: Counter[int] = Counter()
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    names: dict[int, str] = {}
    for part in parts:
        assert part.positives is not None
        assert part.places is not None
        rows = zip(part.keys, part.counts, part.positives, part.places, strict=True)
        for key, count, positive, place in rows:
            counts[int(key)] += int(count)
            positives[int(key)] += int(positive)
            first[int(key)] = min(first.get(int(key), NEVER_SEEN), int(place))
            last[int(key)] = max(last.get(int(key), NO_TIME), int(count))
        if part.n_distinct:  # an empty table names no service
            for number, name in part.services.items():
                names[number] = min(names.get(number, name), name)
    order = sorted(counts)
    if not order:
        assert merged.n_distinct == 0
        return
    assert plain(merged) == (
        order,
        [counts[key] for key in order],
        [positives[key] for key in order],
        [first[key] for key in order],
        [last[key] for key in order],
        [first[key] - 9 for key in order],
        [last[key] - 9 for key in order],
        names,
    )


@pytest.mark.parametrize("lacking", ["positives", "places", "first_seen", "last_seen"])
def test_what_one_table_lacks_the_sum_lacks(lacking: str) -> None:
    """Labels, places and moments stay only if every table that holds anything has them."""
    whole = CountTable(
        keys=np.array([1, 2]),
        counts=np.array([3, 4]),
        positives=np.array([1, 0]),
        places=np.array([5, 6]),
        first_seen=np.array([5, 6]),
        last_seen=np.array([7, 6]),
    )
    without = msgspec.structs.replace(whole, **{lacking: None})
    merged = merge_tables([whole, without])
    assert merged.counts.tolist() == [6, 8]
    assert getattr(merged, lacking) is None
    kept = {"positives", "places", "first_seen", "last_seen"} - {lacking}
    assert all(getattr(merged, name) is not None for name in kept)


def test_a_table_of_two_halves_is_the_table_of_the_whole(logs: list[LogFeatures]) -> None:
    """Counting parts and merging them is counting all at once, names included; not their order."""
    halves = merge_tables([count_logs(logs[:300]), count_logs(logs[300:])])
    bare = {"first_seen": None, "last_seen": None}
    expected = msgspec.structs.replace(count_logs(logs), **bare)
    assert plain(msgspec.structs.replace(halves, **bare)) == plain(expected)


def test_sums_do_not_overflow() -> None:
    """Counts far beyond 2**32, as of an archive that no machine can hold, add up exactly."""
    key = np.array([pack_record(make_log())], np.int64)
    many = CountTable(keys=key, counts=np.array([2**40 + 1]))
    assert merge_tables([many] * 3).n_samples == 3 * 2**40 + 3


def keyed(counts: list[int]) -> CountTable:
    """A table of so many distinct records with these counts."""
    return CountTable(keys=np.arange(len(counts)), counts=np.array(counts, np.int64))


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=20), st.integers(1, 2000), st.integers(0, 9)
)
def test_a_sample_is_part_of_the_rows(counts: list[int], size: int, seed: int) -> None:
    """A sample has the size asked for (or all rows) and no row more often than it occurs."""
    table = keyed(counts)
    sample = table.sample(size, seed)
    assert sample.sum() == min(size, table.n_samples)
    assert np.all((sample >= 0) & (sample <= table.counts))
    assert np.array_equal(sample, table.sample(size, seed))


@pytest.mark.parametrize("times", [1, MAX_HYPERGEOMETRIC // 10_000, 10**9])
def test_a_sample_is_uniform(times: int) -> None:
    """Each row comes in proportion to its count, of any number of rows: chi-square, 3 degrees of
    freedom, p > 1e-6.
    """
    table = keyed([1000 * times, 2000 * times, 3000 * times, 4000 * times])
    drawn = np.sum([table.sample(100, seed) for seed in range(200)], axis=0)
    expected = table.counts / table.counts.sum() * drawn.sum()
    assert drawn.sum() == 200 * 100
    assert float(((drawn - expected) ** 2 / expected).sum()) < 30.7


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.sets(st.integers(1, 39)))
def test_the_order_of_records_is_that_of_the_data_however_it_is_cut(
    keys: list[int], cuts: set[int]
) -> None:
    """Where no time is known, first and last are numbers of records over all partitions."""
    edges = [0, *sorted(cut for cut in cuts if cut < len(keys)), len(keys)]
    parts, records = [], {}
    for number, (start, stop) in enumerate(itertools.pairwise(edges)):
        records[number] = stop - start
        places = np.array([Place(number, line).pack() for line in range(1, stop - start + 1)])
        ones = np.ones(stop - start, np.int64)
        held = np.array(keys[start:stop])
        parts.append(CountTable(keys=held, counts=ones, places=places, last_places=places))
    table = in_order(merge_tables(parts), records)
    assert table.first_seen is not None
    assert table.last_seen is not None
    found = zip(table.keys, table.first_seen, table.last_seen, strict=True)
    for key, first, last in found:
        lines = [line for line, held in enumerate(keys, start=1) if held == key]
        assert (first, last) == (lines[0], lines[-1])
