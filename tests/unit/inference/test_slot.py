"""The slot: hot reload, and what happens when a version cannot be served."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from inference.errors import ModelNotLoadedError
from inference.model.model import Model
from inference.store.slot import LOOK_S, RETRY_S, ModelSlot
from inference.store.versions import ModelStore
from schemas.api.training import TrainResponse
from schemas.bundle.manifest import Manifest
from trainer.store.registry import ModelRegistry

Publish = Callable[..., TrainResponse]


class Clock:
    """Seconds that pass when a test says so, and a little at each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """The time; two looks are further apart than one look holds."""
        self.now += LOOK_S
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock of the test's own."""
    return Clock()


def make_slot(model_dir: Path, clock: Clock) -> ModelSlot:
    """A slot over a directory."""
    return ModelSlot(ModelStore(model_dir), memo_capacity=100, clock=clock)


def current(slot: ModelSlot) -> Model:
    """What a request is answered with; a retry that it brings about has ended then."""

    async def ask() -> Model:
        model = await slot.current()
        if slot._loading is not None and slot.is_loading:
            await asyncio.wait({slot._loading})
        return model

    return asyncio.run(ask())


def version_of(slot: ModelSlot) -> str:
    """The version that a request is answered with."""
    return current(slot).version


def test_an_empty_store_says_what_to_do(tmp_path: Path, clock: Clock) -> None:
    """Without a model the error says how to get a model."""
    with pytest.raises(ModelNotLoadedError, match="train a model first"):
        current(make_slot(tmp_path, clock))


def test_the_first_model_is_taken_up(model_dir: Path, clock: Clock, tmp_path: Path) -> None:
    """A slot that started on an empty store serves the first version as soon as it is there."""
    slot = make_slot(tmp_path / "later", clock)
    with pytest.raises(ModelNotLoadedError):
        current(slot)
    model_dir.rename(tmp_path / "later")
    assert version_of(slot) == "1"


def test_a_new_version_serves_from_the_next_answer(
    model_dir: Path, clock: Clock, publish: Publish
) -> None:
    """The same model object until CURRENT changes, then the new version."""
    slot = make_slot(model_dir, clock)
    first = current(slot)
    assert current(slot) is first
    publish()
    assert version_of(slot) == "2"


def test_what_is_at_hand_is_what_would_be_waited_for(
    model_dir: Path, clock: Clock, publish: Publish
) -> None:
    """Nothing while a version is being loaded, else the model that `current` gives."""

    async def ask(slot: ModelSlot) -> None:
        for version in ("1", "2"):
            assert slot.at_hand() is None
            model = await slot.current()
            assert model.version == version
            assert slot.at_hand() is model
            publish()

    asyncio.run(ask(make_slot(model_dir, clock)))


def test_a_look_holds_for_its_time(model_dir: Path, publish: Publish) -> None:
    """Within a millisecond CURRENT is not read again; then it is."""
    now = 5.0
    slot = ModelSlot(ModelStore(model_dir), memo_capacity=1, clock=lambda: now)
    assert version_of(slot) == "1"
    publish()
    now = 5.0 + 0.99 * LOOK_S
    assert version_of(slot) == "1"
    now = 5.0 + LOOK_S
    assert version_of(slot) == "2"


def test_rolling_back_serves_the_old_version(
    model_dir: Path, clock: Clock, publish: Publish
) -> None:
    """CURRENT may go back as well as forth."""
    slot = make_slot(model_dir, clock)
    publish()
    assert version_of(slot) == "2"
    ModelRegistry(model_dir).rollback()
    assert version_of(slot) == "1"


def test_a_broken_version_leaves_the_last_good_one(
    model_dir: Path, clock: Clock, publish: Publish, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged once and counted, the fault is reported, the last good model goes on."""
    slot = make_slot(model_dir, clock)
    current(slot)
    publish()
    model = model_dir / "log-anomaly" / "2" / "model.onnx"
    whole = model.read_bytes()
    model.write_bytes(whole[:1000])
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert version_of(slot) == "1"
            clock.now += RETRY_S
    assert "not the file that was published" in slot.fault
    assert [record.message for record in caplog.records] == ["model.load_failed"]
    model.write_bytes(whole)
    clock.now += RETRY_S
    current(slot)  # begins the retry, for which nobody waits
    assert version_of(slot) == "2"
    assert slot.fault == ""


def test_a_failed_version_is_not_tried_at_each_answer(
    model_dir: Path, clock: Clock, publish: Publish
) -> None:
    """Between two tries there is a pause, however many answers are given."""
    slot = make_slot(model_dir, clock)
    current(slot)
    publish()
    model = model_dir / "log-anomaly" / "2" / "model.onnx"
    whole = model.read_bytes()
    model.write_bytes(b"")
    current(slot)
    model.write_bytes(whole)
    assert version_of(slot) == "1"
    clock.now += RETRY_S
    assert version_of(slot) == "1"  # nobody waits for a retry
    assert version_of(slot) == "2"


def test_a_start_on_a_broken_current_takes_the_newest_good_version_before_it(
    model_dir: Path, clock: Clock, publish: Publish
) -> None:
    """Versions above CURRENT were never meant to serve; those below it did."""
    for _ in range(4):
        publish()
    root = model_dir / "log-anomaly"
    for broken in ("3", "4"):
        (root / broken / "model.onnx").write_bytes(b"")
    (root / "CURRENT").write_text("4\n")
    slot = make_slot(model_dir, clock)
    assert version_of(slot) == "2"
    assert "version 4" in slot.fault
    (root / "CURRENT").write_text("no number")
    assert version_of(make_slot(model_dir, clock)) == "5"


def test_a_vanished_current_leaves_the_last_good_one(model_dir: Path, clock: Clock) -> None:
    """A store that is gone, as with a lost volume, does not stop predictions."""
    slot = make_slot(model_dir, clock)
    current(slot)
    (model_dir / "log-anomaly" / "CURRENT").unlink()
    assert version_of(slot) == "1"
    assert "no model has been published" in slot.fault


def test_a_model_of_other_rules_serves_and_is_noted(
    model_dir: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """A model that learned from records of another extractor serves; it is logged once."""
    assert current(make_slot(model_dir, clock)).notice == ""
    path = model_dir / "log-anomaly" / "1" / "manifest.json"
    manifest = Manifest.from_json(path.read_bytes())
    path.write_bytes(msgspec.structs.replace(manifest, extractor="0" * 64).to_json())
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        slot = make_slot(model_dir, clock)
        for _ in range(3):
            assert "version 1 learned from records of another extractor" in current(slot).notice
    assert [record.message for record in caplog.records] == ["model.notice"]
    assert slot.fault == ""
