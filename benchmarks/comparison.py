"""Alternating rounds: what disturbs the machine for a while then disturbs everybody alike."""

from collections.abc import Callable, Mapping

import msgspec

from benchmarks.progress import say
from benchmarks.results import Run, Series

Measure = Callable[[], Run]


class Case(msgspec.Struct, frozen=True):
    """One load that several targets are put under.

    Attributes:
        workload: kind of the records.
        batch: logs per request; 0 is `POST /predict`.
        connections: connections at once.
    """

    workload: str
    batch: int
    connections: int

    def __str__(self) -> str:
        what = f"batch of {self.batch}" if self.batch else "predict"
        return f"{what}, {self.workload} records, {self.connections} connection(s)"


def alternate(case: Case, targets: Mapping[str, Measure], rounds: int) -> list[Series]:
    """Measure all targets once a round, in turn."""
    runs: dict[str, list[Run]] = {name: [] for name in targets}
    for _ in range(rounds):
        for name, measure in targets.items():
            runs[name].append(measure())
    series = [
        Series(name, case.workload, case.batch, case.connections, found)
        for name, found in runs.items()
    ]
    rates = ", ".join(f"{measurement.target} {_rate(measurement)}" for measurement in series)
    say(f"{case}: {rates}")
    return series


def _rate(series: Series) -> str:
    return f"void ({series.void})" if series.rate is None else f"{series.rate:,.0f}/s"
