"""The tables and the bars, made from results."""

import pytest

from benchmarks.bar import NOT_MEASURED, Bar
from benchmarks.bars import bars
from benchmarks.competitors import BARE, FASTAPI, NOOP, OURS, SURPRISAL
from benchmarks.report import report
from benchmarks.results import (
    About,
    GraphFigure,
    GraphSection,
    LoadSection,
    MemoryPoint,
    MemorySection,
    PackageSize,
    Results,
    Run,
    ScalingSection,
    Series,
    SizeSection,
    Timing,
    TimingSection,
)
from benchmarks.tables import table

ABOUT = About("2026-11-22T10:00:00+00:00", "python -m benchmarks", 2, 1, quick=True)


def series(
    target: str,
    rate: int,
    *,
    batch: int = 0,
    connections: int = 8,
    p50: float = 1.0,
    status: int = 0,
    workload: str = "real",
) -> Series:
    """One round of a second."""
    latency = {"p50": p50, "p90": p50, "p99": 2 * p50, "max": 9.0}
    runs = [Run(rate, 1.0, {"status": status}, latency, 0.5)]
    return Series(target, workload, batch, connections, runs)


def predict(*found: Series) -> Results:
    """Results of the predict experiment alone."""
    return Results(predict=LoadSection(ABOUT, list(found)))


def bar(results: Results, start: str) -> Bar:
    """The bar whose text starts so."""
    return next(bar for bar in bars(results) if bar.what.startswith(start))


RATIO = f"predict, real records, 8 connections: this service / {FASTAPI}"


@pytest.mark.parametrize(
    ("rate", "measured", "reached"), [(550, "55.0x", True), (540, "54.0x", False)]
)
def test_a_ratio_is_ours_by_theirs(rate: int, measured: str, reached: bool) -> None:  # noqa: FBT001
    """The bar is reached at its very value."""
    found = bar(predict(series(OURS, rate), series(FASTAPI, 10)), RATIO)
    assert (found.measured, found.reached) == (measured, reached)


def test_both_detectors_must_reach_the_same() -> None:
    """Every bar on predictions stands once per detector, each with that service's own figures."""
    results = predict(series(OURS, 550), series(SURPRISAL, 540), series(FASTAPI, 10))
    found = bar(results, f"predict, real records, 8 connections: {SURPRISAL} / {FASTAPI}")
    assert (found.measured, found.reached) == ("54.0x", False)
    named = [bar.what for bar in bars(Results()) if "records" in bar.what]
    ours = {what for what in named if f"{OURS} " in what or f"{OURS}:" in what}
    assert {what.replace(OURS, SURPRISAL) for what in ours} == {
        what for what in named if SURPRISAL in what
    }


def test_raw_logs_are_counted_as_logs() -> None:
    """A batch of a hundred raw records is a hundred logs, and has a bar of its own."""
    found = series(OURS, 1_000, batch=100, workload="raw")
    results = Results(batch=LoadSection(ABOUT, [found]))
    what = f"batch of 100, raw records, {OURS}"
    assert bar(results, what).measured == "100,000"
    assert bar(results, what).reached


def test_a_void_figure_reaches_nothing() -> None:
    """However fast: the reason stands where the figure would be, in the bars and in the table."""
    results = predict(series(OURS, 10_000, status=2), series(FASTAPI, 10))
    found = bar(results, RATIO)
    assert (found.measured, found.reached) == (f"void: {OURS}: 2 x status", None)
    assert "| this service | void: 2 x status |" in report(results, [])


def test_what_was_not_measured_is_marked_so() -> None:
    """Empty results make a whole table, without a single figure."""
    assert {(bar.measured, bar.reached) for bar in bars(Results())} == {(NOT_MEASURED, None)}


def test_the_tail_is_compared_with_the_peers_median() -> None:
    """Our p99 at 64 connections, their p50."""
    ours, theirs = (
        series(target, 10, connections=64, p50=p50) for target, p50 in ((OURS, 3.0), (FASTAPI, 7.0))
    )
    found = bar(predict(ours, theirs), f"predict, real records, 64 connections, {OURS}: p99")
    assert (found.measured, found.reached) == ("6.0 ms beside 7.0 ms", True)


def test_a_big_batch_is_compared_with_bare_msgspec_twice() -> None:
    """As time with one client alone, and as throughput with all workers busy."""
    results = Results(
        batch=LoadSection(
            ABOUT,
            [
                series(OURS, 10, batch=1_000, connections=1, p50=3.0),
                series(BARE, 10, batch=1_000, connections=1, p50=2.0),
                series(OURS, 100, batch=1_000),
                series(BARE, 250, batch=1_000),
            ],
        )
    )
    alone, busy = bar(results, "batch of 1,000"), bar(results, "the same, as throughput")
    assert (alone.measured, alone.reached) == ("1.50x", True)
    assert (busy.measured, busy.reached) == ("2.50x", False)


def test_memory_is_taken_after_the_first_hundred_thousand_requests() -> None:
    """Growth is the last quarter's mean less the first's, of the points from there on."""
    megabytes = [50, 110, 120, 119, 119, 119, 121, 119, 130]
    points = [MemoryPoint(60_000 * n, mb * 1_000_000) for n, mb in enumerate(megabytes)]
    results = Results(memory=MemorySection(ABOUT, points))
    after, growth = (
        bar(results, "proportional"),
        bar(results, "proportional set size, 2 workers: g"),
    )
    assert (after.measured, after.reached) == ("120.0 MB", True)
    assert (growth.measured, growth.reached) == ("+10.0 MB", False)


def test_every_section_has_its_table() -> None:
    """Each figure that was measured stands in the report, next to when and how it was made."""
    about_scaling = {
        "trees": [series("50", 1), series("100", 2)],
        "batch": [series("2", 7, batch=10)],
    }
    results = Results(
        predict=LoadSection(ABOUT, [series(OURS, 1_234), series(NOOP, 2_000)]),
        batch=LoadSection(ABOUT, [series(OURS, 5, batch=100)]),
        train=TimingSection(ABOUT, [Timing(OURS, "1,000 records", [0.25])]),
        startup=TimingSection(ABOUT, [Timing(OURS, "start", [0.5])]),
        memory=MemorySection(ABOUT, [MemoryPoint(0, 99_900_000)]),
        sizes=SizeSection(ABOUT, [PackageSize("numpy", "2.4.6", 70_000_000, 10_000_000)]),
        graph=GraphSection(ABOUT, 100, [GraphFigure("our graph", 9, 423_000, [9.0], [8.5], [2.5])]),
        scaling=ScalingSection(ABOUT, about_scaling),
        unavailable={"MLServer": "no such version"},
    )
    text = report(results, ["plots/predict.svg"])
    for part in (
        "| this service | 1,234 |",
        "| this service | 5 | 5 - 5 | 500 |",
        "| this service | 1,000 records | 0.250 |",
        "| this service | start | 0.500 |",
        "| 0 | 99.9 |",
        "| numpy 2.4.6 | 60.0 | 10.0 |",
        "| our graph | 9 | 423 | 9.0 | 8.5 | 2.50 |",
        "| 10 | batch of 10, real records, 8 connections | 70 | 1.000 |",
        "- MLServer: no such version",
        "![plots/predict.svg](plots/predict.svg)",
        "A quick run: a first impression only.",
    ):
        assert part in text


def test_a_cell_cannot_break_its_table() -> None:
    """A bar or a line break within a cell, as an error message may have, stays in the cell."""
    assert table(("", "x"), [("a|b", "c\nd")]) == "|  | x |\n| --- | ---: |\n| a\\|b | c d |\n"
