"""Writing the store."""

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from inference.store.slot import LOOK_S
from inference.store.versions import NEXT_FILE, ModelStore
from inference.store.writing import KEEP_VERSIONS, LEAD_S
from schemas.api.training import TrainResponse
from trainer.errors import StoreError
from trainer.store.registry import ModelRegistry

Publish = Callable[..., TrainResponse]


def files(number: int) -> dict[str, bytes]:
    """Content of a version; the registry does not look into it."""
    return {"model.onnx": b"model %d" % number, "manifest.json": b"manifest %d" % number}


def test_versions_count_up_and_are_current(tmp_path: Path) -> None:
    """Each publishing makes the next number and makes it current."""
    registry = ModelRegistry(tmp_path)
    assert [registry.publish(files(number)) for number in range(3)] == [1, 2, 3]
    assert registry.current_version() == 3
    assert (registry.path(2) / "model.onnx").read_bytes() == b"model 1"


def test_a_report_may_name_its_version(tmp_path: Path) -> None:
    """The page for people is made once the version's number is known."""
    registry = ModelRegistry(tmp_path)
    registry.publish(files(0))
    number = registry.publish(files(1), lambda version: {"report.html": b"Model %d" % version})
    assert (registry.path(number) / "report.html").read_bytes() == b"Model 2"


def test_a_report_that_cannot_be_made_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    """A failure while the page is made passes through; what was current is still current."""
    registry = ModelRegistry(tmp_path)
    registry.publish(files(0))

    def fail(_version: int) -> dict[str, bytes]:
        raise RuntimeError("no ink")

    with pytest.raises(RuntimeError, match="no ink"):
        registry.publish(files(1), fail)
    assert (registry.current_version(), registry.versions()) == (1, [1])
    assert registry.publish(files(1)) == 2
    assert not list(registry.root.glob(".tmp-*"))


def test_others_can_read_what_was_published(tmp_path: Path) -> None:
    """The serving user may be another than the training user."""
    registry = ModelRegistry(tmp_path)
    version = registry.path(registry.publish(files(0)))
    assert version.stat().st_mode & 0o777 == 0o755
    assert (version / "model.onnx").stat().st_mode & 0o777 == 0o644
    assert (registry.root / "CURRENT").stat().st_mode & 0o777 == 0o644


def test_old_versions_are_pruned(tmp_path: Path) -> None:
    """The newest ten stay."""
    registry = ModelRegistry(tmp_path)
    for number in range(KEEP_VERSIONS + 5):
        registry.publish(files(number))
    assert registry.versions() == list(range(6, 16))


def test_the_active_version_and_the_one_before_are_never_pruned(
    model_dir: Path, publish: Publish
) -> None:
    """However many newer versions there are, what serves and what a rollback needs stay."""
    registry = ModelRegistry(model_dir)
    publish()
    for number in range(KEEP_VERSIONS + 3):
        shutil.copytree(registry.path(2), registry.path(3 + number))
    newest = 2 + KEEP_VERSIONS + 3
    registry._prune()
    assert registry.current_version() == 2
    assert registry.versions()[:2] == [1, 2]
    assert registry.versions()[2:] == list(range(newest - KEEP_VERSIONS + 1, newest + 1))


