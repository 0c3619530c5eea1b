"""A bound on the memory of processes, as container runtimes set it: a control group."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

VERSION_1: Final = Path("/sys/fs/cgroup/memory")
VERSION_2: Final = Path("/sys/fs/cgroup")


class MemoryGroup:
    """A control group with a bound; what enters it takes its children along.

    Args:
        folder: the group's.
        files: names of the files with its bound and with the most that it has held.
    """

    def __init__(self, folder: Path, files: tuple[str, str]) -> None:
        self._folder = folder
        self._bound, self._peak = (folder / name for name in files)

    def bound(self, size_bytes: int) -> None:
        """Set the bound; beyond it the kernel kills."""
        self._bound.write_text(str(size_bytes))

    def enter(self) -> None:
        """Put this process into the group."""
        (self._folder / "cgroup.procs").write_text(str(os.getpid()))

    @property
    def peak_bytes(self) -> int:
        """The most that it has held, files in memory included."""
        return int(self._peak.read_text())


@contextlib.contextmanager
def memory_group(size_bytes: int) -> Iterator[MemoryGroup]:
    """A group of this test's own; skips the test where none can be made."""
    name = f"log-anomaly-e2e-{os.getpid()}"
    if VERSION_1.is_dir():
        folder = VERSION_1 / name
        files = ("memory.limit_in_bytes", "memory.max_usage_in_bytes")
    else:
        folder, files = VERSION_2 / name, ("memory.max", "memory.peak")
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group can be made here: {error.strerror}")
    group = MemoryGroup(folder, files)
    try:
        try:
            group.bound(size_bytes)
        except OSError as error:
            pytest.skip(f"control groups here do not bound memory: {error.strerror}")
        yield group
    finally:
        folder.rmdir()  # what was in it has ended
