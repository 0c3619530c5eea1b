"""What holds for both images, and what each of them holds."""

import json
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Final

import pytest

from inference.environment import load_settings
from inference.settings import PREFIX as SERVE_PREFIX
from inference.settings import InferenceSettings
from schemas.api.operations import API_PREFIX
from schemas.version import __version__
from scripts.sbom import bill
from tests.e2e.containers import ROOT, USER_ID, Image, Mount, disk_usage
from trainer.settings import PREFIX as TRAIN_PREFIX
from trainer.settings import TrainerSettings

MB: Final = 1_000_000
MAX_SERVING_IMAGE_BYTES: Final = 340 * MB
MAX_SERVING_PACKAGES_BYTES: Final = 160 * MB
TRAINING_STACK: Final = ("joblib", "onnx", "pandas", "scipy", "skl2onnx", "sklearn")
INTERPRETERS: Final = ("/opt/venv/bin/python", "/usr/local/bin/python")
MISSING: Final = """
import importlib.util, sys
found = [name for name in sys.argv[1:] if importlib.util.find_spec(name)]
sys.exit(f"found: {found}" if found else 0)
"""


@pytest.fixture(params=["serving_image", "training_image"])
def image(request: pytest.FixtureRequest) -> Image:
    """Each of the two."""
    value: Image = request.getfixturevalue(request.param)
    return value


def port_variable(image: Image) -> str:
    """The variable that names the port an image listens on."""
    return "TRAINER_PORT" if "TRAINER_PORT" in image.config.environment else "PORT"


@pytest.mark.parametrize("dockerfile", ["Dockerfile.serve", "Dockerfile.train"])
def test_dockerfiles_pass_the_linter(dockerfile: str, tools: Path) -> None:
    """The linter has nothing to say, not even information."""
    done = subprocess.run([tools / "hadolint", ROOT / dockerfile], check=False, capture_output=True)
    assert (done.returncode, done.stdout.decode()) == (0, "")


def test_images_say_how_to_run_them(serving_image: Image, training_image: Image) -> None:
    """User by number, port, volume, stop signal and labels are declared; commands are exec form."""
    for image, port, command in (
        (serving_image, 8000, ["python", "-m", "inference"]),
        (training_image, 8001, ["python", "-m", "trainer", "serve"]),
    ):
        config = image.config
        assert config.user == f"{USER_ID}:{USER_ID}"
        assert config.cmd == command
        assert list(config.exposed_ports) == [f"{port}/tcp"]
        assert list(config.volumes) == ["/models"]
        assert config.stop_signal == "SIGTERM"
        assert config.healthcheck.test[0] == "CMD"
        labels = {
            name.removeprefix("org.opencontainers.image."): value
            for name, value in config.labels.items()
        }
        assert labels["licenses"] == "MIT"
        assert labels["version"] == __version__
        assert labels["revision"] == "unknown"
        assert {"title", "description", "base.name"} <= set(labels)
        assert config.environment["ORT_DISABLE_TELEMETRY"] == "1"
        assert config.environment["PYTHONUNBUFFERED"] == "1"


def test_an_image_says_of_which_revision_it_is(mirror_image: Image) -> None:
    """Where the build is named, a label has it."""
    assert mirror_image.config.labels["org.opencontainers.image.revision"] == "0123abc"


def test_image_environments_are_settings(serving_image: Image, training_image: Image) -> None:
    """ENV fits the settings: reachable from outside, the volume as the store, the exposed port."""
    serve = load_settings(InferenceSettings, serving_image.config.environment, SERVE_PREFIX)
    train = load_settings(TrainerSettings, training_image.config.environment, TRAIN_PREFIX)
    assert (serve.host, serve.port, serve.model_dir) == ("0.0.0.0", 8000, "/models")
    assert (train.host, train.port, train.model_dir) == ("0.0.0.0", 8001, "/models")


def test_bills_list_what_is_installed(
    serving_image: Image, signed_image: Image, mirror_image: Image, training_image: Image
) -> None:
    """The bill of materials of each image has its Python packages, all of them, by version."""
    images = {
        "serve": serving_image,
        "signed": signed_image,
        "mirror": mirror_image,
        "train": training_image,
    }
    for name, image in images.items():
        installed = set()
        for path in (image.root / "opt/venv/lib/python3.11/site-packages").glob("*.dist-info"):
            package, _, version = path.name.removesuffix(".dist-info").rpartition("-")
            installed.add((re.sub(r"[-_.]+", "-", package).lower(), version))
        components = json.loads(bill(name))["components"]
        assert {(component["name"], component["version"]) for component in components} == installed


