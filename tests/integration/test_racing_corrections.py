"""People's corrections through one trainer while another publishes to the same object store."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from inference.errors import BrokenVersionError
from inference.store.versions import ModelStore
from schemas.bundle.contents import Bundle
from schemas.bundle.corrections import Correction, utc_now
from schemas.bundle.manifest import MANIFEST_FILE
from schemas.record.extraction import MessageFeatures, extract
from schemas.record.features import Level
from tests.integration.s3_server import Server, publish
from trainer.errors import TooManyCorrectionsError
from trainer.jobs.correct import correct
from trainer.store.opening import open_registry
from trainer.store.registry import ModelRegistry
from trainer.store.remote_writer import RemoteWriter


@pytest.fixture(autouse=True)
def environ(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way to the server."""
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)


def mark(registry: ModelRegistry, word: str) -> list[str]:
    """Call a line of this word normal; the words that hold then."""
    log = extract(f"{word} is full", Level.FATAL, "billing")
    assert isinstance(log, MessageFeatures)
    correction = Correction(
        verdict="normal",
        service=log.service,
        pattern_id=f"{log.pattern:016x}",
        text=word,
        created_at=utc_now(),
    )
    done = correct(log, correction, model_dir=registry)
    return [known.text for known in done.corrections]


def marked(folder: Path, address: str) -> list[str]:
    """The words that hold in the version that serves, as a pod sees it that starts now."""
    fresh = open_registry(folder, address)
    fresh.pull()
    manifest = fresh.manifest(fresh.current_version())
    return sorted(correction.text for correction in manifest.corrections)


class Interrupted(RemoteWriter):
    """The way to an object store on which something happens just before CURRENT is replaced."""

    happens: Callable[[], object] | None = None

    def replace_current(self, version: int, digest: str, tag: str) -> bool:
        """As ever, once that has happened."""
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return super().replace_current(version, digest, tag)


@pytest.fixture
def ours(address: str, model_dir: Path, tmp_path: Path) -> ModelRegistry:
    """A trainer of the store, in which version 1 serves."""
    publish(tmp_path / "first", address, model_dir)
    return ModelRegistry(tmp_path / "ours", Interrupted(address))


@pytest.fixture
def theirs(ours: ModelRegistry, address: str, tmp_path: Path) -> ModelRegistry:
    """Another trainer, which calls disks normal at the most unfitting moment."""
    other = open_registry(tmp_path / "theirs", address)
    assert isinstance(ours.remote, Interrupted)
    ours.remote.happens = lambda: mark(other, "disk")
    return other


def renewed(source: Path) -> Mapping[str, bytes]:
    """The files of another model than the one that serves."""
    bundle = ModelStore(source).bundle(1)
    manifest = bundle.manifest.to_json().replace(b'"created_at": "2', b'"created_at": "3')
    return {**bundle.files, MANIFEST_FILE: manifest}


def test_corrections_of_two_trainers_both_hold(
    ours: ModelRegistry, theirs: ModelRegistry, address: str, tmp_path: Path
) -> None:
    """A correction is made of what serves when it becomes current, whoever published that."""
    assert mark(ours, "tape") == ["disk", "tape"]
    assert marked(tmp_path / "pod", address) == ["disk", "tape"]
    assert ours.versions() == [1, 3, 4]  # the first try is gone
    assert theirs.rollback().version == 3
    assert marked(tmp_path / "pod", address) == ["disk"]


def test_a_training_takes_over_a_correction_of_another_trainer(
    ours: ModelRegistry, theirs: ModelRegistry, address: str, tmp_path: Path, model_dir: Path
) -> None:
    """The trained model becomes current, with the correction that was answered meanwhile."""
    assert theirs
    files = renewed(model_dir)
    version = ours.publish(files, lambda number: {"report.html": b"Model %d" % number})
    assert marked(tmp_path / "pod", address) == ["disk"]
    pod = ModelStore(tmp_path / "pod")
    assert pod.current_version() == version == ours.current_version()
    assert pod.manifest(version).created_at.startswith("3")
    assert (ours.path(version) / "report.html").read_bytes() == b"Model %d" % version


def test_a_gate_takes_over_a_correction_of_another_trainer(
    ours: ModelRegistry, theirs: ModelRegistry, address: str, tmp_path: Path, model_dir: Path
) -> None:
    """So does a version that passed the gate with the corrections of a moment before."""
    assert theirs
    version = ours.publish(renewed(model_dir), activate=False)
    current = ours.succeed(version, 1)
    assert current is not None
    assert current > version
    assert marked(tmp_path / "pod", address) == ["disk"]
    pod = ModelStore(tmp_path / "pod")
    assert pod.manifest(pod.current_version()).created_at.startswith("3")


def test_a_correction_that_cannot_be_made_again_leaves_nothing(
    ours: ModelRegistry, theirs: ModelRegistry, address: str, tmp_path: Path
) -> None:
    """A version that was written in vain goes, here and in the object store."""
    n_made = 0

    def change(bundle: Bundle) -> Mapping[str, bytes]:
        nonlocal n_made
        n_made += 1
        if n_made > 1:
            raise TooManyCorrectionsError("as many as a model may have")
        return {**bundle.files, MANIFEST_FILE: bundle.manifest.to_json()}

    with pytest.raises(TooManyCorrectionsError):
        ours.amend(change)
    assert ours.versions() == [1, 3]
    assert theirs.current_version() == 3
    assert ours.remote is not None
    with pytest.raises(BrokenVersionError):
        ours.remote.fetch(2, max_bytes=10**9)
    assert marked(tmp_path / "pod", address) == ["disk"]


def test_no_correction_is_lost_in_a_race(ours: ModelRegistry, address: str, tmp_path: Path) -> None:
    """Three trainers take corrections at once; all of them hold in the end."""
    assert ours.versions() == []
    words = [[f"{trainer}{number}".translate(LETTERS) for number in range(3)] for trainer in "abc"]

    def give(of: list[str]) -> None:
        registry = open_registry(tmp_path / of[0], address)
        for word in of:
            mark(registry, word)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(give, words))
    assert marked(tmp_path / "pod", address) == sorted(word for of in words for word in of)


LETTERS = str.maketrans("012", "xyz")
"""Words with digits would be one pattern."""
