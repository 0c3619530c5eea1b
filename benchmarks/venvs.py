"""Environments of the benchmark's own: what is compared must not meet the project's packages."""

import hashlib
import importlib.metadata
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from benchmarks.progress import say

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
PEERS: Final = HERE / "peers"
_VENVS: Final = HERE / ".venvs"


class CannotInstallError(Exception):
    """An environment cannot be made; the message is the installer's last line."""


def python_of(name: str, requirements: Path) -> Path:
    """The interpreter of the environment `name`, installed anew when its requirements changed.

    Raises:
        CannotInstallError: the requirements cannot be installed.
    """
    folder = _VENVS / name
    python = folder / "bin" / "python"
    stamp = folder / "installed"
    wanted = hashlib.sha256(requirements.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    say(f"installing {requirements.name} into an environment of its own")
    shutil.rmtree(folder, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    install = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    _run([*install, "--require-hashes", "--requirement", str(requirements)])
    stamp.write_text(wanted)
    return python


def packages(python: Path) -> list[importlib.metadata.Distribution]:
    """What is installed beside an interpreter, installers left out, by name."""
    (folder,) = (python.parent.parent / "lib").glob("python3*/site-packages")
    found = importlib.metadata.distributions(path=[str(folder)])
    installed = [package for package in found if package.name not in {"pip", "setuptools"}]
    return sorted(installed, key=lambda package: package.name.lower())


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise CannotInstallError(lines[-1] if lines else f"exit code {done.returncode}")
