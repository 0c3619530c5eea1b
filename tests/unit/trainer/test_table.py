"""Counting."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from schemas.encoding import FeatureEncoder
from schemas.features import LogFeatures
from tests.made_logs import make_log
from trainer.table import CountTable, count_logs


def test_counting_keeps_every_row(logs: list[LogFeatures], table: CountTable) -> None:
    """The expanded table is the encoded logs, sorted."""
    encoded = FeatureEncoder().matrix(logs)
    assert table.n_samples == len(logs)
    assert np.array_equal(table.expand(), encoded[np.lexsort(encoded.T[::-1])])


def test_the_order_of_logs_does_not_matter(logs: list[LogFeatures], table: CountTable) -> None:
    """The same logs in another order are the same table."""
    again = count_logs(reversed(logs), FeatureEncoder())
    assert np.array_equal(again.rows, table.rows)
    assert np.array_equal(again.counts, table.counts)


def test_services_that_share_a_number_share_a_row() -> None:
    """Rows that are equal as numbers are one row, though their names differ."""
    encoder = FeatureEncoder(service_buckets=1)
    table = count_logs([make_log(service="a"), make_log(service="b")], encoder)
    assert (table.n_distinct, table.n_samples) == (1, 2)


def test_no_logs_are_an_empty_table() -> None:
    """Nothing counted is nothing, not an error."""
    table = count_logs([], FeatureEncoder())
    assert (table.n_distinct, table.n_samples) == (0, 0)


@given(
    st.lists(st.integers(1, 50), min_size=1, max_size=20), st.integers(1, 2000), st.integers(0, 9)
)
def test_a_sample_is_part_of_the_rows(counts: list[int], size: int, seed: int) -> None:
    """A sample has the size asked for (or all rows) and no row more often than it occurs."""
    rows = np.arange(len(counts), dtype=np.float32)[:, None]
    table = CountTable(rows, np.array(counts, np.int64))
    sample = table.sample(size, seed)
    assert len(sample) == min(size, table.n_samples)
    taken = Counter(sample[:, 0].tolist())
    assert all(taken[row] <= count for row, count in enumerate(counts))
    assert np.array_equal(sample, table.sample(size, seed))


def test_a_sample_is_uniform() -> None:
    """Each row comes in proportion to its count: chi-square, 3 degrees of freedom, p > 1e-6."""
    counts = np.array([1000, 2000, 3000, 4000], np.int64)
    table = CountTable(np.arange(4, dtype=np.float32)[:, None], counts)
    drawn = np.sum(
        [np.bincount(table.sample(100, s)[:, 0].astype(int), minlength=4) for s in range(200)],
        axis=0,
    )
    expected = counts / counts.sum() * drawn.sum()
    assert float(((drawn - expected) ** 2 / expected).sum()) < 30.7
