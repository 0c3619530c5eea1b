"""SIGKILL at 60 moments of a training job: the store is never half-written."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inference.store.versions import ModelStore
from tests.integration.conftest import ROOT
from trainer.cli import main

N_KILLS = 60
DATA = ROOT / "samples" / "features.jsonl.gz"


def test_a_killed_job_leaves_a_whole_store(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every version loads, CURRENT names one of them, and the next job works and tidies up."""
    assert main(["fit", str(DATA), "--model-dir", str(tmp_path), "--n-estimators", "5"]) == 0
    assert ModelStore(tmp_path).versions() == [1]
    command = [sys.executable, "-m", "tests.integration.crash_driver", str(tmp_path), str(DATA)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    results = json.loads(done.stdout)
    assert [result["problems"] for result in results] == [[]] * N_KILLS
    # Or else nothing was put to the test: kills did strike while the store was written to.
    assert any(result["leftovers"] for result in results)
    capfd.readouterr()
