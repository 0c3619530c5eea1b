"""Runs compared from the command line: data, lists, tables and versions."""

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import REAL_LOGS
from trainer.cli import main

GOOD = REAL_LOGS / "trainticket-faultfree.jsonl.gz"
BAD = REAL_LOGS / "trainticket-faults.jsonl.gz"

real = pytest.mark.skipif(
    not (GOOD.exists() and BAD.exists()),
    reason="the real logs are not beside the project (../shared/data)",
)

Line = tuple[str, str]


def write(path: Path, lines: list[Line], service: str = "shop") -> str:
    """Raw logs as JSON lines, of pairs of level and message; the path."""
    path.write_text(
        "".join(
            json.dumps({"message": message, "level": level, "service": service}) + "\n"
            for level, message in lines
        )
    )
    return str(path)


@pytest.fixture
def days(tmp_path: Path) -> tuple[str, str]:
    """Two days of which the second has an error of its own."""
    lines = [("INFO", f"order {number} placed") for number in range(50)]
    monday = write(tmp_path / "monday.jsonl", lines)
    return monday, write(tmp_path / "tuesday.jsonl", [*lines, ("ERROR", "disk 7 <b>full</b>\x1b")])


def changes(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """What `diff --json` says."""
    capsys.readouterr()
    assert main(["diff", *arguments, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@real
def test_a_run_with_faults_against_one_without(capsys: pytest.CaptureFixture[str]) -> None:
    """57 patterns to read of 64,322 lines; the 23 new patterns at ERROR stand first."""
    found = changes(capsys, str(GOOD), str(BAD))
    assert len(found) == 57
    assert [(change["kind"], change["level"]) for change in found[:23]] == [("new", "ERROR")] * 23
    assert not any(change["kind"] == "new" and change["level"] == "ERROR" for change in found[23:])
    fresh = [change["bad"] for change in found if change["kind"] == "new"]
    assert (len(fresh), sum(fresh)) == (48, 1_294)
    # In both runs: the fault-free run has errors of its own, which are no news.
    assert all(change["good"] > 0 for change in found if change["kind"] in ("less", "gone"))


@real
def test_lists_tables_and_versions_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However the patterns of a side were counted, the same changes in the same order."""
    store = ["--model-dir", str(tmp_path / "models")]

    def plain(*arguments: str) -> list[dict[str, Any]]:
        left_out = ("first_seen", "last_seen", "first_place", "text")
        return [
            {name: value for name, value in change.items() if name not in left_out}
            for change in changes(capsys, *arguments, *store)
        ]

    def engine(path: Path, name: str, *options: str) -> str:
        capsys.readouterr()
        assert main(["sql", "--dialect", "duckdb", "--from", str(path), *options]) == 0
        out = tmp_path / name
        duckdb.execute(f"COPY ({capsys.readouterr().out}) TO '{out}'")
        return str(out)

    expected = plain(str(GOOD), str(BAD))
    assert main(["patterns", str(BAD), "--parquet", str(tmp_path / "bad.parquet"), *store]) == 0
    capsys.readouterr()
    assert main(["patterns", str(GOOD), "--json", *store]) == 0
    (tmp_path / "good.jsonl").write_text(capsys.readouterr().out)
    assert plain(str(tmp_path / "good.jsonl"), str(tmp_path / "bad.parquet")) == expected
    patterns = ["--kind", "patterns", "--time-field", "timestamp"]
    lists = [engine(GOOD, "g.csv", *patterns), engine(BAD, "b.parquet", *patterns)]
    assert plain(*lists) == expected
    tables = [engine(GOOD, "gc.parquet"), engine(BAD, "bc.csv")]
    assert plain(*tables, "--counts") == expected
    for path in (GOOD, BAD):
        assert main(["fit", str(path), "--detector", "surprisal", *store]) == 0
    assert plain("1", "2") == expected
    assert plain("1", str(BAD)) == expected


@pytest.mark.parametrize(
    ("failures", "code"),
    [
        ([], 0),
        (["new-error"], 8),
        (["new"], 8),
        (["any"], 8),
        (["new-service"], 0),
        (["more-error"], 0),
        (["new-service", "new"], 8),
    ],
)
def test_the_exit_code(
    days: tuple[str, str], failures: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """8 if there is what a pipeline does not want, after all that was found was printed."""
    options = [word for failure in failures for word in ("--fail-on", failure)]
    assert main(["diff", *days, *options]) == code
    out = capsys.readouterr()
    assert "1 patterns to read" not in out.out
    assert "1 pattern to read: 1 new (1 at ERROR or FATAL)" in out.out
    assert ("found what --fail-on names" in out.err) == (code == 8)


def test_nothing_differs(days: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The same day twice, in whatever file it stands."""
    monday = Path(days[0])
    again = monday.with_name("again.jsonl.gz")
    again.write_bytes(gzip.compress(monday.read_bytes()))
    assert main(["diff", str(monday), str(again), "--fail-on", "any"]) == 0
    assert "0 patterns to read" in capsys.readouterr().out


def test_services_and_levels_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is new and what is gone, in words."""
    good = write(tmp_path / "good.jsonl", [("INFO", "well")], "cart")
    bad = write(tmp_path / "bad.jsonl", [("FATAL", "unwell")], "shop")
    assert main(["diff", good, bad, "--fail-on", "new-service"]) == 8
    out = capsys.readouterr().out
    for words in ("new services: shop", "services gone: cart", "new levels: FATAL"):
        assert words in out


def test_the_page(days: tuple[str, str], tmp_path: Path) -> None:
    """It stands by itself, and nothing of a log becomes markup."""
    page = tmp_path / "diff.html"
    assert main(["diff", *days, "--html", str(page)]) == 0
    text = page.read_text()
    assert "1 pattern to read of 51 lines" in text
    assert "disk # &lt;b&gt;full&lt;/b&gt;␛" in text
    assert "<script" not in text
    assert "http" not in text.replace("http-equiv", "")


def test_what_has_no_patterns_is_named(
    tmp_path: Path, days: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Records of features, versions that keep no list, and rows that are no pattern."""
    features = tmp_path / "features.jsonl"
    features.write_text(
        '{"message_length": 9, "level": "INFO", "service": "a", "has_exception": false, '
        '"has_timeout": false, "has_connection_error": false}\n'
    )
    assert main(["diff", str(features), days[1]]) == 3
    assert "no messages" in capsys.readouterr().err
    assert main(["diff", "7", days[1], "--model-dir", str(tmp_path / "none")]) == 6
    rows = tmp_path / "rows.csv"
    rows.write_text("pattern_id,service,level,count\n12,a,INFO,1\n")
    assert main(["diff", str(rows), days[1]]) == 3
    assert "rows.csv, row 1 is no pattern" in capsys.readouterr().err
