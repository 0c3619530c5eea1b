"""What the checks of images and manifests share: both images, built once, and the tools.

`make e2e` (tests/e2e/run) installs and prepares what these tests need; any other run skips them.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.e2e.buildah import Buildah
from tests.e2e.containers import ROOT, USER_ID, Image, Mount, disk_usage
from tests.e2e.manifests import KUBERNETES, Manifests, Read
from tests.e2e.manifests import build as build_manifests
from tests.e2e.peers import SAMPLES, Serving
from tests.made_logs import make_logs

WHEELS = "/wheels"

OVERLAYS = sorted((KUBERNETES / "overlays").iterdir())

FIGURES = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session", autouse=True)
def prepared() -> Path:
    """The directory in which tests/e2e/run has prepared base image and wheels."""
    directory = os.environ.get("LOG_ANOMALY_E2E")
    if directory is None:
        pytest.skip("needs Debian packages and root: make e2e")
    return Path(directory)


@pytest.fixture(scope="session")
def tools() -> Path:
    """Where the commands of tests/e2e/requirements.txt are."""
    return ROOT / ".venv" / "e2e" / "bin"


@pytest.fixture(scope="session")
def read_yaml(tools: Path) -> Callable[[Path], list[dict[str, Any]]]:
    """Reads all documents of a YAML file."""
    script = "import json, sys, yaml; print(json.dumps([*yaml.safe_load_all(sys.stdin)]))"

    def read(path: Path) -> list[dict[str, Any]]:
        with open(path, "rb") as file:
            output = subprocess.check_output([tools / "python", "-c", script], stdin=file)
        documents: list[dict[str, Any]] = json.loads(output)
        return documents

    return read


@pytest.fixture(scope="session")
def print_at_end(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Prints a line below the results: a figure to read."""
    return request.config.stash.setdefault(FIGURES, []).append


@pytest.fixture(scope="session")
def build(
    prepared: Path,
    tmp_path_factory: pytest.TempPathFactory,
    print_at_end: Callable[[str], None],
) -> Callable[..., Image]:
    """Builds a Dockerfile of the project against the stand-in for its base."""
    buildah = Buildah(prepared / "buildah")
    buildah.import_base(prepared / "base.tar")
    pip_conf = tmp_path_factory.mktemp("pip") / "pip.conf"
    pip_conf.write_text(f"[global]\nno-index = true\nfind-links = {WHEELS}\n")
    mounts = [Mount(prepared / "wheels", WHEELS, "ro"), Mount(pip_conf, "/etc/pip.conf", "ro")]

    def build_image(dockerfile: str, **arguments: str) -> Image:
        image = buildah.build(ROOT, dockerfile, mounts, arguments)
        name = " ".join([dockerfile, *arguments.values()])
        print_at_end(f"{name}: {layers(image)}")
        return image

    return build_image


def layers(image: Image) -> str:
    """The size of an image and of each layer that its Dockerfile makes, for people."""
    packages, ours = (disk_usage(image.root / path) for path in ("opt/venv", "app"))
    sizes = {"base": image.base_bytes, "/opt/venv": packages, "/app": ours}
    listed = ", ".join(f"{layer} {size / 1e6:.1f} MB" for layer, size in sizes.items())
    return f"{image.size_bytes / 1e6:.0f} MB: {listed}"


@pytest.fixture(scope="session")
def serving_image(build: Callable[..., Image]) -> Image:
    """The image of Dockerfile.serve."""
    return build("Dockerfile.serve")


@pytest.fixture(scope="session")
def mirror_image(build: Callable[..., Image]) -> Image:
    """The same with the library for object stores."""
    return build("Dockerfile.serve", REQUIREMENTS="mirror", REVISION="0123abc")


@pytest.fixture(scope="session")
def signed_image(build: Callable[..., Image]) -> Image:
    """The same with the library that verifies signatures."""
    return build("Dockerfile.serve", REQUIREMENTS="signed")


@pytest.fixture(scope="session")
def training_image(build: Callable[..., Image]) -> Image:
    """The image of Dockerfile.train."""
    return build("Dockerfile.train")


@pytest.fixture(scope="session")
def features_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Training data as JSON lines, in a directory that others may read."""
    archive = tmp_path_factory.mktemp("features") / "archive"
    archive.mkdir()
    path = archive / "features.jsonl"
    path.write_bytes(b"\n".join(map(msgspec.json.encode, make_logs(500))))
    return path


@pytest.fixture(scope="session")
def trained_store(features_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model store that was trained on this machine, by another user than the image's."""
    store = tmp_path_factory.mktemp("trained") / "models"
    subprocess.run(
        [sys.executable, "-m", "trainer", "fit", "--model-dir", store, features_file],
        check=True,
        cwd=ROOT,
        env={**os.environ, "ORT_DISABLE_TELEMETRY": "1"},
    )
    return store


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model store that was trained on the samples, on this machine."""
    store = tmp_path_factory.mktemp("of-samples") / "models"
    subprocess.run(
        [sys.executable, "-m", "trainer", "fit", SAMPLES, "--model-dir", store],
        check=True,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    return store


@pytest.fixture
def serving(sample_store: Path, tmp_path: Path) -> Iterator[Serving]:
    """A running service with a model of the samples, which names every pattern."""
    serving = Serving(tmp_path, sample_store, ANOMALY_SERVE_METRICS_PATTERNS="1000")
    serving.start()
    yield serving
    serving.stop()


@pytest.fixture
def bare_serving(tmp_path: Path) -> Iterator[Serving]:
    """A running service without a model: its store is not there yet."""
    serving = Serving(tmp_path, tmp_path / "store")
    serving.start("/health")
    yield serving
    serving.stop()


@pytest.fixture
def empty_store(tmp_path: Path) -> Path:
    """A volume as the images expect it: empty, and owned by their user."""
    store = tmp_path / "store"
    store.mkdir()
    shutil.chown(store, USER_ID, USER_ID)
    return store


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the sizes of the images that were built, by layer, and other figures."""
    figures: list[str] = config.stash.setdefault(FIGURES, [])
    for line in sorted(figures):
        terminalreporter.write_line(line)


@pytest.fixture(scope="module", params=OVERLAYS, ids=lambda folder: folder.name)
def overlay(
    request: pytest.FixtureRequest,
    tools: Path,
    read_yaml: Read,
    tmp_path_factory: pytest.TempPathFactory,
) -> Manifests:
    """What each overlay makes."""
    return build_manifests(
        tools, request.param, tmp_path_factory.mktemp("built") / "all.yaml", read_yaml
    )
