"""Medians, and what makes a figure void."""

from pathlib import Path

import pytest

from benchmarks.comparison import Case, alternate
from benchmarks.results import Results, Run, Series, Timing, load_results, save_results


def run(requests: int, *, p50: float = 1.0, **failures: int) -> Run:
    """A round of one second."""
    return Run(requests, 1.0, failures, {"p50": p50, "p99": 2 * p50}, requests * 0.001)


def series(*runs: Run, batch: int = 0) -> Series:
    """Rounds of one target."""
    return Series("this service", "real", batch, 8, list(runs))


def test_figures_are_medians_over_the_rounds() -> None:
    """One round that was disturbed moves no figure."""
    found = series(run(100, p50=1.0), run(3, p50=50.0), run(110, p50=1.2), batch=10)
    assert found.void == ""
    assert found.rate == 100
    assert found.logs_rate == 1_000
    assert found.latency_ms("p50") == 1.2
    assert found.cpu_ms == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("runs", "reason"),
    [
        ([run(100), run(100, status=1)], "1 x status"),
        ([run(100, timeout=2, status=1), run(100, status=3)], "2 x timeout, 4 x status"),
        ([run(100), run(0)], "a round without an answer"),
        ([], "not measured"),
    ],
)
def test_any_failure_makes_a_figure_void(runs: list[Run], reason: str) -> None:
    """One failed request in one round is enough, and the reason is given."""
    found = series(*runs)
    assert found.void == reason
    assert (found.rate, found.logs_rate, found.latency_ms("p50"), found.cpu_ms) == (None,) * 4


def test_failures_that_did_not_happen_are_none() -> None:
    """The load generator lists every kind of failure, with a count of 0."""
    assert series(run(5, status=0, timeout=0)).rate == 5


def test_a_timing_is_void_with_a_reason_or_without_a_round() -> None:
    """A training that was answered with an error counts for nothing, however fast it was."""
    assert Timing("a", "train", [3.0, 1.0, 2.0]).median_s == 2.0
    assert Timing("a", "train", [3.0, 1.0], "status 503").median_s is None
    assert Timing("a", "train", []).median_s is None


def test_targets_take_turns() -> None:
    """A B A B, never A A B B."""
    order = []

    def measure(name: str) -> Run:
        order.append(name)
        return run(1)

    targets = {name: lambda name=name: measure(name) for name in ("A", "B")}
    found = alternate(Case("real", 0, 8), targets, 2)
    assert order == ["A", "B", "A", "B"]
    assert [(series.target, len(series.runs)) for series in found] == [("A", 2), ("B", 2)]


def test_results_are_kept_as_they_are(tmp_path: Path) -> None:
    """What is read back renders the same; a folder without results is empty results."""
    assert load_results(tmp_path) == Results()
    results = Results(unavailable={"MLServer": "cannot be installed"})
    save_results(tmp_path, results)
    assert load_results(tmp_path) == results
