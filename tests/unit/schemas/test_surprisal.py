"""The terms and tables of the surprisal detector."""

import itertools
import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.features import MAX_MESSAGE_LENGTH, Level
from schemas.record.key import FLAGS, LEVELS
from schemas.record.surprisal import (
    FOREST_COLUMNS,
    FOREST_SCORES,
    N_STEPS,
    PAIR_BUCKETS,
    PHIS,
    SEVERITIES,
    SIGNATURE_BUCKETS,
    STEP_STARTS,
    magnitude,
    pair_bucket,
    pair_buckets,
    rarity,
    signature_bucket,
    signature_buckets,
    within_service,
    within_services,
)


def steps_of(length: int) -> float:
    """4 * log2(1 + length) + 0.5, whose integer part is the step of a length."""
    return 4 * math.log2(1 + length) + 0.5


@given(st.integers(0, MAX_MESSAGE_LENGTH) | st.integers(0, 300))
def test_a_length_is_in_the_step_of_the_formula(length: int) -> None:
    """floor(4 * log2(1 + length) + 0.5) starts have been passed.

    On a border the float formula may round to either side; nothing is asked there.
    """
    exact = steps_of(length)
    if abs(exact - round(exact)) > 1e-9:
        step = sum(start <= length for start in STEP_STARTS)
        # Steps that no length falls into share their start with the next.
        assert step == math.floor(exact)


def test_steps_begin_where_integers_say() -> None:
    """Each start is the smallest length with (1 + length)**8 >= 2**(2 k - 1), exactly."""
    for step, start in enumerate(STEP_STARTS, start=1):
        power = 2 ** (2 * step - 1)
        assert (1 + start) ** 8 >= power
        assert start == 0 or start**8 < power
    assert len(STEP_STARTS) + 1 == N_STEPS
    assert STEP_STARTS[-1] <= MAX_MESSAGE_LENGTH < 2 ** ((2 * N_STEPS - 1) / 8) - 1


def test_steps_grow_by_19_per_cent() -> None:
    """Far from the short steps, each step is 2**(1/4) as long as the step before."""
    long = [start for start in STEP_STARTS if start > 10_000]
    assert long
    for first, second in itertools.pairwise(long):
        assert (1 + second) / (1 + first) == pytest.approx(2**0.25, rel=1e-3)


def test_severity_counts_from_info() -> None:
    """DEBUG half a decade below, WARN 1, ERROR 2, FATAL 3 above."""
    by_level = dict(zip(Level, SEVERITIES, strict=True))
    assert by_level == {
        Level.DEBUG: -0.5,
        Level.INFO: 0,
        Level.WARN: 1,
        Level.ERROR: 2,
        Level.FATAL: 3,
    }


signatures = st.tuples(
    st.integers(0, MAX_MESSAGE_LENGTH),
    st.integers(0, LEVELS - 1),
    st.integers(0, SERVICE_BUCKETS - 1),
    st.integers(0, FLAGS - 1),
)


@given(st.lists(signatures, min_size=1))
def test_one_bucket_at_a_time_is_the_column(records: list[tuple[int, int, int, int]]) -> None:
    """Plain Python, as serving hashes, and numpy, as training does, give the same buckets."""
    columns = [np.array(column, np.int64) for column in zip(*records, strict=True)]
    buckets = signature_buckets(*columns).tolist()
    assert buckets == [signature_bucket(*record) for record in records]
    assert all(0 <= bucket < SIGNATURE_BUCKETS for bucket in buckets)


def test_starts_of_steps_are_distinguished_by_both() -> None:
    """At each start and one character before it, both ways agree, and the bucket changes."""
    lengths = np.array([[start - 1, start] for start in STEP_STARTS if start > 0]).ravel()
    zeros = np.zeros(len(lengths), np.int64)
    buckets = signature_buckets(lengths, zeros + 1, zeros + 725, zeros)
    assert buckets.tolist() == [signature_bucket(length, 1, 725, 0) for length in lengths.tolist()]
    assert all(before != at for before, at in buckets.reshape(-1, 2).tolist())


