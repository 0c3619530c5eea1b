"""Values of a label that are not known beforehand, bounded, and the same in all workers."""

import contextlib
import fcntl
import mmap
import os
import struct
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from typing import Final

OTHER: Final = "other"
"""The name that stands for all names beyond the bound; its number is 0."""

NAME_BYTES: Final = 256
"""A longer name is cut."""

_MOST_BYTES: Final = 4
"""Of a character in UTF-8."""

_MAX_FOUND: Final = 4_096
"""Names whose numbers `Names.numbers` remembers; a batch may add 10,000 more."""

WAIT_S: Final = 0.05
"""How long a new name waits for another that is being written. It takes microseconds; a worker
that was stopped in the middle must not stop the others."""

TRY_S: Final = 0.000_1

_COUNT: Final = struct.Struct("q")
_LENGTH: Final = struct.Struct("H")
_ENTRY: Final = _LENGTH.size + NAME_BYTES


class Names:
    """Numbers the first names that come, from 1 on; made before the workers are forked.

    Logs repeat, so the first names are mostly the most frequent. A name is never dropped: its
    counters would go back.

    Args:
        capacity: how many names get a number of their own.
    """

    def __init__(self, capacity: int) -> None:
        self.size = capacity + 1
        self._capacity = capacity
        self._memory = mmap.mmap(-1, _COUNT.size + capacity * _ENTRY)
        self._numbers: dict[str, int] = {OTHER: 0}
        self._found: dict[str, int] = {}
        self._known = 0
        self._turn = _Turn()

    def number(self, name: str) -> int:
        """The number of a name, in [0, size); 0 for a name that finds no room."""
        number = self._numbers.get(name)
        return self._add(name) if number is None else number

    def numbers(self, names: Sequence[str]) -> list[int]:
        """The numbers of names; not empty."""
        try:
            return list(map(self._found.__getitem__, names))
        except KeyError:
            is_full = self._known == self._capacity  # a name without a number now stays without
            numbers = {name: self.number(name) for name in dict.fromkeys(names)}
        if is_full:
            if len(self._found) >= _MAX_FOUND:
                self._found.clear()
            self._found.update(numbers)
        return list(map(numbers.__getitem__, names))

    def listed(self) -> list[str]:
        """All names that have a number, in its order."""
        self._read()
        return list(self._numbers)

    def _add(self, name: str) -> int:
        if self._known == self._capacity and (
            _MOST_BYTES * len(name) <= NAME_BYTES
            or len(name.encode("utf-8", "replace")) <= NAME_BYTES
        ):
            return 0  # known would be found, and nothing is added any more
        self._read()
        cut = name.encode("utf-8", "replace")[:NAME_BYTES].decode("utf-8", "ignore")
        if cut not in self._numbers and self._known < self._capacity:
            with self._turn.take() as taken:
                self._read()
                if taken and cut not in self._numbers and self._known < self._capacity:
                    self._write(cut.encode())
                    self._read()
        return self._numbers.get(cut, 0)

    def _read(self) -> None:
        """Take up what other workers have added."""
        (count,) = _COUNT.unpack_from(self._memory)
        while self._known < count:
            at = _COUNT.size + self._known * _ENTRY
            (length,) = _LENGTH.unpack_from(self._memory, at)
            name = self._memory[at + _LENGTH.size : at + _LENGTH.size + length]
            self._numbers[name.decode()] = self._known = self._known + 1

    def _write(self, name: bytes) -> None:
        """The count comes last: a worker that dies in between has written nothing."""
        at = _COUNT.size + self._known * _ENTRY
        _LENGTH.pack_into(self._memory, at, len(name))
        self._memory[at + _LENGTH.size : at + _LENGTH.size + len(name)] = name
        _COUNT.pack_into(self._memory, 0, self._known + 1)


class _Turn:
    """Lets a single thread of a single process write at a time.

    A record lock belongs to a process, which gives it back even when it is killed; it does not
    distinguish threads, for which there is another lock.
    """

    def __init__(self) -> None:
        self._file = os.memfd_create("metrics-names")
        weakref.finalize(self, os.close, self._file)
        self._thread = threading.Lock()

    @contextlib.contextmanager
    def take(self) -> Iterator[bool]:
        """Says whether this process had its turn in time."""
        with self._thread:
            until = time.monotonic() + WAIT_S
            while not (taken := self._try()) and time.monotonic() < until:
                time.sleep(TRY_S)
            try:
                yield taken
            finally:
                if taken:
                    fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _try(self) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
