"""A contamination that follows from the alerts a day that somebody is willing to read."""

import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.bundle.budget import AlertBudget
from schemas.bundle.contents import Bundle
from schemas.bundle.options import TrainOptions
from tests.made_logs import make_logs, make_raw_logs
from tests.recalibrated import DETECTORS
from trainer.cli.main import main
from trainer.counting.table import CountTable, count_logs
from trainer.errors import BudgetError
from trainer.fitting.budget import contamination_of, lines_per_day, with_rate
from trainer.fitting.pipeline import fit, prove
from trainer.fitting.recalibration import recalibrate

DAY_US = 86_400 * 10**6
START_US = 1_764_000_000 * 10**6


def over(span_us: int, n: int = 2_000) -> CountTable:
    """A table of so many records whose times have a span."""
    table = count_logs(make_logs(n))
    assert table.first_seen is not None
    assert table.last_seen is not None
    return msgspec.structs.replace(
        table,
        first_seen=START_US + (table.first_seen - 1) * span_us // (n - 1),
        last_seen=START_US + (table.last_seen - 1) * span_us // (n - 1),
    )


@given(st.integers(60 * 10**6, 400 * DAY_US))
def test_the_rate_is_records_by_span(span_us: int) -> None:
    """From the first record to the last, whatever lies between."""
    rate = lines_per_day(over(span_us, 100))
    assert rate is not None
    assert np.isclose(rate, 100 / (span_us / DAY_US))


@pytest.mark.parametrize(
    "table", [count_logs(make_logs(500)), over(59_999_999), over(0)], ids=["none", "short", "one"]
)
def test_a_rate_needs_times_and_a_span(table: CountTable) -> None:
    """Numbers in an order are no times, and a minute at least says something about a day."""
    assert lines_per_day(table) is None
    with pytest.raises(BudgetError, match="name the field of their times, give the lines a day"):
        fit(table, TrainOptions(n_estimators=5), AlertBudget(20))


@given(st.integers(1, 10**9), st.floats(1, 1e15))
def test_the_contamination_is_alerts_by_lines(alerts: int, lines: float) -> None:
    """To six digits; more than half of the lines is refused, with what is the most."""
    budget = AlertBudget(alerts, lines)
    if alerts / lines > 0.500001:
        with pytest.raises(BudgetError, match=f"Expected at most {int(lines / 2):,}"):
            contamination_of(budget)
    elif alerts / lines < 0.499999:
        assert np.isclose(contamination_of(budget), alerts / lines, rtol=1e-5)


def test_a_rate_that_is_given_goes_first() -> None:
    """The training data may be a part of what will come."""
    assert with_rate(AlertBudget(20, 5_000.0), 100.0).lines_per_day == 5_000
    assert with_rate(AlertBudget(20), 100.0).lines_per_day == 100


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_budget_is_the_contamination_that_follows(detector: str) -> None:
    """The same model as by that share, and its manifest says what was asked and what followed."""
    table = over(2 * DAY_US)
    options = TrainOptions(detector=detector, n_estimators=10)
    fitted = fit(table, options, AlertBudget(50))
    manifest = fitted.candidate.model.manifest
    assert manifest.options.contamination == 0.05
    assert manifest.calibration.budget == AlertBudget(50, 1_000.0)
    assert manifest.training.lines_per_day == 1_000
    same = fit(table, msgspec.structs.replace(options, contamination=0.05))
    assert same.candidate.files == fitted.candidate.files
    assert same.candidate.model.manifest.calibration.budget is None


