"""Quantiles, and the edges that stand in for them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.fitting.quantiles import (
    MARGIN,
    NOISE,
    THOUSANDTHS,
    Steps,
    share_below,
    summed,
    weighted_percentile,
)

VALUES = st.lists(
    st.tuples(st.integers(0, 2_000), st.integers(1, 40)),
    min_size=1,
    max_size=60,
    unique_by=lambda pair: pair[0],
)


@given(
    st.lists(st.tuples(st.floats(-1, 0), st.integers(1, 40)), min_size=1, max_size=60),
    st.floats(0, 100),
)
def test_the_weighted_percentile_is_numpys(
    pairs: list[tuple[float, int]], percentage: float
) -> None:
    """Equal to numpy's percentile of the repeated values, to the last bit."""
    values = np.array([value for value, _ in pairs])
    counts = np.array([count for _, count in pairs], np.int64)
    expected = np.percentile(np.repeat(values, counts), percentage)
    assert weighted_percentile(values, counts, percentage) == expected


def test_the_weighted_percentile_counts_from_the_nearer_end() -> None:
    """Interpolated from below, the last bit would be another: a case where both differ."""
    values, counts = np.array([-0.7, -0.1]), np.array([1, 1])
    assert weighted_percentile(values, counts, 70.0) == np.percentile([-0.7, -0.1], 70.0)
    assert weighted_percentile(values, counts, 70.0) != -0.7 + (-0.1 - -0.7) * 0.7


@given(VALUES, st.integers(1, 1_000))
def test_at_least_the_share_lies_below_an_edge(pairs: list[tuple[int, int]], share: int) -> None:
    """And of the edge below it, less than the share does: it is the lowest such edge."""
    values = np.array([value / 1_000 for value, _ in pairs])
    counts = np.array([count for _, count in pairs], np.int64)
    edge = float(Steps.of(values, counts).at_least(np.array([share / 1_000]))[0])
    rows = np.repeat(values, counts)
    assert np.mean(rows < edge) >= share / 1_000 - 1e-12
    lower = values[values < edge].max()
    assert np.mean(rows < lower) < share / 1_000


@given(VALUES, st.integers(1, 100))
def test_the_share_reaches_the_value_below_an_edge(
    pairs: list[tuple[int, int]], share: int
) -> None:
    """And less than the share lies above the edge."""
    values = np.array([value / 1_000 for value, _ in pairs])
    counts = np.array([count for _, count in pairs], np.int64)
    edge = float(Steps.of(values, counts).reached_by(np.array([share / 100]))[0])
    rows = np.repeat(values, counts)
    assert np.mean(rows > edge) < share / 100
    assert np.mean(rows >= values[values < edge].max()) >= share / 100 - 1e-12


@given(VALUES, st.integers(0, 2**32 - 1))
def test_noise_moves_no_value_across_an_edge(pairs: list[tuple[int, int]], seed: int) -> None:
    """Computed again with another rounding, a value has the percentile that it had."""
    values = np.array([value / 1_000 for value, _ in pairs])
    counts = np.array([count for _, count in pairs], np.int64)
    edges = Steps.of(values, counts).at_least(THOUSANDTHS)
    noisy = values + np.random.default_rng(seed).uniform(-NOISE / 2, NOISE / 2, len(values))
    assert np.array_equal(share_below(edges, noisy), share_below(edges, values))


TIES = st.lists(
    st.tuples(st.sampled_from([0.0, 1e-8, 0.5, 0.5 + 4 * NOISE, 2.0]), st.integers(1, 40)),
    min_size=1,
    max_size=20,
)


@given(st.lists(TIES, min_size=1, max_size=4))
def test_parts_have_the_steps_of_the_whole(parts: list[list[tuple[float, int]]]) -> None:
    """To the last bit, whether each part was summed up before or not; none is held then."""
    columns = [
        (np.array([value for value, _ in part]), np.array([count for _, count in part]))
        for part in parts
    ]
    both = (np.concatenate(column) for column in zip(*columns, strict=True))
    whole = Steps.of(*both)
    for given_parts in (columns[:], [summed(*part) for part in columns]):
        steps = Steps.of_parts(given_parts)
        assert np.array_equal(steps.edges, whole.edges)
        assert np.array_equal(steps.counts, whole.counts)
        assert not given_parts


def test_values_nearer_than_noise_share_an_edge() -> None:
    """Two roundings of the same score are the same score."""
    steps = Steps.of(np.array([0.5, 0.5 + NOISE / 10, 0.6]), np.array([1, 2, 3]))
    assert steps.counts.tolist() == [3, 3]
    assert steps.edges == pytest.approx([0.5 + MARGIN, 0.6 + MARGIN], abs=NOISE)


def test_an_edge_lies_half_way_where_values_are_near() -> None:
    """It may not come as close to the next value as to be crossed from there."""
    steps = Steps.of(np.array([0.5, 0.5 + 4 * NOISE]), np.array([1, 1]))
    assert steps.edges[0] == pytest.approx(0.5 + 2 * NOISE, abs=NOISE / 100)


def test_half_a_row_in_two_to_the_53_cannot_be_meant() -> None:
    """Shares that are not exact as doubles do not ask for a row more than they say."""
    values, counts = np.arange(10) / 10, np.full(10, 100)
    steps = Steps.of(values, counts)
    for thousandths in range(1, 1_001):
        edge = steps.at_least(np.array([1 - (1_000 - thousandths) / 1_000]))[0]
        assert np.repeat(values, counts)[thousandths - 1] < edge
        assert edge <= np.repeat(values, counts)[thousandths - 1] + MARGIN
