"""What to choose, in sentences made from the scaling measurements."""

from collections.abc import Sequence

from benchmarks.results import ScalingSection, Series
from benchmarks.workloads import DISTINCT, REAL


def advice(section: ScalingSection) -> list[str]:
    """One sentence per thing that can be chosen; none where its figures are missing or void."""
    found = [
        _forest(section.series.get("trees", []), "trees"),
        _forest(section.series.get("max_samples", []), "max_samples"),
        _workers(section.series.get("workers", [])),
        _batches(section.series.get("batch", [])),
    ]
    return [sentence for sentence in found if sentence]


def _forest(series: Sequence[Series], name: str) -> str:
    single = _chosen(series, DISTINCT, 0)
    bulk = _chosen(series, DISTINCT, 1_000)
    known = _chosen(series, REAL, 0)
    if not single or not bulk or not known:
        return ""
    first, last = single[0].target, single[-1].target
    return (
        f"From {int(first):,} to {int(last):,} {name}, a record that was not seen before takes "
        f"{_ms(single[0])} to {_ms(single[-1])} ms, a batch of 1,000 of them {_ms(bulk[0])} to "
        f"{_ms(bulk[-1])} ms; records that repeat take {_ms(known[0])} to {_ms(known[-1])} ms, for "
        f"their verdicts are remembered. Choose {name} by the quality of the scores; it costs only "
        f"where records are new."
    )


def _workers(series: Sequence[Series]) -> str:
    rates = [
        f"{measurement.target}: {measurement.rate:,.0f}"
        for measurement in _chosen(series, REAL, 0)
        if measurement.rate
    ]
    return (
        f"Predictions a second by workers on this machine, the load generator beside them: "
        f"{', '.join(rates)}. Choose one worker per core that the service may use; more share the "
        f"same cores, and each takes its own memory."
        if rates
        else ""
    )


def _batches(series: Sequence[Series]) -> str:
    real = sorted(
        (measurement for measurement in series if measurement.workload == REAL),
        key=lambda measurement: measurement.batch,
    )
    rates = [measurement.logs_rate for measurement in real]
    known = [rate for rate in rates if rate is not None]
    if not known or len(known) < len(rates):
        return ""
    best = max(known)
    enough = next(measurement for measurement in real if (measurement.logs_rate or 0) >= best / 2)
    return (
        f"One client gets through {known[0]:,.0f} logs a second in batches of {real[0].batch:,}, "
        f"and at most {best:,.0f}; batches of {enough.batch:,} reach half of that with a median of "
        f"{_ms(enough)} ms a request. Send batches of a hundred to a thousand; bigger ones gain "
        f"little and make whoever waits wait longer."
    )


def _chosen(series: Sequence[Series], workload: str, batch: int) -> list[Series]:
    return [
        measurement
        for measurement in series
        if (measurement.workload, measurement.batch) == (workload, batch)
        and measurement.rate is not None
    ]


def _ms(series: Series) -> str:
    return f"{series.latency_ms('p50') or 0:.2f}"
