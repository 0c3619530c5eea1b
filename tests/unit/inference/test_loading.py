"""Loading beside the event loop: who waits for what, and what workers agree on."""

import asyncio
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inference.model.model import Model
from inference.store.slot import LOOK_S, WATCH_S, ModelSlot
from inference.store.turns import Turns
from inference.store.versions import NEXT_FILE, ModelStore
from schemas.api.training import TrainResponse
from trainer.counting.table import CountTable
from trainer.jobs import TrainOptions, train
from trainer.store.registry import ModelRegistry

Publish = Callable[..., TrainResponse]


class Gate(Turns):
    """Turns that are given when the test opens the gate."""

    def __init__(self) -> None:
        super().__init__()
        self.open = threading.Event()
        self.open.set()
        self.n_turns = 0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait at the gate."""
        assert self.open.wait(30)
        self.n_turns += 1
        yield


@pytest.fixture
def gate() -> Gate:
    """An open gate."""
    return Gate()


@pytest.fixture
def slot(model_dir: Path, gate: Gate) -> ModelSlot:
    """A slot behind the gate, whose looks hold for no time."""
    ticks = iter(range(1_000_000))
    return ModelSlot(
        ModelStore(model_dir),
        memo_capacity=10,
        clock=lambda: next(ticks) * LOOK_S,
        turns=gate,
    )


def current(slot: ModelSlot) -> Model:
    """What a request is answered with."""
    return asyncio.run(slot.current())


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what a thread of the slot brings about; nothing announces it."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.001)


def test_the_loop_goes_on_while_a_model_is_loaded(
    slot: ModelSlot, gate: Gate, publish: Publish
) -> None:
    """Requests that need the new model wait for it, all for the same load; nothing else waits."""

    async def story() -> None:
        assert (await slot.current()).version == "1"
        gate.open.clear()
        await asyncio.to_thread(publish)
        requests = [asyncio.create_task(slot.current()) for _ in range(5)]
        _, waiting = await asyncio.wait(requests, timeout=0.05)
        assert len(waiting) == 5
        assert slot.is_behind
        held = await slot.held(wait_s=0.01)
        assert held is not None
        assert held.version == "1"
        gate.open.set()
        assert {(await request).version for request in requests} == {"2"}
        assert not slot.is_behind

    asyncio.run(story())
    assert gate.n_turns == 2


def test_a_client_that_leaves_takes_no_load_with_it(
    slot: ModelSlot, gate: Gate, publish: Publish
) -> None:
    """A cancelled request leaves the load to the others that wait for it."""

    async def story() -> None:
        await slot.current()
        gate.open.clear()
        await asyncio.to_thread(publish)
        left, stays = (asyncio.create_task(slot.current()) for _ in range(2))
        await asyncio.sleep(0)
        left.cancel()
        gate.open.set()
        assert (await stays).version == "2"

    asyncio.run(story())


def test_what_changes_during_a_load_is_not_missed(
    slot: ModelSlot, gate: Gate, publish: Publish
) -> None:
    """A request that comes after the second publishing gets the second version."""

    async def story() -> None:
        await slot.current()
        gate.open.clear()
        await asyncio.to_thread(publish)
        first = asyncio.create_task(slot.current())
        await asyncio.sleep(0)
        await asyncio.to_thread(publish)
        second = asyncio.create_task(slot.current())
        await asyncio.sleep(0)
        gate.open.set()
        assert (await second).version == "3"
        assert (await first).version in {"2", "3"}

    asyncio.run(story())


def test_an_announced_version_is_loaded_in_advance(
    slot: ModelSlot, gate: Gate, model_dir: Path, publish: Publish
) -> None:
    """What `.tmp-NEXT` names is loaded while the old version serves; the swap needs no load."""
    store = model_dir / "log-anomaly"

    async def story() -> None:
        await slot.current()
        publish()
        (store / "CURRENT").write_text("1\n")
        (store / NEXT_FILE).write_text("2\n")
        watching = asyncio.create_task(slot.watch())
        await until(lambda: gate.n_turns == 2)
        assert (await slot.current()).version == "1"
        (store / "CURRENT").write_text("2\n")
        assert (await slot.current()).version == "2"
        watching.cancel()

    asyncio.run(story())
    assert gate.n_turns == 2


def test_what_was_prepared_is_what_serves(
    slot: ModelSlot, gate: Gate, model_dir: Path, publish: Publish
) -> None:
    """The announcement goes as soon as the version is current, which is not loaded again."""
    store = model_dir / "log-anomaly"

    async def story() -> None:
        await slot.current()
        publish()
        (store / "CURRENT").write_text("1\n")
        (store / NEXT_FILE).write_text("2\n")
        watching = asyncio.create_task(slot.watch())
        await until(lambda: slot._loader._prepared is not None)
        await asyncio.sleep(WATCH_S / 4)  # so that the watch has ended its round, not begun another
        (store / "CURRENT").write_text("2\n")
        (store / NEXT_FILE).unlink()
        await until(lambda: slot.model is not None and slot.model.version == "2")
        watching.cancel()

    asyncio.run(story())
    assert gate.n_turns == 2


def test_an_idle_worker_follows_by_itself(slot: ModelSlot, publish: Publish) -> None:
    """A worker that nobody asks holds the new version soon."""

    async def story() -> None:
        await slot.current()
        watching = asyncio.create_task(slot.watch())
        await asyncio.to_thread(publish)
        await until(lambda: slot.model is not None and slot.model.version == "2")
        watching.cancel()

    asyncio.run(story())


def test_all_workers_take_the_newest_good_version_below(model_dir: Path, publish: Publish) -> None:
    """Workers that hold different versions agree when CURRENT names a broken version."""
    idle, busy = (ModelSlot(ModelStore(model_dir), memo_capacity=1) for _ in range(2))
    assert current(idle).version == "1"
    publish()
    assert current(busy).version == "2"
    root = model_dir / "log-anomaly"
    shutil.copytree(root / "2", root / "3")
    (root / "3" / "model.onnx").write_bytes(b"damaged")
    (root / "CURRENT").write_text("3\n")
    time.sleep(2 * LOOK_S)  # as a writer does
    assert [current(slot).version for slot in (idle, busy)] == ["2", "2"]
    assert "version 3" in idle.fault
    assert idle.fault == busy.fault


def test_a_store_that_was_replaced_is_noticed(
    model_dir: Path, tmp_path: Path, table: CountTable
) -> None:
    """Another store publishes the same number: what serves is another model, and that is seen."""
    slot = ModelSlot(ModelStore(model_dir), memo_capacity=1)
    before = current(slot)
    train(
        table,
        TrainOptions(detector="isolation_forest", contamination=0.05, random_state=9),
        ModelRegistry(tmp_path / "other"),
    )
    shutil.rmtree(model_dir)
    (tmp_path / "other").rename(model_dir)
    time.sleep(2 * LOOK_S)  # as a writer does
    after = current(slot)
    assert (before.version, after.version) == ("1", "1")
    assert before.digest != after.digest == ModelStore(model_dir).digest(1)


@contextmanager
def another_process_in(turns: Turns) -> Iterator[int]:
    """A process that has its turn and never gives it back."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        with turns.turn():
            os.write(writing, b"x")
            signal.pause()
    assert os.read(reading, 1) == b"x"
    yield pid
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(reading)
    os.close(writing)


# The child waits and touches nothing that a thread of pytest might hold.
forks = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@forks
def test_turns_are_taken_by_one_process_at_a_time() -> None:
    """A process that has its turn keeps another out; killed, it gives the turn back."""
    turns = Turns()
    with another_process_in(turns):
        assert not turns.try_now()
    assert turns.try_now()


@forks
def test_a_turn_ends() -> None:
    """Behind it another process may take its own."""
    turns = Turns(wait_s=0.0)
    with turns.turn():
        pass
    with another_process_in(turns):
        assert not turns.try_now()


@forks
def test_a_stopped_process_holds_up_others_for_a_while_only() -> None:
    """Who waits too long goes on without a turn."""
    waited: list[float] = []
    turns = Turns(wait_s=3.0, sleep=waited.append, clock=iter(range(99)).__next__)
    with another_process_in(turns), turns.turn():
        assert len(waited) == 2
