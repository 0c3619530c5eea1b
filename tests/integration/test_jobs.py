"""Training, evaluating and recalibrating by commands: real data, real stores, real processes."""

import gzip
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.model.model import Model
from inference.store.versions import ModelStore
from schemas.bundle.manifest import MODEL_FILE, REPORT_FILE, TABLES_FILE, Manifest
from schemas.version import __version__
from tests.integration.conftest import ROOT
from tests.integration.jobs import RunJob, runner, start, wait_for_children, wait_for_line
from trainer.cli import main
from trainer.cli.data_options import required_data
from trainer.cli.main import make_parser

LOGS = ROOT / "samples" / "logs.jsonl.gz"
QUICK = ("--n-estimators", "20")
N_LOGS = 6_666
END_TIMEOUT_S = 30
INTERRUPTED = 130
LARGE_BYTES = 40_000_000
N_CHILDREN = 3
"""Two that read, and one of Python's own that tidies up."""


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> RunJob:
    """Runs jobs."""
    return runner(capfd)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that several processes share, and work on for some seconds."""
    lines = gzip.decompress(LOGS.read_bytes())
    path = tmp_path_factory.mktemp("large") / "large.jsonl"
    path.write_bytes(lines * (1 + LARGE_BYTES // len(lines)))
    return path


def bundle(model_dir: Path, version: int) -> tuple[bytes, bytes, Manifest]:
    """Graph, tables and manifest of a version."""
    found = ModelStore(model_dir).bundle(version)
    return found.files[MODEL_FILE], found.files[TABLES_FILE], found.manifest


def flagged_share(model_dir: Path, version: int) -> float:
    """Share of the sample logs that a version flags, judged as it judges raw logs."""
    table = required_data(make_parser().parse_args(["fit", str(LOGS)])).count().table
    model = Model(ModelStore(model_dir).bundle(version), memo_capacity=1)
    anomalies = model.judge_keys(table.keys).is_anomaly
    return float(np.average(anomalies, weights=table.counts))


def test_standard_input_trains_as_a_file_does(tmp_path: Path, run: RunJob) -> None:
    """Detection reads the beginning and loses nothing of it; gzip is recognised by its bytes."""
    assert run("fit", LOGS, "--model-dir", tmp_path / "file", *QUICK).code == 0
    job = start("fit", "-", "--model-dir", tmp_path / "pipe", *QUICK)
    out, err = job.communicate(LOGS.read_bytes(), timeout=END_TIMEOUT_S)
    assert job.returncode == 0, err
    assert f"{N_LOGS:,} rows" in out.decode()
    assert "version 1 published" in out.decode()
    assert bundle(tmp_path / "pipe", 1)[:2] == bundle(tmp_path / "file", 1)[:2]


def test_the_active_model_is_compared(tmp_path: Path, run: RunJob) -> None:
    """With --compare the report has the active model beside the new; at first there is none."""
    store = ("--model-dir", tmp_path, "--compare", *QUICK)
    first = run("fit", LOGS, *store, "--detector", "isolation_forest")
    assert (first.code, "nothing to compare" in first.err) == (0, True)
    second = run("fit", LOGS, *store, "--detector", "surprisal")
    assert (second.code, second.err.count("nothing to compare")) == (0, 0)
    assert "isolation_forest (version 1, active)" in second.out
    report = (ModelStore(tmp_path).path(2) / REPORT_FILE).read_text()
    assert "isolation_forest (version 1, active)" in report
    assert ModelStore(tmp_path).current_version() == 2


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_a_published_model_is_evaluated(tmp_path: Path, run: RunJob, detector: str) -> None:
    """The report is written where it is wanted, and the rankings stand beside the level alone."""
    store = ("--model-dir", tmp_path / "models")
    assert run("fit", LOGS, *store, *QUICK, "--detector", detector).code == 0
    report = tmp_path / "reports" / "report.html"
    labels = ("--label-field", "fault")
    done = run("evaluate", LOGS, *store, "--version", 1, *labels, "--report", report)
    assert done.code == 0
    for ranking in (f"{detector} (version 1)", "level alone", "message_length alone"):
        assert ranking in done.out
        assert ranking in report.read_text()
    assert "673 of the rows are labelled" in done.out
    assert ModelStore(tmp_path / "models").versions() == [1]
    assert [path.name for path in report.parent.iterdir()] == [report.name]


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_a_model_is_recalibrated(tmp_path: Path, run: RunJob, detector: str) -> None:
    """The forest stays, the threshold moves to the share asked for, with data or without."""
    store = ("--model-dir", tmp_path)
    fit = ("fit", LOGS, *store, *QUICK, "--detector", detector, "--contamination", 0.1)
    assert run(*fit).code == 0
    assert run("recalibrate", *store, "--contamination", 0.02).code == 0
    assert run("recalibrate", LOGS, *store, "--contamination", 0.02, "--version", 1).code == 0
    graph, tables, manifest = bundle(tmp_path, 1)
    shares = [flagged_share(tmp_path, version) for version in (1, 2, 3)]
    assert shares[0] > 0.03
    for version in (2, 3):
        new_graph, new_tables, new = bundle(tmp_path, version)
        assert new_tables == tables
        assert (new_graph == graph) == (detector == "surprisal")
        assert new.scores.threshold > manifest.scores.threshold
        assert new.options.contamination == 0.02
        # Of ties at the threshold none is flagged, so that fewer may be.
        assert 0.005 < shares[version - 1] <= 0.02
    assert ModelStore(tmp_path).current_version() == 3


def test_what_cannot_be_recalibrated(tmp_path: Path, run: RunJob) -> None:
    """A share finer than what a model keeps needs data; a share of more than half is none."""
    store = ("--model-dir", tmp_path)
    assert run("recalibrate", *store, "--contamination", 0.02).code == 6
    assert run("fit", LOGS, *store, *QUICK).code == 0
    assert run("recalibrate", *store, "--contamination", 0.0005).code == 3
    assert run("recalibrate", *store, "--contamination", 0.6).code == 2
    assert run("recalibrate", LOGS, *store, "--contamination", 0.0005).code == 0
    assert ModelStore(tmp_path).versions() == [1, 2]


def test_ctrl_c_while_standard_input_is_read(tmp_path: Path) -> None:
    """The job ends with its code and one line; nothing is published."""
    job = start("fit", "-", "--model-dir", tmp_path / "models")
    assert job.stdin is not None
    job.stdin.write(b'{"message": "one", "level": "INFO", "service": "a"}\n' * 10_000)
    job.stdin.flush()
    wait_for_line(job, "records:")
    job.send_signal(signal.SIGINT)
    out, err = job.communicate(timeout=END_TIMEOUT_S)
    assert (job.returncode, out) == (INTERRUPTED, b"")
    assert err.endswith(b"interrupted; nothing was published\n")
    assert b"Traceback" not in err
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    ("command", "library", "line"),
    [
        (["trainer", "list"], "rich", b"interrupted; nothing was published\n"),
        (["inference"], "falcon", b"interrupted\n"),
    ],
    ids=["trainer", "inference"],
)
def test_ctrl_c_while_importing_is_one_line(
    command: list[str], library: str, line: bytes, tmp_path: Path
) -> None:
    """Whatever is being imported when it comes, as a library that is loaded for a command is."""
    (tmp_path / library).mkdir()
    (tmp_path / library / "__init__.py").write_text("raise KeyboardInterrupt\n")
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (INTERRUPTED, b"")
    assert done.stderr == line


@pytest.mark.parametrize(
    "command",
    [["inference"], ["trainer", "serve"], ["scripts.run"]],
    ids=lambda command: command[0],
)
def test_wrong_settings_end_alike(command: list[str], tmp_path: Path) -> None:
    """Both services, and what starts both, name every problem and end with the same code."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**os.environ, "LOG_LEVEL": "LOUD", "MODEL_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The settings are wrong:\nLOG_LEVEL='LOUD'")