def test_buckets_never_change() -> None:
    """The hash is part of every published bundle; these are values of the first release."""
    assert signature_bucket(0, 0, 0, 0) == 40_503
    assert signature_bucket(250, 3, 725, 4) == 38_390
    assert signature_bucket(MAX_MESSAGE_LENGTH, 4, 65_535, 7) == 58_225
    assert pair_bucket(0, 0) == 40_503
    assert pair_bucket(725, 40_503) == 37_784
    assert pair_bucket(65_535, 65_535) == 32_586


numbers = st.integers(0, 65_535)


@given(st.lists(st.tuples(numbers, numbers), min_size=1))
def test_one_pair_at_a_time_is_the_column(pairs: list[tuple[int, int]]) -> None:
    """Plain Python and numpy give a service and a template the same bucket."""
    columns = [np.array(column, np.int64) for column in zip(*pairs, strict=True)]
    buckets = pair_buckets(*columns).tolist()
    assert buckets == [pair_bucket(*pair) for pair in pairs]
    assert all(0 <= bucket < PAIR_BUCKETS for bucket in buckets)


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1))
def test_rarity_within_a_service(counts: list[tuple[int, int]]) -> None:
    """log10((c[service] + 1) / (c[pair] + 1)); 0 for a service never seen, and never below it."""
    service, pair = (magnitude(np.array(column, np.int64)) for column in zip(*counts, strict=True))
    by_column = within_services(service, pair).tolist()
    assert by_column == [
        within_service(float(count), float(other))
        for count, other in zip(service, pair, strict=True)
    ]
    for (of_service, of_pair), found in zip(counts, by_column, strict=True):
        expected = math.log10((of_service + 1) / (of_pair + 1)) if of_service else 0
        assert found == pytest.approx(max(expected, 0), abs=2e-6)


def test_signatures_spread() -> None:
    """Of 20,000 random signatures, as many share a bucket as chance would have it, within 2 %.

    n signatures in m buckets fill m (1 - (1 - 1/m)**n) of them on average.
    """
    choose = random.Random(0)
    drawn = {
        (
            STEP_STARTS[choose.randrange(8, 60)],
            choose.randrange(LEVELS),
            choose.randrange(SERVICE_BUCKETS),
            choose.randrange(FLAGS),
        )
        for _ in range(20_000)
    }
    filled = len({signature_bucket(*signature) for signature in drawn})
    expected = SIGNATURE_BUCKETS * (1 - (1 - 1 / SIGNATURE_BUCKETS) ** len(drawn))
    assert filled == pytest.approx(expected, rel=0.02)


def test_phi_by_hand() -> None:
    """min(1, -log10 p); above k of the 100 forest scores, p = (100 - k) %.

    A score that is above none is reached by all training records: p = 1, and phi = 0, not -0.
    """
    assert len(PHIS) == FOREST_SCORES + 1
    assert math.copysign(1, PHIS[0]) == 1
    assert PHIS[0] == 0
    assert PHIS[50] == pytest.approx(-math.log10(0.5))
    assert PHIS[80] == pytest.approx(0.6989700043360187)
    assert PHIS[89] == pytest.approx(0.958607314841775)
    assert PHIS[90] == PHIS[99] == PHIS[100] == 1
    assert all(low <= high for low, high in itertools.pairwise(PHIS))


@pytest.mark.parametrize(
    ("count", "n", "decades"),
    [(0, 0, 0.0), (0, 9, 1.0), (9, 9, 0.0), (0, 99_999, 5.0), (9, 999, 2.0), (1, 1_999, 3.0)],
)
def test_rarity_by_hand(count: int, n: int, decades: float) -> None:
    """log10((n + 1) / (c + 1)): never seen among 9 is one decade, seen always is none."""
    assert rarity(np.array([count]), n)[0] == pytest.approx(decades)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=2), st.integers(10**6, 10**9))
def test_what_is_rarer_has_more_decades(counts: list[int], n: int) -> None:
    """Rarity never grows with the count, and is float32, as bundles store it."""
    few, many = sorted(counts)
    decades = rarity(np.array([few, many]), n)
    assert decades.dtype == np.float32
    assert decades[0] >= decades[1] >= 0


def test_the_forests_columns_stand_for_the_six_features() -> None:
    """There are as many columns as features, so contributions keep their names."""
    assert len(FOREST_COLUMNS) == 6
