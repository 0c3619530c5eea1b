"""What the service must reach, and whether it does."""

from collections.abc import Callable, Iterator
from itertools import zip_longest
from statistics import fmean, median
from typing import Final

from benchmarks.archive_bars import archive_bars
from benchmarks.bar import MB, NOT_MEASURED, Bar, at_least, at_most
from benchmarks.competitors import BARE, FASTAPI, MLSERVER, NOOP, OURS, SURPRISAL, UNCOUNTED
from benchmarks.feeds import JSON_LINES, OTLP_JSON, OTLP_PROTOBUF, REQUEST_LINES
from benchmarks.graphs import OUR_GRAPH
from benchmarks.memory import FIRST
from benchmarks.open_loop.bars import open_loop_bars
from benchmarks.results import LoadSection, MemorySection, Results, Series, TimingSection
from benchmarks.workloads import DISTINCT, RAW, RAW_DISTINCT, REAL

DETECTORS: Final = (OURS, SURPRISAL)
"""The service with a model of either: both must reach the same."""

FED: Final = (
    (JSON_LINES, 100, 500_000),
    (JSON_LINES, 1_000, 500_000),
    (OTLP_PROTOBUF, 1_000, 250_000),
    (OTLP_JSON, 1_000, 100_000),
    (REQUEST_LINES, 1_000, 200_000),
)
"""Logs a second that each feed of raw logs must reach, by size of the batches."""

FLAT_MB: Final = 2.0
"""How far the mean of the last quarter of the memory's points may lie above the first quarter's."""


def bars(results: Results) -> list[Bar]:
    """All bars, in the order in which they matter."""
    return [
        *(bar for target in DETECTORS for bar in _predict(results.predict, target)),
        *(bar for target in DETECTORS for bar in _batch(results.batch, target)),
        *(
            _raw(results.batch, kind, target)
            for kind in (RAW, RAW_DISTINCT)
            for target in DETECTORS
        ),
        *(
            _fed(results.feeds, feed, batch, target, least)
            for feed, batch, least in FED
            for target in DETECTORS
        ),
        _counted(results.counted),
        *(_cost(results.predict, target) for target in DETECTORS),
        *(_tail(results.predict, target) for target in DETECTORS),
        *open_loop_bars(results.open_loop),
        *_train(results.train),
        _start(results.startup),
        *_memory(results.memory),
        _sizes(results),
        *_graph(results),
        *archive_bars(results.archives),
    ]


def find(
    section: LoadSection | None, target: str, workload: str, batch: int, connections: int
) -> Series | None:
    """The series of one target in one case, if it was measured."""
    wanted = (target, workload, batch, connections)
    for measurement in section.series if section else ():
        if (
            measurement.target,
            measurement.workload,
            measurement.batch,
            measurement.connections,
        ) == wanted:
            return measurement
    return None


def _predict(section: LoadSection | None, target: str) -> Iterator[Bar]:
    for workload, peer, least in (
        (REAL, FASTAPI, 55),
        (REAL, MLSERVER, 60),
        (DISTINCT, FASTAPI, 35),
    ):
        yield _ratio(
            f"predict, {workload} records, 8 connections: {target} / {peer}",
            find(section, target, workload, 0, 8),
            find(section, peer, workload, 0, 8),
            least,
        )
    yield _ratio(
        f"predict, real records, 8 connections: {target} / no-op POST of the same server",
        find(section, target, REAL, 0, 8),
        find(section, NOOP, REAL, 0, 8),
        0.85,
    )


def _batch(section: LoadSection | None, target: str) -> Iterator[Bar]:
    ours = find(section, target, REAL, 100, 8)
    peer = find(section, FASTAPI, REAL, 100, 8)
    yield _ratio(f"batch of 100, real records: {target} / {FASTAPI}", ours, peer, 15)
    rate = ours.logs_rate if ours else None
    what = f"batch of 100, real records, {target}: logs a second"
    yield at_least(what, rate, 500_000, "{:,.0f}", _missing(ours))
    alone, floor = (find(section, name, REAL, 1_000, 1) for name in (target, BARE))
    yield at_most(
        f"batch of 1,000, real records, {target}: time of a request (1 connection, median, as the "
        "client sees it) / bare msgspec decode + encode of the same bytes",
        _quotient(alone, floor, lambda measurement: measurement.latency_ms("p50")),
        2.0,
        "{:.2f}x",
        _missing(alone, floor),
    )
    busy, floor = (find(section, name, REAL, 1_000, 8) for name in (target, BARE))
    yield at_most(
        "the same, as throughput of both cores (8 connections, the load generator on the same "
        f"cores): bare msgspec / {target}",
        _quotient(floor, busy, lambda measurement: measurement.rate),
        2.0,
        "{:.2f}x",
        _missing(busy, floor),
    )
    distinct, their = (find(section, name, DISTINCT, 1_000, 8) for name in (target, FASTAPI))
    yield _ratio(f"batch of 1,000, distinct records: {target} / {FASTAPI}", distinct, their, 8)