@pytest.mark.parametrize("command", ["inference", "trainer"])
def test_a_program_says_its_version(command: str) -> None:
    """In one line, the same for both halves."""
    arguments = [sys.executable, "-m", command, "--version"]
    assert subprocess.check_output(arguments, cwd=ROOT, text=True) == f"log-anomaly {__version__}\n"


def test_ctrl_c_while_processes_read(tmp_path: Path, large: Path) -> None:
    """A terminal sends the signal to all processes of the job: none of them complains."""
    job = start("fit", large, "--processes", 2, "--model-dir", tmp_path / "models")
    wait_for_line(job, "records:")
    wait_for_children(job, N_CHILDREN)
    os.killpg(job.pid, signal.SIGINT)
    out, err = job.communicate(timeout=END_TIMEOUT_S)
    assert (job.returncode, out) == (INTERRUPTED, b"")
    assert err.endswith(b"interrupted; nothing was published\n")
    assert b"Traceback" not in err
    assert not (tmp_path / "models").exists()


def test_no_process_outlives_a_killed_job(tmp_path: Path, large: Path) -> None:
    """Processes that read for a job end when it is killed, instead of waiting for work for ever."""
    job = start("fit", large, "--processes", 2, "--model-dir", tmp_path / "models")
    wait_for_line(job, "records:")
    ends = [os.pidfd_open(child) for child in wait_for_children(job, N_CHILDREN)]
    job.kill()
    for end in ends:
        poll = select.poll()
        poll.register(end, select.POLLIN)
        assert poll.poll(END_TIMEOUT_S * 1_000), "a process is still there"
        os.close(end)
    job.communicate()
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize(
    "command",
    ["fit", "evaluate", "score", "recalibrate", "sql", "list", "activate", "rollback", "serve"],
)
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It says what the command is for and ends well."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"usage: python -m trainer {command}" in capsys.readouterr().out
