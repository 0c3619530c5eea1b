"""The program that docs/integrations/httpx.md prints, with the real httpx."""

import json
import subprocess
from pathlib import Path
from typing import Final

from schemas.api.operations import API_PREFIX
from tests.configurations import configurations
from tests.e2e.containers import ROOT
from tests.e2e.peers import Serving, sample_logs

PYTHON: Final = ROOT / ".venv/peers/bin/python"
N_LOGS: Final = 3_000
N_BEFORE: Final = 300
WAIT_S: Final = 120.0


def write_program(folder: Path, url: str) -> Path:
    """The page's program, asking this service."""
    (printed,) = configurations("integrations/httpx.md", "Python programs with httpx")
    program = folder / "program.py"
    program.write_text(printed.adapted({"http://log-anomaly:8000": url}))
    return program


def test_it_loses_nothing_at_a_restart(sample_store: Path, tmp_path: Path) -> None:
    """All anomalies come out, in the order of the lines, though the service was away."""
    logs = sample_logs(N_LOGS)
    lines = tmp_path / "logs.jsonl"
    lines.write_text("".join(json.dumps(log) + "\n" for log in logs))
    serving = Serving(tmp_path, sample_store)
    program = write_program(tmp_path, serving.url)
    serving.start()
    with (
        lines.open() as source,
        subprocess.Popen(
            [PYTHON, program], stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process,
    ):
        try:
            serving.wait_judged(N_BEFORE)
            serving.stop()
            assert process.poll() is None  # or the service was away too late
            serving.start()
            out, err = process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert process.returncode == 0, err
    numbered = [{"log_id": number, **log} for number, log in enumerate(logs, 1)]
    expected = serving.post(f"{API_PREFIX}/predict/batch", {"logs": numbered})["predictions"]
    serving.stop()
    assert any(verdict["is_anomaly"] for verdict in expected)
    assert [json.loads(line) for line in out.splitlines()] == [
        verdict for verdict in expected if verdict["is_anomaly"]
    ]


def test_a_refused_call_ends_it(sample_store: Path, tmp_path: Path) -> None:
    """With the service's own words."""
    serving = Serving(tmp_path, sample_store)
    program = write_program(tmp_path, serving.url)
    serving.start()
    done = subprocess.run(
        [PYTHON, program],
        input='{"features": {}}\n',
        capture_output=True,
        text=True,
        timeout=WAIT_S,
        check=False,
    )
    serving.stop()
    assert done.returncode == 1
    assert "refused: " in done.stderr
    assert "message_length" in done.stderr
