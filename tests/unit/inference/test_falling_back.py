"""The version that serves when CURRENT cannot be served, and when it is tried again."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from inference.model.model import Model
from inference.store.loading import Loader
from inference.store.slot import LOOK_S, RETRY_S, RETRY_SHARE, ModelSlot
from inference.store.turns import Turns
from inference.store.versions import ModelStore

LOAD_S: Final = 2.0
"""How long each load takes by the clock of the tests."""


@pytest.fixture
def store(model_dir: Path) -> ModelStore:
    """A store with the versions 1 to 3, of the same model."""
    store = ModelStore(model_dir)
    for version in (2, 3):
        shutil.copytree(store.path(1), store.path(version))
    return store


def name(store: ModelStore, version: int | str) -> None:
    """Have CURRENT name a version."""
    (store.root / "new").write_text(f"{version}\n")
    (store.root / "new").replace(store.root / "CURRENT")


def damage(store: ModelStore, version: int) -> None:
    """Make a version one that does not load."""
    (store.path(version) / "model.onnx").write_bytes(b"damaged")


def found(store: ModelStore, held: Model | None = None) -> Model | None:
    """The model that a worker serves which holds a model."""
    return Loader(store, memo_capacity=1, turns=Turns()).find(held).model


def version_of(model: Model | None) -> str | None:
    """The version that a model is of."""
    return None if model is None else model.version


def test_no_version_above_current_serves(store: ModelStore) -> None:
    """It may have been rolled back from; whatever is below does, where CURRENT is no number."""
    name(store, 2)
    damage(store, 2)
    assert version_of(found(store)) == "1"
    name(store, "no number")
    assert version_of(found(store)) == "3"


def test_what_is_held_serves_no_longer_than_a_new_worker_would_take_it(store: ModelStore) -> None:
    """Workers agree by what is in the store, whatever each of them holds."""
    name(store, 2)
    held = found(store)
    assert version_of(held) == "2"
    name(store, 3)
    damage(store, 3)
    assert found(store, held) is held
    damage(store, 2)
    assert version_of(found(store, held)) == version_of(found(store)) == "1"
    damage(store, 1)
    assert found(store, held) is held


class SlowTurns(Turns):
    """Turns of `LOAD_S`, behind which a test may do something."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.n_turns = 0
        self.behind: Callable[[], None] = lambda: None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Take the time of a load."""
        self.n_turns += 1
        try:
            yield
        finally:
            self.now += LOAD_S
            self.behind()


def test_a_version_that_fails_slowly_is_tried_rarely(store: ModelStore) -> None:
    """So that a worker spends at most a tenth of its time on it."""
    turns = SlowTurns()
    slot = ModelSlot(store, memo_capacity=1, clock=lambda: turns.now, turns=turns)
    name(store, 2)
    damage(store, 2)

    async def tries_after(seconds: float) -> int:
        before = turns.n_turns
        turns.now += seconds
        assert (await slot.current()).version == "1"
        assert slot._loading is not None
        await asyncio.wait({slot._loading})  # nobody waits for it but this test
        return turns.n_turns - before

    async def story() -> list[int]:
        await slot.current()
        return [await tries_after(2 * RETRY_S), await tries_after(RETRY_SHARE * 2 * LOAD_S)]

    early, late = asyncio.run(story())
    assert early == 0
    assert late > 0


def test_a_look_holds_from_before_it(store: ModelStore) -> None:
    """What became current during a load is seen by the first request behind the load."""
    turns = SlowTurns()
    slot = ModelSlot(store, memo_capacity=1, clock=lambda: turns.now, turns=turns)

    async def story() -> None:
        await slot.current()
        turns.now += 2 * LOOK_S
        name(store, 2)
        turns.behind = lambda: name(store, 1)
        assert (await slot.current()).version == "2"
        assert (await slot.current()).version == "1"

    asyncio.run(story())
