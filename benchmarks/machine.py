"""What the figures were made on."""

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path
from typing import Final

import psutil

from benchmarks.competitors import FASTAPI, MLSERVER, Peers
from benchmarks.results import Machine
from benchmarks.venvs import packages

_OURS: Final = ("falcon", "gunicorn", "uvicorn", "uvicorn-worker", "uvloop", "httptools", "msgspec")
_OURS_TOO: Final = ("numpy", "onnxruntime", "scikit-learn", "skl2onnx", "onnx")
_PEERS: Final = ("fastapi", "pydantic", "uvicorn", "uvloop", "httptools", "scikit-learn", "numpy")
_MLSERVER: Final = ("mlserver", "mlserver-sklearn", "uvloop", "scikit-learn", "numpy")


def describe_machine(peers: Peers, records: str) -> Machine:
    """Processor, memory, system, and the versions of everything that matters."""
    versions = {
        "this service": {name: importlib.metadata.version(name) for name in _OURS + _OURS_TOO},
        "load generator": {"wrk": _wrk_version()},
    }
    for title, python, names in (
        (FASTAPI, peers.fastapi, _PEERS),
        (MLSERVER, peers.mlserver, _MLSERVER),
    ):
        if python:
            versions[title] = {
                package.name: package.version
                for package in packages(python)
                if package.name in names
            }
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 0,
        memory_gb=round(psutil.virtual_memory().total / 1e9, 1),
        system=f"{platform.system()} {platform.release().split('-')[0]}",
        python=platform.python_version(),
        versions=versions,
        records=records,
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _wrk_version() -> str:
    output = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)
    return output.stdout.split(" [")[0].removeprefix("wrk ").strip()