def _raw(section: LoadSection | None, kind: str, target: str) -> Bar:
    ours = find(section, target, kind, 100, 8)
    what = f"batch of 100, {kind} records, {target}: logs a second"
    rate = ours.logs_rate if ours else None
    return at_least(what, rate, 100_000, "{:,.0f}", _missing(ours))


def _fed(section: LoadSection | None, feed: str, batch: int, target: str, least: int) -> Bar:
    ours = find(section, target, feed, batch, 8)
    what = f"raw logs, every number another, {feed}, batches of {batch:,}, {target}: logs a second"
    rate = ours.logs_rate if ours else None
    return at_least(what, rate, least, "{:,.0f}", _missing(ours))


def _counted(section: LoadSection | None) -> Bar:
    counted, uncounted = (find(section, name, REAL, 0, 64) for name in (OURS, UNCOUNTED))
    return _ratio("predict, 64 connections: rate with metrics / without", counted, uncounted, 0.95)


def _cost(section: LoadSection | None, target: str) -> Bar:
    ours = find(section, target, REAL, 0, 8)
    cost = 1e3 * ours.cpu_ms if ours and ours.cpu_ms else None
    what = f"predict, real records, 8 connections, {target}: processor time of a prediction"
    return at_most(what, cost, 35, "{:.1f} us", _missing(ours))


def _tail(section: LoadSection | None, target: str) -> Bar:
    ours, peer = (find(section, name, REAL, 0, 64) for name in (target, FASTAPI))
    p99 = ours.latency_ms("p99") if ours else None
    p50 = peer.latency_ms("p50") if peer else None
    what = f"predict, real records, 64 connections, {target}: p99, beside {FASTAPI}'s p50"
    if p99 is None or p50 is None:
        return Bar(what, "below", _missing(ours, peer), None)
    return Bar(what, "below", f"{p99:.1f} ms beside {p50:.1f} ms", p99 < p50)


def _train(section: TimingSection | None) -> Iterator[Bar]:
    timings = [timing for timing in section.timings if timing.target == OURS] if section else []
    for size, most, timing in zip_longest(("few", "all"), (0.4, 2.5), timings[:2]):
        what = f"POST /train with {timing.what if timing else f'{size} records'}"
        missing = f"void: {timing.void}" if timing and timing.void else NOT_MEASURED
        yield at_most(what, timing.median_s if timing else None, most, "{:.3f} s", missing)


def _start(section: TimingSection | None) -> Bar:
    timings = [timing for timing in section.timings if timing.target == OURS] if section else []
    seconds = timings[0].median_s if timings else None
    return at_most("process start to /ready 200 with a model", seconds, 0.7, "{:.3f} s")


def _memory(section: MemorySection | None) -> Iterator[Bar]:
    points = [] if section is None or section.void else section.points
    after = [point.pss_bytes / MB for point in points if point.requests >= FIRST]
    what = "proportional set size, 2 workers"
    yield at_most(
        f"{what}: after {FIRST:,} requests", after[0] if after else None, 130, "{:.1f} MB"
    )
    quarter = len(after) // 4
    growth = fmean(after[-quarter:]) - fmean(after[:quarter]) if quarter else None
    more = f"{points[-1].requests - FIRST:,}" if points else "1,000,000"
    yield at_most(
        f"{what}: growth over {more} more (last quarter's mean less the first's)",
        growth,
        FLAT_MB,
        "{:+.1f} MB",
    )


def _sizes(results: Results) -> Bar:
    packages = results.sizes.packages if results.sizes else []
    total = sum(package.size_bytes - package.bytecode_bytes for package in packages) / MB
    what = "serving requirements installed, without byte code"
    return at_most(what, total or None, 165, "{:.1f} MB")


def _graph(results: Results) -> Iterator[Bar]:
    section = results.graph
    figures = (
        [figure for figure in section.figures if figure.target == OUR_GRAPH] if section else []
    )
    ours = figures[0] if figures else None
    trees = f"graph of {section.n_estimators if section else 100} trees"
    yield at_most(f"{trees}: nodes", ours.nodes if ours else None, 10, "{:.0f}")
    yield at_most(f"{trees}: size", ours.size_bytes / 1e3 if ours else None, 700, "{:.0f} kB")
    yield at_most(f"{trees}: load", median(ours.load_ms) if ours else None, 30, "{:.1f} ms")
    yield at_most(f"{trees}: one row", median(ours.one_row_us) if ours else None, 12, "{:.1f} us")


def _ratio(what: str, ours: Series | None, peer: Series | None, least: float) -> Bar:
    ratio = _quotient(ours, peer, lambda measurement: measurement.rate)
    form = "{:.1%}" if least < 1 else "{:.1f}x"
    return at_least(what, ratio, least, form, _missing(ours, peer))


def _quotient(
    above: Series | None, below: Series | None, value: Callable[[Series], float | None]
) -> float | None:
    """The quotient of two medians; None where either was not measured or is void."""
    first, second = (value(measurement) if measurement else None for measurement in (above, below))
    return first / second if first and second else None


def _missing(*series: Series | None) -> str:
    """Why there is no figure: what made series void, if any are."""
    void = [
        f"void: {measurement.target}: {measurement.void}"
        for measurement in series
        if measurement and measurement.void
    ]
    return "; ".join(void) or NOT_MEASURED
