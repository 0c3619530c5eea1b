"""`look`: what a person sees of how data is read."""

import json
from pathlib import Path

import pytest

from trainer.cli.main import main
from trainer.jobs import Dataset, look

TEXT = """\
Picked up JAVA_TOOL_OPTIONS: -Xmx1g
2024-05-01 10:00:00,000 INFO shop.Cart: opened
2024-05-01 10:00:09,000 ERROR shop.Cart: lost
\tat shop.Cart.open(Cart.java:7)
2024-05-01 10:00:05,000 WARN shop.Db: slow
what is this
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a banner, a stack trace and a line of no kind."""
    path = tmp_path / "app.log"
    path.write_text(TEXT)
    return path


def test_every_line_is_accounted_for(path: Path) -> None:
    """Records, continued and bad lines are all lines; times have a span, a gap and disorder."""
    (seen,) = look(Dataset.find([str(path)]))
    assert (seen.layout, seen.n_records, seen.n_bad, seen.n_lines) == ("log4j", 3, 2, 6)
    assert (seen.notes.n_continued, seen.notes.n_leading) == (1, 1)
    assert seen.n_records + seen.notes.n_continued + seen.n_bad == seen.n_lines
    assert seen.levels == {"INFO": 1, "ERROR": 1, "WARN": 1}
    assert seen.services == {"shop.Cart": 2, "shop.Db": 1}
    assert seen.first_time == 1_714_557_600_000_000
    assert seen.last_time == seen.first_time + 9_000_000
    assert (seen.largest_gap, seen.n_backwards, seen.n_timed) == (9_000_000, 1, 3)


def test_the_year_of_times_without_a_year_is_shown(tmp_path: Path) -> None:
    """It is the year of the file's last change."""
    path = tmp_path / "syslog"
    path.write_text("May  1 10:00:00 h1 cron[7]: job\n")
    (seen,) = look(Dataset.find([str(path)]))
    assert (seen.n_yearless, seen.n_timed) == (1, 1)
    assert seen.year is not None


def test_records_are_written_as_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One object a record on standard output, as many of each file as are wanted."""
    assert main(["look", "--json", "--limit", "2", str(path)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {
        "file": str(path),
        "line": 2,
        "time": 1_714_557_600_000_000,
        "level": "INFO",
        "service": "shop.Cart",
        "message": "opened",
        "message_length": 6,
        "has_exception": False,
        "has_timeout": False,
        "has_connection_error": False,
    }
    assert second["message"] == "lost\n\tat shop.Cart.open(Cart.java:7)"
    assert second["has_exception"] is True


def test_a_person_sees_columns(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Layout, share, counts, times and the first records."""
    assert main(["look", str(path)]) == 0
    out = capsys.readouterr().out
    assert f"{path}: text, layout log4j" in out
    assert "3 records of 6 lines, 2 bad" in out
    assert "0.0% of the lines begin with a time and continue a record" in out
    assert "services: shop.Cart 2, shop.Db 1" in out
    assert "2024-05-01T10:00:00+00:00 to 2024-05-01T10:00:09+00:00" in out
    assert [line.split()[:3] for line in out.splitlines() if "opened" in line] == [
        ["2", "INFO", "shop.Cart"]
    ]


def test_a_limit_below_zero_is_a_usage_error(path: Path) -> None:
    """It is refused before anything is read."""
    assert main(["look", "--limit", "-1", str(path)]) == 2
