"""The import contracts cover every module there is."""

import shutil
import subprocess
import sys
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


@pytest.mark.parametrize("half", ["inference", "trainer"])
def test_a_module_that_no_layer_names_breaks_them(copy: Path, half: str) -> None:
    """A stray module is found by its name, wherever it imports from."""
    (copy / half / "stray.py").write_text(STRAY.format(half=half))
    done = lint(copy)
    assert done.returncode == 1
    assert f"{half}.stray" in done.stdout


def test_http_in_the_domain_breaks_them(copy: Path) -> None:
    """A module of the domain that imports a web framework is found."""
    page = copy / "trainer" / "fitting" / "quantiles.py"
    page.write_text(page.read_text() + "\nimport falcon\n")
    done = lint(copy)
    assert done.returncode == 1
    assert "HTTP stays at the rim BROKEN" in done.stdout
