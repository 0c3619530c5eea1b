"""The commands that list and compare patterns: what they refuse, and whose flags they show."""

from pathlib import Path

import msgspec
import pytest

from tests.made_logs import make_raw_logs
from trainer.cli import main


@pytest.fixture
def logs(tmp_path: Path) -> str:
    """The path of some raw logs."""
    path = tmp_path / "logs.jsonl"
    path.write_bytes(b"\n".join(msgspec.json.encode(log) for log in make_raw_logs(300)))
    return str(path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["patterns", "{logs}", "--json", "--parquet", "x"], "either --json or --parquet FILE"),
        (["patterns", "{logs}", "--limit", "-1"], "--limit -1: Expected 0 or more"),
        (["patterns"], "give DATA to read, or --counts FILE"),
        (["patterns", "{logs}", "--flagged"], "--flagged: no model has been published"),
        (["diff", "{logs}", "{logs}", "--limit", "-1"], "--limit -1: Expected 0 or more"),
    ],
)
def test_options_that_make_no_sense(
    logs: str,
    tmp_path: Path,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They are refused with what was expected, as those of all commands."""
    given = [word.format(logs=logs) for word in arguments]
    assert main([*given, "--model-dir", str(tmp_path / "none")]) == 2
    assert message in capsys.readouterr().err


def test_whose_flags_are_shown(
    logs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Flags of the current or of the named version; without a version, there is no column."""
    store = ["--model-dir", str(tmp_path / "models")]
    assert main(["patterns", logs, *store]) == 0
    assert "flag" not in capsys.readouterr().out
    assert main(["fit", logs, *store]) == 0
    capsys.readouterr()
    assert main(["patterns", logs, *store]) == 0
    out = capsys.readouterr().out
    assert "flagged" in out.splitlines()[0]
    assert "version 1 flags" in out.splitlines()[-1]
    assert main(["patterns", logs, "--version", "7", *store]) == 6
    assert "there is no version 7" in capsys.readouterr().err


def test_a_version_that_learned_from_a_part(
    logs: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its list is of all lines that it was made of, and so is what `diff` counts."""
    store = ["--model-dir", str(tmp_path / "models")]
    assert main(["fit", logs, "--holdout", "0.2", *store]) == 0
    capsys.readouterr()
    assert main(["patterns", "--version", "1", *store]) == 0
    kept = capsys.readouterr().out
    assert " of 300 lines;" in kept.splitlines()[-1]
    assert main(["patterns", logs, *store]) == 0
    assert capsys.readouterr().out == kept
    assert main(["diff", "1", logs, *store]) == 0
    assert "300 lines of 22 patterns in version 1, 300 lines of 22" in capsys.readouterr().out
