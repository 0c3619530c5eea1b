"""What other clients do to a service while the load goes on."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Self

from benchmarks.servers import request
from schemas.api.operations import API_PREFIX
from trainer.errors import StoreError
from trainer.store.registry import ModelRegistry

Step = Callable[[], str]
"""Does something once; returns what went wrong, or nothing."""


class Background:
    """A step that a thread of its own repeats until the context is left.

    Args:
        step: what is repeated.
        every_s: from the start of a step to the start of the next, unless it takes longer.
    """

    def __init__(self, step: Step, *, every_s: float = 0.0) -> None:
        self._step = step
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._repeat)
        self.steps = 0
        self.faults: Counter[str] = Counter()

    def _repeat(self) -> None:
        while not self._stop.is_set():
            begun = time.monotonic()
            try:
                fault = self._step()
            except (OSError, http.client.HTTPException, StoreError) as error:
                fault = f"{type(error).__name__}: {error}"
            if fault:
                self.faults[fault] += 1
            self.steps += 1
            self._stop.wait(max(begun + self._every_s - time.monotonic(), 0.0))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()


def train_and_roll_back(port: int, body: bytes, registry: ModelRegistry) -> Step:
    """A training through the service, then back to the version before: two reloads."""

    def step() -> str:
        fault = post(port, "train", body)
        if not fault:
            registry.rollback()
        return fault

    return step


def send_batch(port: int, body: bytes) -> Step:
    """A batch, whose answer is read to its end."""
    return lambda: post(port, "predict/batch", body)


def post(port: int, path: str, body: bytes) -> str:
    """One call; returns what went wrong, or nothing."""
    status, _ = request(port, "POST", f"{API_PREFIX}/{path}", body)
    return "" if status == HTTPStatus.OK else f"status {status} of POST /{path}"
