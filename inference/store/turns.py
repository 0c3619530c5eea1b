"""Lets the workers of a service load in turn."""

import fcntl
import os
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

WAIT_S: Final = 20.0
"""How long a worker waits for its turn; a stopped worker must not hold up the others."""

TRY_S: Final = 0.002
"""Between two tries to take a turn."""


class Turns:
    """A lock among processes that are forked from the process that made it.

    A record lock on a file without a name belongs to a process: it is not inherited over a fork,
    and the kernel gives it back when its owner dies. Each process must use it from a single thread.
    """

    def __init__(
        self,
        *,
        wait_s: float = WAIT_S,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._file = os.memfd_create("turns")
        weakref.finalize(self, os.close, self._file)
        self._wait_s = wait_s
        self._sleep = sleep
        self._clock = clock

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until no other process has its turn, but not for ever."""
        until = self._clock() + self._wait_s
        while not self.try_now() and self._clock() < until:
            self._sleep(TRY_S)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def try_now(self) -> bool:
        """Take a turn if no other process has it."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
