"""Thresholds from records judged as they came."""

import random
import weakref
from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.bundle.options import TrainOptions
from schemas.record.extraction import extract
from schemas.record.features import Level, LogFeatures
from trainer.counting.table import CountTable, count_logs, merge_tables
from trainer.fitting.forward import SPLIT_SHARES, Calibration, Measured, split_forward
from trainer.fitting.surprisal_fit import fit_surprisal, judge_surprisal

CONTAMINATION = 0.02


def at_moments(keys: list[int], moments: list[int]) -> CountTable:
    """A table of records that were each seen at a moment."""
    seen = np.array(moments, np.int64)
    ones = np.ones(len(keys), np.int64)
    return merge_tables(
        [CountTable(keys=np.array(keys), counts=ones, first_seen=seen, last_seen=seen)]
    )


@given(st.integers(1, 30), st.integers(-(10**15), 10**15), st.integers(1, 10**9))
def test_what_came_once_is_on_one_side_of_a_moment(n: int, start: int, step: int) -> None:
    """Exactly so many came before each moment as the share says; all of the others came later."""
    n *= 8
    table = at_moments(list(range(n)), [start + step * number for number in range(n)])
    splits = list(split_forward(table, min_records=1))
    assert len(splits) == len(SPLIT_SHARES)
    for share, split in zip(SPLIT_SHARES, splits, strict=True):
        came_before = round(share * n)
        assert split.before.tolist() == [round(1 / share)] * came_before + [0] * (n - came_before)
        stop = min(2 * came_before, n)
        assert np.flatnonzero(split.after).tolist() == list(range(came_before, stop))


def test_what_came_on_both_sides_is_shared_out() -> None:
    """A record that came all the time is in both tables; a new record in the later alone."""
    keys = [0, 1] * 400 + [0, 2] * 400
    splits = list(split_forward(at_moments(keys, list(range(1_600)))))
    half = splits[SPLIT_SHARES.index(0.5)]
    np.testing.assert_allclose(half.before, [800, 800, 0], atol=4)
    np.testing.assert_allclose(half.after, [400, 0, 400], atol=4)


def test_without_moments_there_are_no_splits() -> None:
    """Nobody noted any, all records came at the same, or there are few."""
    table = at_moments([1, 2, 3], [7, 7, 7])
    assert list(split_forward(table, min_records=1)) == []
    bare = msgspec.structs.replace(table, first_seen=None, last_seen=None)
    assert list(split_forward(bare, min_records=1)) == []
    assert list(split_forward(at_moments(list(range(999)), list(range(999))))) == []
    assert list(split_forward(at_moments(list(range(1_000)), list(range(1_000))))) != []


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), min_size=1), st.randoms())
def test_cuts_and_order_do_not_matter(
    records: list[tuple[int, int]], choose: random.Random
) -> None:
    """Parts merged in any order give the same splits."""
    parts = [at_moments([key], [moment]) for key, moment in records]
    whole = list(split_forward(merge_tables(parts), min_records=1))
    choose.shuffle(parts)
    middle = len(parts) // 2
    again = list(
        split_forward(merge_tables([merge_tables(parts[:middle]), *parts[middle:]]), min_records=1)
    )
    assert [split.before.tolist() for split in again] == [split.before.tolist() for split in whole]
    assert [split.after.tolist() for split in again] == [split.after.tolist() for split in whole]


def drifting(n: int, seed: int) -> list[LogFeatures]:
    """Usual lines, and jobs that each write texts of their own for a while and never again."""
    choose = random.Random(seed)
    usual = [f"served the page {chr(97 + number) * 3}" for number in range(20)]
    logs: list[LogFeatures] = []
    job, left = "", 0
    for _ in range(n):
        if not left:
            job, left = "".join(choose.choices("bcdfgh", k=12)), choose.randint(5, 40)
        if choose.random() < 0.1:
            left -= 1
            logs.append(extract(f"job {job} has read its part", Level.INFO, "batch"))
        else:
            logs.append(extract(choose.choice(usual), Level.INFO, "web"))
    return logs


@pytest.mark.parametrize("seed", range(4))
def test_the_flagged_share_holds_later(seed: int) -> None:
    """Of the later half of drifting logs no more than twice of what was asked is flagged.

    By thresholds that take what is new later for what is known it is five times as much.
    """
    logs = drifting(8_000, seed)
    earlier, later = count_logs(logs[:4_000]), count_logs(logs[4_000:])
    options = TrainOptions(detector="surprisal", contamination=CONTAMINATION, n_estimators=5)
    shares = []
    for table in (earlier, msgspec.structs.replace(earlier, first_seen=None, last_seen=None)):
        judged = judge_surprisal(later.keys, fit_surprisal(table, options))
        shares.append(later.counts[judged.is_anomaly].sum() / later.n_samples)
    forward, left_out = shares
    assert forward <= 2 * CONTAMINATION
    assert left_out > 3 * CONTAMINATION


def measured(values: list[int], counts: list[int]) -> Measured:
    """Records of one service with the D of each."""
    return Measured(np.array(values, float), np.array(counts), np.zeros(len(values), np.int64))


calibrated = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 50)), min_size=1, max_size=20)


@given(calibrated, st.lists(calibrated, min_size=1, max_size=3), st.floats(0.01, 0.5))
def test_a_threshold_is_one_quantile_of_both(
    present: list[tuple[int, int]], later: list[list[tuple[int, int]]], contamination: float
) -> None:
    """It lies between that of the records as they are and those of the records as they came."""
    parts = [measured(*map(list, zip(*records, strict=True))) for records in (present, *later)]
    threshold = Calibration.of(parts[0], parts[1:]).threshold(contamination)
    single = [Calibration.of(part, []).threshold(contamination) for part in parts]
    assert min(single) - 1e-6 <= threshold <= max(single) + 1e-6
    values = np.concatenate([np.repeat(part.values, part.counts) for part in parts])
    assert (values > threshold).mean() <= contamination


def test_parts_are_held_one_after_the_other() -> None:
    """A part is gone before the next but one is measured: together they are many tables large."""
    earlier: list[weakref.ref[np.ndarray[Any, Any]]] = []

    def later() -> Iterator[Measured]:
        for _ in range(6):
            assert sum(values() is not None for values in earlier) <= 1
            part = measured([3, 1, 1], [1, 2, 3])
            earlier.append(weakref.ref(part.values))
            yield part

    calibration = Calibration.of(measured([2], [1]), later())
    assert calibration.whole.counts.tolist() == [30, 1, 6]


def test_what_came_changes_thresholds_alone() -> None:
    """Neither the forest nor the shares of the training records that `percentile` gives."""
    table = count_logs(drifting(2_000, 1))
    options = TrainOptions(detector="surprisal", contamination=CONTAMINATION, n_estimators=5)
    forward = fit_surprisal(table, options)
    bare = msgspec.structs.replace(table, first_seen=None, last_seen=None)
    left_out = fit_surprisal(bare, options)
    assert (forward.is_forward, left_out.is_forward) == (True, False)
    assert forward.threshold > left_out.threshold
    assert np.any(forward.tables.steps > left_out.tables.steps)
    assert forward.tables.percentiles.tolist() == left_out.tables.percentiles.tolist()
    assert forward.graph == left_out.graph
