"""The serving half needs only its own requirements."""

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import msgspec
import pytest

from tests.integration.conftest import ROOT, free_port
from tests.made_logs import make_log

ABSENT = ["sklearn", "scipy", "joblib", "skl2onnx", "onnx", "pandas"]


@pytest.fixture(scope="session")
def slim_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with requirements/serve.txt and nothing else."""
    folder = tmp_path_factory.mktemp("slim")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    pins = str(ROOT / "requirements" / "serve.txt")
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", pins],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return python


def test_the_training_stack_is_absent(slim_python: Path) -> None:
    """None of the training libraries can be found there."""
    code = (
        "import importlib.util, json\n"
        f"print(json.dumps([n for n in {ABSENT} if importlib.util.find_spec(n)]))"
    )
    found = subprocess.run([slim_python, "-c", code], capture_output=True, check=True)
    assert json.loads(found.stdout) == []


def test_inference_serves_there(slim_python: Path, model_dir: Path) -> None:
    """The real server starts there, predicts, explains and shows its documentation."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environ = {"PATH": os.environ["PATH"], "PORT": str(port), "MODEL_DIR": str(model_dir)}
    process = subprocess.Popen([slim_python, "-m", "inference"], cwd=ROOT, env=environ)
    try:
        body = msgspec.json.encode({"log_id": "a", "features": make_log()})
        answer = json.loads(_fetch(f"{base}/api/v1/predict?explain=true", process, body))
        assert answer["model_version"] == "1"
        assert "contributions" in answer
        assert b"docs/start.js" in _fetch(f"{base}/docs", process)
        assert len(_fetch(f"{base}/docs/swagger_bundle.js", process)) > 100_000
        modules = _fetch(f"{base}/openapi.json", process)
        assert json.loads(modules)["openapi"] == "3.1.0"
    finally:
        process.terminate()
        assert process.wait(40) == 0


def _fetch(url: str, process: subprocess.Popen[bytes], body: bytes | None = None) -> bytes:
    """An answer's body; waits for the server to come up."""
    for _ in range(1_000):
        assert process.poll() is None
        try:
            with urllib.request.urlopen(url, data=body, timeout=5) as response:
                data: bytes = response.read()
                return data
        except ConnectionError:
            pass
        except OSError as error:
            if not isinstance(getattr(error, "reason", None), ConnectionError):
                raise
        process_wait(process)
    raise TimeoutError(url)


def process_wait(process: subprocess.Popen[bytes]) -> None:
    """Give a starting process a moment."""
    try:
        process.wait(0.02)
    except subprocess.TimeoutExpired:
        return