def test_serving_image_has_no_training_stack(serving_image: Image) -> None:
    """No interpreter in the image finds a library that only trains, nor our own trainer."""
    for interpreter in INTERPRETERS:
        done = serving_image.run([interpreter, "-c", MISSING, *TRAINING_STACK, "trainer"])
        assert (done.returncode, done.stderr) == (0, "")
    parts = {path.name for path in (serving_image.root / "app").iterdir()}
    assert parts == {"LICENSE", "inference", "schemas"}


def test_serving_image_stays_slim(serving_image: Image) -> None:
    """The image is bounded, and so are the Python packages and their bytecode; the sizes of all
    layers are printed at the end.
    """
    assert serving_image.size_bytes <= MAX_SERVING_IMAGE_BYTES
    packages = disk_usage(serving_image.root / "opt" / "venv")
    assert packages < MAX_SERVING_PACKAGES_BYTES


def test_images_can_neither_compile_nor_install(image: Image) -> None:
    """There is no compiler, and no interpreter has pip, setuptools or a way to get them."""
    names = ("cc", "c++", "gcc", "g++", "clang", "ld", "as", "make", "pip", "pip3")
    script = "import shutil, sys; sys.exit(','.join(filter(shutil.which, sys.argv[1:])) or 0)"
    done = image.run(["python", "-c", script, *names])
    assert (done.returncode, done.stderr) == (0, "")
    for interpreter in INTERPRETERS:
        done = image.run([interpreter, "-c", MISSING, "ensurepip", "pip", "setuptools"])
        assert (done.returncode, done.stderr) == (0, "")


def test_users_own_nothing_but_the_volume(image: Image) -> None:
    """A process that was taken over can change neither code nor libraries, even on a root that
    is not mounted read-only: what it may write is the volume and what everybody may.
    """
    writable = set()
    for directory, names, files in os.walk(image.root):
        if Path(directory) == image.root:
            names.remove("dev")
        for path in [Path(directory), *(Path(directory, name) for name in files)]:
            status = path.lstat()
            shared = status.st_mode & stat.S_IWOTH and not stat.S_ISLNK(status.st_mode)
            if shared or USER_ID in (status.st_uid, status.st_gid):
                writable.add(f"/{path.relative_to(image.root)}")
    assert writable <= {"/models", "/run/lock", "/tmp", "/var/tmp"}
    assert "/models" in writable


def test_bytecode_is_complete(image: Image) -> None:
    """Every module has its bytecode, for a read-only root could not keep what is compiled later."""
    sources = [
        path
        for top in ("app", "opt/venv/lib")
        for path in (image.root / top).rglob("*.py")
        if not (path.parent / "__pycache__" / f"{path.stem}.cpython-311.pyc").exists()
    ]
    assert sources == []


def test_health_check_tells_alive_from_dead(image: Image, empty_store: Path) -> None:
    """The image's own HEALTHCHECK succeeds while the service runs and fails when it does not."""
    variable = port_variable(image)
    command = image.config.healthcheck.test[1:]
    with image.start(variable, [Mount(empty_store, "/models", "rw")]) as container:
        env = {variable: str(container.port)}
        assert image.run(command, env=env).returncode == 0
    assert image.run(command, env=env).returncode != 0


def test_processes_are_unprivileged(image: Image, empty_store: Path) -> None:
    """The services run as their user without any capability, and stop in order on SIGTERM."""
    with image.start(port_variable(image), [Mount(empty_store, "/models", "rw")]) as container:
        status = dict(
            line.split(":\t", 1)
            for line in Path(f"/proc/{container.process.pid}/status").read_text().splitlines()
        )
        assert container.call(f"{API_PREFIX}/health").status == 200
        assert container.stop() == 0
    assert status["Uid"].split() == [str(USER_ID)] * 4
    assert status["Groups"].split() in ([], [str(USER_ID)])
    assert {int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd")} == {0}
    assert status["NoNewPrivs"] == "1"
