"""The import contracts cover every module there is."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("schemas", "inference", "trainer")
STRAY = '"""Does not belong."""\n\nimport falcon\n\nimport {half}.errors\n\n__all__ = ["falcon"]\n'


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the contracts of a copy of the project."""
    command = Path(sys.executable).parent / "lint-imports"
    return subprocess.run(
        [command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the contracts are about."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    return tmp_path


@pytest.mark.parametrize("room", ["inference", "trainer", "inference.web", "trainer.reading"])
def test_a_module_that_no_layer_names_breaks_them(copy: Path, room: str) -> None:
    """A stray module is found by its name, wherever it imports from."""
    half = room.partition(".")[0]
    (copy / room.replace(".", "/") / "stray.py").write_text(STRAY.format(half=half))
    done = lint(copy)
    assert done.returncode == 1
    assert f"{room}.stray" in done.stdout


def test_every_package_has_its_layers() -> None:
    """A new package is named as well: some contract lists all that is in it."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    listed = {
        container
        for contract in contracts["contracts"]
        if contract.get("exhaustive")
        for container in contract["containers"]
    }
    packages = {
        str(page.parent.relative_to(ROOT)).replace("/", ".")
        for half in PACKAGES
        for page in (ROOT / half).rglob("__init__.py")
        if len(list(page.parent.glob("*.py"))) + len(list(page.parent.glob("*/__init__.py"))) > 2
    }
    assert packages == listed


def test_http_in_the_domain_breaks_them(copy: Path) -> None:
    """A module of the domain that imports a web framework is found."""
    page = copy / "trainer" / "fitting" / "quantiles.py"
    page.write_text(page.read_text() + "\nimport falcon\n")
    done = lint(copy)
    assert done.returncode == 1
    assert "HTTP stays at the rim BROKEN" in done.stdout