def test_a_version_is_durable_before_it_is_named(tmp_path: Path) -> None:
    """Files, their directory, the store and CURRENT are flushed in that order before the wait."""
    steps: list[str] = []

    def fsync(descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        steps.append("folder" if path.name.startswith(".tmp-") and path.is_dir() else path.name)

    registry = ModelRegistry(
        tmp_path, sleep=lambda seconds: steps.append(f"wait {seconds}"), fsync=fsync
    )
    registry.publish(files(0))
    assert steps == [
        "model.onnx",
        "manifest.json",
        "folder",
        "log-anomaly",
        ".tmp-CURRENT",
        "log-anomaly",
        f"wait {2 * LOOK_S}",
        ".tmp-HISTORY",
        "log-anomaly",
    ]


def test_whoever_makes_a_version_current_outwaits_a_look(model_dir: Path) -> None:
    """A worker's look at CURRENT holds for `LOOK_S`: only then may it be said to serve."""
    waits: list[float] = []
    ModelRegistry(model_dir, sleep=waits.append).activate(1)
    assert min(waits) > LOOK_S


def test_a_next_version_is_announced(model_dir: Path) -> None:
    """Before a version is current, `.tmp-NEXT` names it for a while; nothing of that stays."""
    seen: list[tuple[float, str, str]] = []

    def sleep(seconds: float) -> None:
        announced = registry.root / NEXT_FILE
        text = announced.read_text() if announced.exists() else ""
        seen.append((seconds, text, (registry.root / "CURRENT").read_text()))

    registry = ModelRegistry(model_dir, sleep=sleep)
    registry.publish(files(0))
    assert [state[1:] for state in seen] == [("2\n", "1\n"), ("", "2\n")]
    assert seen[0][0] >= LEAD_S
    assert not list(registry.root.glob(".tmp-*"))


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    """Where CURRENT names a version above all that are there, the next number is above that."""
    registry = ModelRegistry(tmp_path)
    registry.publish(files(0))
    (registry.root / "CURRENT").write_text("7\n")
    assert registry.publish(files(1)) == 8


def test_only_what_serves_can_be_activated(model_dir: Path, publish: Publish) -> None:
    """A missing or damaged version is refused, and CURRENT stays."""
    registry = ModelRegistry(model_dir)
    publish()
    (registry.path(1) / "model.onnx").write_bytes(b"damaged")
    with pytest.raises(StoreError, match="CURRENT stays as it is"):
        registry.activate(1)
    with pytest.raises(StoreError, match=r"there is no version 9.*there is: 1, 2"):
        registry.activate(9)
    assert registry.current_version() == 2


def test_a_damaged_current_is_repaired_by_activate(model_dir: Path) -> None:
    """What the error message advises works."""
    registry = ModelRegistry(model_dir)
    (registry.root / "CURRENT").write_text("gone")
    registry.activate(1)
    assert registry.current_version() == 1


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A model directory that is a file is one clear error."""
    (tmp_path / "models").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        ModelRegistry(tmp_path / "models").publish(files(0))


def test_writers_at_once_get_different_numbers(tmp_path: Path) -> None:
    """Publishing from several threads and store objects never mixes two versions."""
    published: list[int] = []

    def publish_some() -> None:
        registry = ModelRegistry(tmp_path)
        published.extend(registry.publish(files(number)) for number in range(2))

    threads = [threading.Thread(target=publish_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(published) == list(range(1, 9))
    assert ModelRegistry(tmp_path).current_version() == 8


_KILLED_AT_STEP = """
import os, signal, sys
from pathlib import Path
import shutil
from trainer.store.registry import ModelRegistry

steps = int(sys.argv[2])
def dying(function):
    def step(*arguments, **options):
        global steps
        steps -= 1
        if steps < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return step
os.chmod = dying(os.chmod)
Path.rename, Path.replace = dying(Path.rename), dying(Path.replace)
shutil.rmtree = dying(shutil.rmtree)
files = {"model.onnx": b"new", "manifest.json": b"new"}
ModelRegistry(Path(sys.argv[1]), fsync=dying(os.fsync)).publish(files)
"""


def test_a_crash_at_any_step_leaves_a_whole_store(tmp_path: Path) -> None:
    """Killed before each step that matters, the store has only whole versions.

    CURRENT names one of them, and the next publishing works and cleans up.
    """
    registry = ModelRegistry(tmp_path)
    for number in range(KEEP_VERSIONS):
        registry.publish(files(number))
    step, code = 0, -signal.SIGKILL
    while code == -signal.SIGKILL:
        code = subprocess.run(
            [sys.executable, "-c", _KILLED_AT_STEP, str(tmp_path), str(step)],
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent.parent)},
        ).returncode
        step += 1
        assert ModelStore(tmp_path).current_version() in registry.versions()
        for version in registry.versions():
            names = {path.name for path in registry.path(version).iterdir()}
            assert names == {"model.onnx", "manifest.json"}
    assert code == 0
    assert step > 8
    assert not list(registry.root.glob(".tmp-*"))


def test_the_layout_is_the_one_that_other_servers_read(tmp_path: Path) -> None:
    """A version is two files that other tools read: Triton and KServe know the layout."""
    registry = ModelRegistry(tmp_path)
    registry.publish(files(0))
    names = sorted(
        str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()
    )
    assert names == [
        "log-anomaly/.lock",
        "log-anomaly/1/manifest.json",
        "log-anomaly/1/model.onnx",
        "log-anomaly/CURRENT",
        "log-anomaly/HISTORY",
    ]
