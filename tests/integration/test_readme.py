"""What the README shows first: `make run` and the log processor."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.integration.conftest import ROOT, StartInference, free_port

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def run(script: str, **environ: str) -> str:
    """Run a script as a user would, with the project's Python first in the path."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env={**os.environ, "PATH": path, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_sample_client_finds_anomalies(
    start_inference: StartInference, model_dir: Path
) -> None:
    """The log processor of the README reads lines and prints those that the model flags."""
    inference = start_inference(model_dir)
    lines = [{"message": "order accepted " * 8, "level": "info", "service": "cart"}] * 500
    lines[7] = {"message": "Exception: timeout " * 60, "level": "fatal", "service": "cart"}
    done = subprocess.run(
        [sys.executable, "-m", "examples.log_processor", inference.url],
        cwd=ROOT,
        input="\n".join(map(json.dumps, lines)).encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    (anomaly,) = map(json.loads, done.stdout.splitlines())
    assert json.loads(anomaly["line"]) == lines[7]
    assert "FATAL" in anomaly["why"]


@needs_curl
def test_make_run_runs_everything(tmp_path: Path) -> None:
    """What `make run` calls trains a starter model, starts both, and stops both on Ctrl-C."""
    ports = {"PORT": str(free_port()), "TRAINER_PORT": str(free_port())}
    log = tmp_path / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "scripts.run"],
            cwd=ROOT,
            env={**os.environ, **ports, "MODEL_DIR": str(tmp_path / "models")},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + 90
        while "Ctrl-C stops both" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)  # polling another process: there is nothing to wait on
        printed = log.read_text()
        assert "training a starter model" in printed
        guide = printed[printed.index("Try it:") :]
        (command,) = re.findall(r"curl -s .*?}'", guide, re.DOTALL)
        assert json.loads(run(command))["model_version"] == "1"
    finally:
        process.send_signal(signal.SIGINT)
    assert process.wait(40) == 0
    for port in ports.values():
        refused = subprocess.run(
            ["curl", "-s", f"http://127.0.0.1:{port}/api/v1/health"], check=False
        )
        assert refused.returncode == 7  # nobody listens any more


def test_a_port_in_use_is_one_clear_line(start_inference: StartInference, model_dir: Path) -> None:
    """`make run` on a taken port says so at once, before it trains anything."""
    taken = start_inference(model_dir)
    done = subprocess.run(
        [sys.executable, "-m", "scripts.run"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(taken.port), "MODEL_DIR": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"cannot listen on 127.0.0.1 port {taken.port}: Address already in use; "
        f"choose another port (PORT, TRAINER_PORT)\n"
    )
    assert not done.stdout
