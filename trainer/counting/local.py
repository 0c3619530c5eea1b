"""Counting on this machine: one process per core, or this process alone where that is faster."""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from multiprocessing import resource_tracker
from types import FrameType
from typing import Final, TypeVar

from trainer.errors import InputError
from trainer.reading.partitions import Partition

T = TypeVar("T")

ALONE_BYTES: Final = 16_777_216
"""Less data than this is worked on here: starting processes would take longer."""

AHEAD: Final = 2
"""Partitions per process that are handed out before the first result is taken."""


def run_locally(
    step: Callable[[Partition], T],
    partitions: Sequence[Partition],
    processes: int,
    alone_bytes: int = ALONE_BYTES,
) -> Iterator[tuple[Partition, T]]:
    """Run a step on each partition; results come as they are ready, not in order.

    Args:
        step: picklable.
        partitions: what to work on. Standard input is worked on in this process.
        processes: at most this many.
        alone_bytes: less data than this is worked on in this process.

    Raises:
        InputError: what the step raised, or a process died.
    """
    size = sum(partition.size_bytes for partition in partitions)
    here = [partition for partition in partitions if partition.source.uri == "-"]
    others = [partition for partition in partitions if partition.source.uri != "-"]
    processes = min(processes, len(others))
    if processes < 2 or size < alone_bytes:  # noqa: PLR2004 - nothing runs beside itself
        here, others = list(partitions), []
    if others:
        yield from _run_in_pool(step, others, processes)
    for partition in here:
        yield partition, step(partition)


def _run_in_pool(
    step: Callable[[Partition], T], partitions: Sequence[Partition], processes: int
) -> Iterator[tuple[Partition, T]]:
    # Spawned: a fork would copy the threads' locks of whatever libraries run threads here.
    context = multiprocessing.get_context("spawn")
    waiting = iter(partitions)
    running: dict[Future[T], Partition] = {}
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker)
    try:
        while True:
            for partition in waiting:
                with _deaf_children():
                    running[pool.submit(partial(step, partition))] = partition
                if len(running) >= AHEAD * processes:
                    break
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(done), done.result()
    except BrokenProcessPool as error:
        raise InputError(
            "a process that read the data was killed, most likely for lack of memory; give fewer "
            "processes: --processes 1"
        ) from error
    finally:
        if running:
            # Nobody wants these results any more, and a part may take minutes.
            for child in set(multiprocessing.active_children()) - others:
                child.kill()
        pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes that start here do not hear Ctrl-C: it is for this process, which ends them."""
    # Started along with the first process otherwise, and lets the signal through again.
    resource_tracker.ensure_running()
    with interrupted_later():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def interrupted_later() -> Iterator[None]:
    """Ctrl-C takes effect at the end of the block.

    Raised while a process is started, it would leave a child behind that waits for the rest of its
    task, and reports an error at its end. Blocking the signal is not enough: another thread may get
    it, and the main thread then raises it all the same.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    came: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        before(*came[0])


def _start_worker() -> None:
    _end_with_parent()
    # Imported objects live for ever: the garbage collector need not visit them.
    gc.freeze()


def _end_with_parent() -> None:
    """End this process when the process that started it is gone, instead of waiting for work."""
    parent = multiprocessing.parent_process()
    assert parent is not None  # runs in the processes of a pool

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
