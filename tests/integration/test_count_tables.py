"""Count tables made of logs: they add up, are taken away again, and train the same model."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from inference.store.versions import ModelStore
from tests.made_logs import make_raw_logs
from trainer.cli.main import main
from trainer.jobs import CountTables, Dataset, fit
from trainer.reading.options import ReadingOptions
from trainer.reading.plan import Fields
from trainer.report.content import Report

DAYS = 14
LINES = 300


def write_day(path: Path, day: int) -> Path:
    """Raw logs of a day, labelled."""
    begin = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day)
    with path.open("w") as out:
        for number, log in enumerate(make_raw_logs(LINES, seed=day)):
            line = {
                "time": (begin + timedelta(minutes=number)).isoformat(),
                "message": f"{log.message} {number}",
                "level": log.level.value,
                "service": log.service,
                "fault": "disk" if number % 40 == 0 else None,
            }
            out.write(json.dumps(line) + "\n")
    return path


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The logs of each day."""
    folder = tmp_path_factory.mktemp("days")
    return [write_day(folder / f"{day}.jsonl", day) for day in range(DAYS)]


@pytest.fixture(scope="module")
def tables(days: list[Path]) -> list[Path]:
    """The table of each day."""
    made = [day.with_suffix(".parquet") for day in days]
    for day, table in zip(days, made, strict=True):
        assert main(["count", str(day), "--label-field", "fault", "--out", str(table)]) == 0
    return made


def counts(tables: list[Path]) -> list[str]:
    """The options that name tables."""
    return [option for table in tables for option in ("--counts", str(table))]


def model_files(store: Path) -> dict[str, bytes]:
    """Graph and tables; the manifest says besides when the model was made."""
    return dict(ModelStore(store).bundle(1).files)


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_daily_tables_and_the_logs_make_the_same_model(
    days: list[Path], tables: list[Path], tmp_path: Path, detector: str
) -> None:
    """Byte for byte, whether tables are given one by one or merged before."""
    options = ["--detector", detector, "--contamination", "0.05"]
    logs = [*map(str, days), "--label-field", "fault"]
    assert main(["fit", *logs, "--model-dir", str(tmp_path / "logs"), *options]) == 0
    assert main(["fit", *counts(tables), "--model-dir", str(tmp_path / "days"), *options]) == 0
    whole = tmp_path / "whole.parquet"
    assert main(["count", *counts(tables), "--out", str(whole)]) == 0
    assert main(["fit", *counts([whole]), "--model-dir", str(tmp_path / "sum"), *options]) == 0
    expected = model_files(tmp_path / "logs")
    assert model_files(tmp_path / "days") == expected
    assert model_files(tmp_path / "sum") == expected


