"""`python -m trainer report`: where the report beside a version is, and how it is served."""

import re
import signal
from pathlib import Path

import pytest
import urllib3

from tests.integration.conftest import ROOT
from tests.integration.jobs import RunJob, runner, start

SAMPLES = ROOT / "samples" / "logs.jsonl.gz"


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> RunJob:
    """Runs jobs in this process, without a screen."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return runner(capfd)


@pytest.fixture
def models(run: RunJob, tmp_path: Path) -> Path:
    """A store with a model of the samples."""
    store = tmp_path / "models"
    assert run("fit", SAMPLES, "--label-field", "fault", "--model-dir", store).code == 0
    return store


def test_the_path_is_printed(run: RunJob, models: Path) -> None:
    """Of the current or of the named version; a version without a report is named."""
    path = models / "log-anomaly" / "1" / "report.html"
    for number in ([], ["1"]):
        assert run("report", *number, "--model-dir", models) == (0, f"{path}\n", "")
    path.unlink()
    for missing in ("1", "7"):
        done = run("report", missing, "--model-dir", models)
        assert (done.code, done.out) == (6, "")
        assert f"{missing}/report.html" in done.err
    assert run("report", "--model-dir", models / "none").code == 6


def test_it_is_served_on_loopback_until_ctrl_c(run: RunJob, models: Path) -> None:
    """The page under `/` and nothing else; the end is no error."""
    page = (models / "log-anomaly" / "1" / "report.html").read_bytes()
    job = start("report", "--serve", "--model-dir", models)
    try:
        assert job.stdout is not None
        line = job.stdout.readline().decode()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address is not None
        answer = urllib3.request("GET", address[0])
        assert (answer.status, answer.data) == (200, page)
        assert urllib3.request("GET", f"{address[0]}manifest.json").status == 404
        taken = address[0].split(":")[-1].rstrip("/")
        assert run("report", "--serve", "--port", taken, "--model-dir", models).code == 7
    finally:
        job.send_signal(signal.SIGINT)
        _, err = job.communicate(timeout=30)
    assert (job.returncode, err) == (0, b"")


def test_parts_of_log_lines_may_be_kept_out(run: RunJob, tmp_path: Path) -> None:
    """Neither the report nor a list of patterns has any with --no-examples; ids stay."""
    store = tmp_path / "models"
    options = ["--detector", "surprisal", "--no-examples", "--model-dir", store]
    assert run("fit", SAMPLES, *options).code == 0
    folder = store / "log-anomaly" / "1"
    text = (folder / "report.html").read_text()
    assert "no server available" not in text
    assert re.search(r'class="masked">[0-9a-f]{16}<', text)
    assert not (folder / "patterns.jsonl.gz").exists()
    done = run("patterns", "--version", "1", "--model-dir", store)
    assert done.code == 6
    assert "keeps no patterns" in done.err
