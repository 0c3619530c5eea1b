"""What a client must not wait longer than while others are at work."""

from collections.abc import Iterator
from typing import Final

from benchmarks.bar import NOT_MEASURED, Bar, at_most
from benchmarks.open_loop.experiment import ALL, BATCHES, RATE
from benchmarks.results import OpenLoopSection, Series

MOST_MS: Final = {"p99": 2.0, "p99.9": 5.0}


def open_loop_bars(section: OpenLoopSection | None) -> Iterator[Bar]:
    """The bars of the experiment `open-loop`: the tail in the worst of its situations."""
    series = find_situation(section, ALL)
    missing = f"void: {series.void}" if series and series.void else NOT_MEASURED
    for percentile, most in MOST_MS.items():
        what = f"open loop at {RATE:,} requests a second, {ALL}: {percentile}"
        found = series.latency_ms(percentile) if series else None
        yield at_most(what, found, most, "{:.2f} ms", missing)
    beside = find_situation(section, BATCHES)
    found = beside.latency_ms("p99") if beside else None
    missing = f"void: {beside.void}" if beside and beside.void else NOT_MEASURED
    yield at_most(f"the same rate, {BATCHES}: p99", found, 100.0, "{:.2f} ms", missing)


def find_situation(section: OpenLoopSection | None, name: str) -> Series | None:
    """The series of one situation, if it was measured."""
    return (
        next((series for series in section.series if series.target == name), None)
        if section
        else None
    )