def test_the_newest_day_is_held_out(
    days: list[Path], tables: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Though the rest names it too, by a link even; nothing of it is learned, by tables and by logs
    alike, the manifest says how the model does on it, and a gate compares on it.
    """
    link = tmp_path / "newest.parquet"
    link.symlink_to(tables[-1])
    window = ["--counts", str(tables[0].parent / "*.parquet")]
    logs = [*map(str, days), "--label-field", "fault"]
    stores = [tmp_path / name for name in ("rest", "tables", "logs")]
    ways = [
        counts(tables[:-1]),
        [*window, "--holdout", str(link)],
        [*logs, "--holdout", str(days[-1])],
    ]
    for store, way in zip(stores, ways, strict=True):
        assert main(["fit", *way, "--model-dir", str(store)]) == 0
        assert model_files(store) == model_files(stores[0])
    nothing, *held_out = [ModelStore(store).manifest(1).held_out for store in stores]
    assert nothing is None
    assert held_out[0] == held_out[1]
    assert held_out[0] is not None
    assert (held_out[0].n_records, held_out[0].since) == (LINES, "2026-11-14T00:00:00+00:00")
    assert held_out[0].average_precision is not None
    capsys.readouterr()
    assert main(["info", "--model-dir", str(stores[1])]) == 0
    assert f"{LINES} records, " in capsys.readouterr().out

    assert main(["fit", *ways[1], "--gate", "--model-dir", str(stores[1])]) == 0
    shown = capsys.readouterr().out
    assert f"Held out of training: the newest {LINES} lines, from 2026-11-14T" in shown
    assert "compared with version 1" in shown
    flagged = re.search(r"holds  flood: (\S+)% flagged", shown)
    assert flagged is not None
    again = ModelStore(stores[1]).manifest(2).held_out
    assert again is not None
    assert float(flagged[1]) == pytest.approx(100 * again.flagged_share, abs=0.01)

    recalibration = ["recalibrate", "--contamination", "0.02", "--model-dir", str(stores[1])]
    assert main(recalibration) == 0
    assert ModelStore(stores[1]).manifest(3).held_out is None
    assert main(["fit", *counts(tables[:1]), "--holdout", str(tables[0])]) == 3
    assert "nothing is left to learn from" in capsys.readouterr().err


def shown(report: Report) -> list[tuple[str, ...]]:
    """Of each pattern that a report shows, its id and text, and the example with its place."""
    return [
        (one.pattern_id, one.text, one.record.example, one.record.place) for one in report.patterns
    ]


def test_examples_are_those_of_the_logs(
    days: list[Path], tables: list[Path], tmp_path: Path
) -> None:
    """With texts and places, for tables one by one, merged, and beside one without places."""
    logs = Dataset.find([*map(str, days)], ReadingOptions(fields=Fields(label="fault")))
    expected = shown(fit(logs, model_dir=str(tmp_path / "logs")).report)
    assert all(all(parts) for parts in expected)
    merged, old = tmp_path / "merged.parquet", tmp_path / "old.parquet"
    assert main(["count", *counts(tables), "--out", str(merged)]) == 0
    for way, given in (("days", tables), ("sum", [merged])):
        data = CountTables([*map(str, given)])
        assert shown(fit(data, model_dir=str(tmp_path / way)).report) == expected
    duckdb.execute(f"COPY (SELECT * EXCLUDE (example) FROM '{tables[0]}') TO '{old}'")
    data = CountTables([*map(str, [old, *tables[1:]])])
    fitted = fit(data, model_dir=str(tmp_path / "old"))
    assert model_files(tmp_path / "old") == model_files(tmp_path / "logs")
    places = [place for _, _, _, place in shown(fitted.report)]
    assert all(places)
    assert not any(place.startswith(f"{days[0]}:") for place in places)
    unread = fit(data, model_dir=str(tmp_path / "unread"), with_examples=False).report
    assert not any(example for _, _, example, _ in shown(unread))


def test_what_cannot_be_read_again_is_said(
    days: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No line is shown for a record that it does not give."""
    copy, table = tmp_path / "day.jsonl", tmp_path / "day.parquet"
    copy.write_bytes(days[0].read_bytes())
    assert main(["count", str(copy), "--label-field", "fault", "--out", str(table)]) == 0
    data = ["fit", "--counts", str(table), "--model-dir", str(tmp_path / "store")]

    def page(version: int) -> str:
        capsys.readouterr()
        assert main(data) == 0
        return (ModelStore(tmp_path / "store").path(version) / "report.html").read_text()

    assert f"{copy}:" in page(1)
    assert "cannot be read again" not in capsys.readouterr().err
    copy.write_bytes(days[1].read_bytes())
    changed = page(2)
    assert f"{copy}: has changed since it was counted" in capsys.readouterr().err
    lines = copy.read_text().splitlines()
    for place in re.findall(rf"{copy}:([0-9]+)", changed):
        assert lines[int(place) - 1] in days[0].read_text()
    copy.unlink()
    assert f"{copy}:" not in page(3)
    assert f"example lines cannot be read again: {copy}: cannot be read" in capsys.readouterr().err


def test_a_day_is_taken_away(tables: list[Path], tmp_path: Path) -> None:
    """What is left holds the other days' records, each as often."""
    whole, less, rest = (tmp_path / f"{name}.parquet" for name in ("whole", "less", "rest"))
    assert main(["count", *counts(tables), "--out", str(whole)]) == 0
    minus = ["--minus", str(tables[1])]
    assert main(["count", *counts([whole]), *minus, "--out", str(less)]) == 0
    assert main(["count", *counts([tables[0], *tables[2:]]), "--out", str(rest)]) == 0
    columns = "message_length, level, service, left(pattern, 4), has_failure"
    query = f"SELECT {columns}, sum(n), sum(n_positive) FROM '{{}}' GROUP BY ALL ORDER BY ALL"
    with duckdb.connect() as connection:
        found, expected = (
            connection.execute(query.format(path)).fetchall() for path in (less, rest)
        )
    assert found == expected


def test_what_was_never_counted_cannot_be_taken_away(
    tables: list[Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is an error that says so, and nothing is written."""
    assert main(["count", *counts(tables[:1]), "--minus", str(tables[1])]) == 3
    assert "what was counted into it" in capsys.readouterr().err


def test_tables_of_other_rules_are_refused(
    tables: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Their records do not add up with ours; the extractors are named."""
    other = tmp_path / "other.parquet"
    duckdb.execute(f"COPY (SELECT * REPLACE ('ab12' AS extractor) FROM '{tables[0]}') TO '{other}'")
    assert main(["fit", "--counts", str(other), "--model-dir", str(tmp_path / "store")]) == 3
    assert "extractor ab12" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change", ["* EXCLUDE (extractor)", "* REPLACE (if(n > 1, NULL, extractor) AS extractor)"]
)
def test_tables_that_name_no_rules_are_warned_of(
    tables: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    """They are read, and the warning names the table and what to do; others raise none."""
    other = tmp_path / "other.parquet"
    duckdb.execute(f"COPY (SELECT {change} FROM '{tables[0]}') TO '{other}'")
    assert main(["count", *counts([tables[1], other])]) == 0
    shown = capsys.readouterr()
    assert f"{2 * LINES:,}" in shown.out
    assert f"warning: {other}: no extractor is named" in shown.err
    assert "python -m trainer count" in shown.err
    assert main(["count", *counts(tables)]) == 0
    assert "extractor" not in capsys.readouterr().err
    bare = "* EXCLUDE (extractor, pattern, has_failure)"
    duckdb.execute(f"COPY (SELECT {bare} FROM '{tables[0]}') TO '{other}'")
    assert main(["count", *counts([other])]) == 0
    assert "extractor" not in capsys.readouterr().err


def test_tables_are_listed(tables: list[Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Rows, levels, services, labels and span; nothing is written without --out."""
    assert main(["count", *counts(tables)]) == 0
    shown = capsys.readouterr().out
    assert f"{DAYS * LINES:,}" in shown
    assert "2026-11-01 00:00 to 2026-11-14" in shown
    assert f"labelled  {DAYS * 8}" in shown
    assert main(["count", *counts(tables), "--out", "table.csv"]) == 2