def test_a_rate_of_part_of_a_day_is_warned_of() -> None:
    """A day has quiet hours; who says the rate is not warned."""
    table = over(DAY_US // 4)
    options = TrainOptions(n_estimators=5)

    def warnings(budget: AlertBudget) -> list[str]:
        return [warning for warning in fit(table, options, budget).warnings if "6 hours" in warning]

    assert len(warnings(AlertBudget(50))) == 1
    assert warnings(AlertBudget(50, 1_000.0)) == []


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_model_is_recalibrated_to_a_budget(detector: str) -> None:
    """By the rate of the records that are given, or else by that of its training records."""
    table = over(2 * DAY_US)
    fitted = fit(table, TrainOptions(detector=detector, n_estimators=10))
    files = prove(fitted)
    bundle = Bundle(1, fitted.candidate.model.manifest, files)
    kept = recalibrate(bundle, AlertBudget(100), None).model.manifest
    assert (kept.options.contamination, kept.calibration.budget) == (0.1, AlertBudget(100, 1_000.0))
    by_share = recalibrate(bundle, 0.1, None).model.manifest
    assert kept.scores == by_share.scores
    given = recalibrate(bundle, AlertBudget(100, 2_000.0), None)
    again = Bundle(2, given.model.manifest, given.files)
    assert recalibrate(again, AlertBudget(50), None).model.manifest.options.contamination == 0.025
    newer = recalibrate(bundle, AlertBudget(100), over(4 * DAY_US)).model.manifest
    assert newer.calibration.budget == AlertBudget(100, 500.0)
    assert newer.options.contamination == 0.2
    older = msgspec.structs.replace(
        bundle.manifest,
        training=msgspec.structs.replace(bundle.manifest.training, lines_per_day=None),
    )
    with pytest.raises(BudgetError):
        recalibrate(msgspec.structs.replace(bundle, manifest=older), AlertBudget(100), None)


@pytest.fixture
def write(tmp_path: Path) -> Callable[[list[str]], str]:
    """Writes raw logs with times and returns their path."""

    def write_logs(times: list[str]) -> str:
        path = tmp_path / "logs.jsonl"
        lines = [
            json.dumps({"time": time, **msgspec.to_builtins(log)})
            for time, log in zip(times, make_raw_logs(len(times)), strict=True)
        ]
        path.write_text("\n".join(lines))
        return str(path)

    return write_logs


def hours(n: int) -> list[str]:
    """A record an hour, in November."""
    return [f"2026-11-{1 + hour // 24:02}T{hour % 24:02}:00:00Z" for hour in range(n)]


def test_a_job_takes_a_budget(
    write: Callable[[list[str]], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The headline says it, `info` shows it, and so after a new budget is asked for."""
    store = ["--model-dir", str(tmp_path / "models")]
    path = write(hours(481))
    assert main(["fit", path, "--alerts-per-day", "3", *store]) == 0
    printed = capsys.readouterr().out
    assert "a day; asked for were 3 a day of 24 lines, a contamination of 0.12474" in printed
    assert main(["info", *store]) == 0
    assert "3 a day of 24 lines, a contamination of 0.12474" in capsys.readouterr().out
    again = ["recalibrate", "--alerts-per-day", "6", "--lines-per-day", "100", *store]
    assert main(again) == 0
    assert "alert budget  6 a day of 100 lines, a contamination of 0.06" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--alerts-per-day", "0"], "--alerts-per-day 0: Expected `int` >= 1"),
        (["--alerts-per-day", "often"], "--alerts-per-day often: Expected `int`"),
        (["--alerts-per-day", "3", "--lines-per-day", "0"], "--lines-per-day 0: Expected"),
        (["--lines-per-day", "30"], "--lines-per-day: Expected with --alerts-per-day alone"),
        (["--alerts-per-day", "13"], "13 alerts a day: of 24 lines a day no more than half"),
    ],
)
def test_what_cannot_be_kept_is_refused(
    write: Callable[[list[str]], str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    message: str,
) -> None:
    """A line says what is wrong, and nothing is published."""
    store = tmp_path / "models"
    assert main(["fit", write(hours(481)), *options, "--model-dir", str(store)]) == 2
    assert message in capsys.readouterr().err
    assert not list(store.glob("log-anomaly/[0-9]*"))


def test_a_share_and_a_budget_are_not_given_together(capsys: pytest.CaptureFixture[str]) -> None:
    """Either says what the other would."""
    for command in ("fit", "recalibrate"):
        with pytest.raises(SystemExit, match="2"):
            main([command, "--alerts-per-day", "3", "--contamination", "0.1"])
        assert "not allowed with" in capsys.readouterr().err


def test_records_without_times_are_refused_with_what_to_do(
    write: Callable[[list[str]], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One record without a time is enough; the rate can be given in their place."""
    path = write([*hours(480), ""])
    store = ["--model-dir", str(tmp_path / "models")]
    assert main(["fit", path, "--alerts-per-day", "3", *store]) == 2
    assert "some have no time" in capsys.readouterr().err
    assert main(["fit", path, "--alerts-per-day", "3", "--lines-per-day", "30", *store]) == 0
