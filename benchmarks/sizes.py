"""What the serving requirements take on disk once installed."""

from importlib.metadata import Distribution
from pathlib import Path

from benchmarks.lab import Lab
from benchmarks.progress import say
from benchmarks.results import PackageSize, SizeSection
from benchmarks.venvs import ROOT, packages, python_of


def measure_sizes(lab: Lab) -> SizeSection:
    """Install requirements/serve.txt into an empty environment and add up each package's files."""
    about = lab.options.about()
    found = [package_size(package) for package in installed_serving_packages()]
    say(f"serving requirements: {sum(package.size_bytes for package in found) / 1e6:.1f} MB")
    return SizeSection(about, sorted(found, key=lambda package: -package.size_bytes))


def installed_serving_packages() -> list[Distribution]:
    """The distributions of an environment with the serving requirements alone."""
    return packages(python_of("serve", ROOT / "requirements" / "serve.txt"))


def package_size(package: Distribution) -> PackageSize:
    """The files of a distribution, as its RECORD lists them (byte code that pip made included)."""
    total = bytecode = 0
    for file in package.files or ():
        path = Path(file.locate())
        size = path.stat().st_size if path.is_file() else 0
        total += size
        bytecode += size * (path.suffix == ".pyc")
    return PackageSize(package.name, package.version, total, bytecode)
