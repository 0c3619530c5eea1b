"""What a report lacks is named in it, with the reason."""

import re
from pathlib import Path

import msgspec
import pytest

from tests.made_logs import make_logs, make_raw_logs
from trainer.cli import main

N_LINES = 200


def report_on(capsys: pytest.CaptureFixture[str], store: Path, *data: str) -> list[str]:
    """The sentences on what is not there, which summary and page share."""
    options = ["--n-estimators", "5", "--model-dir", str(store)]
    capsys.readouterr()
    assert main(["fit", *data, *options]) == 0
    said = re.findall(r"^No .*\.$", capsys.readouterr().out, re.MULTILINE)
    page = max(store.glob("log-anomaly/*/report.html")).read_text()
    assert all(f'<p class="note">{sentence}</p>' in page for sentence in said)
    return said


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """Lines of two minutes, the last labelled."""
    path = tmp_path / "raw.jsonl"
    lines = [
        {
            "time": f"2026-11-24T08:{number // 60:02}:{number % 60:02}Z",
            "fault": number > N_LINES - 5,
            **msgspec.to_builtins(log),
        }
        for number, log in enumerate(make_raw_logs(N_LINES))
    ]
    path.write_bytes(b"\n".join(map(msgspec.json.encode, lines)))
    return path


def test_raw_logs_with_times_lack_nothing(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Patterns, a timeline and, with labels, faults are all there."""
    assert report_on(capsys, tmp_path, str(raw), "--label-field", "fault") == []


def test_features_without_times_lack_patterns_and_a_timeline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each has its own reason."""
    path = tmp_path / "features.jsonl"
    path.write_bytes(b"\n".join(map(msgspec.json.encode, make_logs(N_LINES))))
    assert report_on(capsys, tmp_path, str(path)) == [
        "No patterns: the records came without messages.",
        "No timeline: not all records have a time.",
    ]


def test_count_tables_lack_what_they_do_not_keep(
    raw: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """How lines spread over time, and the order of labelled lines; less another table, patterns
    too: the ids that stand for a bucket are shown nowhere.
    """
    table, half, less = (str(tmp_path / f"{name}.parquet") for name in ("all", "half", "less"))
    lines = raw.read_bytes().splitlines()
    raw.with_name("half.jsonl").write_bytes(b"\n".join(lines[: N_LINES // 2]))
    label = ["--label-field", "fault"]
    assert main(["count", str(raw), *label, "--out", table]) == 0
    assert main(["count", str(raw.with_name("half.jsonl")), *label, "--out", half]) == 0
    assert main(["count", "--counts", table, "--minus", half, "--out", less]) == 0
    timeline = (
        "No timeline: count tables keep when a record was first and last seen, and not how its "
        "lines spread over time."
    )
    faults = "No faults: they are an order of lines, which count tables do not keep."
    assert report_on(capsys, tmp_path, "--counts", table) == [timeline, faults]
    patterns = "No patterns: the count tables do not name them all."
    assert report_on(capsys, tmp_path, "--counts", less) == [patterns, timeline, faults]
    both = ["--counts", less, "--counts", half]
    assert report_on(capsys, tmp_path, *both) == [patterns, timeline, faults]
    assert main(["patterns", *both, "--model-dir", str(tmp_path)]) == 3
    assert "from which no other table was taken away" in capsys.readouterr().err
