"""The few figures that the README shows; RESULTS.md has the rest."""

from typing import Final

from benchmarks.bars import find
from benchmarks.competitors import BARE_SOCKET, FASTAPI, OURS, SURPRISAL
from benchmarks.feeds import JSON_LINES, OTLP_PROTOBUF
from benchmarks.results import LoadSection, Results, Series
from benchmarks.tables import table
from benchmarks.workloads import DISTINCT, REAL

_MISSING: Final = "not measured"


def headlines(results: Results) -> str:
    """A few lines: what a user gets, beside what would be run instead."""
    rows = [
        _predict(results.predict, REAL, 0, "predictions a second, real logs, which repeat"),
        _predict(results.batch, DISTINCT, 1_000, "the same in batches of 1,000, no two logs alike"),
        _cost(results.counted),
        _raw(results.feeds),
        _start(results),
    ]
    return table(("two cores, shared with the load", "this service", "beside"), rows)


def _predict(
    section: LoadSection | None, workload: str, batch: int, what: str
) -> tuple[str, str, str]:
    ours, peer = (find(section, name, workload, batch, 8) for name in (OURS, FASTAPI))
    return what, _rate(ours), f"{_rate(peer)} of FastAPI with scikit-learn"


def _rate(series: Series | None) -> str:
    return f"{series.logs_rate:,.0f}" if series and series.logs_rate else _MISSING


def _cost(section: LoadSection | None) -> tuple[str, str, str]:
    ours, floor = (find(section, name, REAL, 0, 64) for name in (OURS, BARE_SOCKET))
    cost, least = (
        f"{1e3 * measurement.cpu_ms:.0f} us" if measurement and measurement.cpu_ms else _MISSING
        for measurement in (ours, floor)
    )
    return "processor time of a prediction", cost, f"{least} of a bare socket's answer"


def _raw(section: LoadSection | None) -> tuple[str, str, str]:
    lines, otlp = (find(section, SURPRISAL, feed, 1_000, 8) for feed in (JSON_LINES, OTLP_PROTOBUF))
    what = "raw JSON logs a second, batches of 1,000, no two lines alike"
    return what, _rate(lines), f"{_rate(otlp)} as OTLP protobuf"


def _start(results: Results) -> tuple[str, str, str]:
    timings = (
        [timing for timing in results.startup.timings if timing.target == OURS]
        if results.startup
        else []
    )
    seconds = timings[0].median_s if timings else None
    return (
        "process start to ready, with a model",
        _MISSING if seconds is None else f"{seconds:.2f} s",
        "0.7 s at most",
    )
