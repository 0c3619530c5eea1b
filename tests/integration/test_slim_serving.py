"""The serving half needs only its own requirements."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil
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


def test_it_is_small(slim_python: Path) -> None:
    """What serving needs takes 165 MB at most, without byte code and installers."""
    packages = next(slim_python.parent.parent.glob("lib/python*/site-packages"))
    size = sum(
        path.stat().st_size
        for path in packages.rglob("*")
        if path.is_file()
        and path.suffix != ".pyc"
        and not path.relative_to(packages).parts[0].startswith(("pip", "setuptools"))
    )
    assert size <= 165_000_000


def test_only_these_libraries_are_loaded(slim_python: Path) -> None:
    """The libraries that a worker imports are a closed list: a new library is a decision."""
    code = (
        "import json, sys; before = {n.split('.')[0] for n in sys.modules}\n"
        "import inference.app, inference.serving.server\n"
        "names = {n.split('.')[0] for n in sys.modules} - before - set(sys.stdlib_module_names)\n"
        "print(json.dumps(sorted(n for n in names if not n.startswith('_'))))"
    )
    loaded = subprocess.run([slim_python, "-c", code], cwd=ROOT, capture_output=True, check=True)
    ours = {"inference", "schemas"}
    assert set(json.loads(loaded.stdout)) - ours <= {
        "backports",  # zstd, which urllib3 loads where it is there
        "click",  # uvicorn
        "cython_runtime",  # no library: what compiled modules share
        "falcon",
        "gunicorn",
        "h11",  # uvicorn
        "httptools",  # uvicorn's protocol, which ours writes for
        "msgspec",
        "numpy",
        "onnxruntime",
        "packaging",  # gunicorn
        "urllib3",
        "prometheus_client",  # the text of /metrics
        "uvicorn",
        "uvicorn_worker",
    }


def proportional_set_size(processes: list[psutil.Process]) -> int:
    """What processes take of the memory in bytes, shared pages shared out among their users."""
    return sum(process.memory_full_info().pss for process in processes)


def test_memory_is_bounded(slim_python: Path, model_dir: Path) -> None:
    """Two workers that have seen 100,000 different logs take 130 MB at most, and no more later."""
    with running(slim_python, model_dir, WEB_CONCURRENCY="2") as (base, process):
        tree = [parent := psutil.Process(process.pid), *parent.children()]
        sizes = []
        for start in range(0, 200_000, 100_000):
            for first in range(start, start + 100_000, 1_000):
                logs = [
                    {"log_id": str(n), "features": make_log(n % 1_000_000, service=f"service-{n}")}
                    for n in range(first, first + 1_000)
                ]
                _fetch(f"{base}/api/v1/predict/batch", process, msgspec.json.encode({"logs": logs}))
            sizes.append(proportional_set_size(tree))
    assert max(sizes) <= 130_000_000
    assert sizes[1] <= sizes[0] + 5_000_000


@contextmanager
def running(
    python: Path, model_dir: Path, **environ: str
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Inference in the slim environment: its address and its process."""
    port = free_port()
    variables = {"PATH": os.environ["PATH"], "PORT": str(port), "MODEL_DIR": str(model_dir)}
    process = subprocess.Popen([python, "-m", "inference"], cwd=ROOT, env={**variables, **environ})
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        assert process.wait(40) == 0


def test_inference_serves_there(slim_python: Path, model_dir: Path) -> None:
    """The real server starts there, predicts, explains and shows its documentation."""
    with running(slim_python, model_dir) as (base, process):
        body = msgspec.json.encode({"log_id": "a", "features": make_log()})
        answer = json.loads(_fetch(f"{base}/api/v1/predict?explain=true", process, body))
        assert answer["model_version"] == "1"
        assert "contributions" in answer
        assert b"docs/start.js" in _fetch(f"{base}/docs", process)
        assert len(_fetch(f"{base}/docs/swagger_bundle.js", process)) > 100_000
        document = json.loads(_fetch(f"{base}/openapi.json", process))
        assert document["openapi"] == "3.1.0"


def _fetch(url: str, process: subprocess.Popen[bytes], body: bytes | None = None) -> bytes:
    """An answer's body; waits for the server to come up."""
    for _ in range(1_000):
        assert process.poll() is None
        try:
            request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=5) as response:
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
