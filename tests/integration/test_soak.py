"""A few seconds of `make soak`, so that it goes on working."""

import re
import subprocess
import sys

from tests.integration.conftest import ROOT


def test_a_short_soak_finds_nothing_wrong() -> None:
    """Two workers and the trainer, trainings and rollbacks: 0 lost, 0 wrong, exit code 0."""
    command = [sys.executable, "-m", "benchmarks.soak"]
    options = ["--seconds", "5", "--rate", "100", "--change-every", "0.5"]
    done = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost    0 of 500 requests" in done.stdout
    assert re.search(r"wrong   0 of \d", done.stdout)
    assert re.search(r"[1-9]\d* trainings", done.stdout)
