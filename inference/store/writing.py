"""Versions put into a store and made current, for its writers: trainer and mirror.

A version is written to a temporary directory on the same file system, flushed to disk, renamed to
its number and only then named by CURRENT, itself replaced by a rename. A crash at any moment
leaves a store in which every version is whole and CURRENT names a version. A version never changes
afterwards.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from inference.store.durable import DurableFiles
from inference.store.slot import LOOK_S, WATCH_S
from inference.store.versions import CURRENT_FILE, NEXT_FILE, ModelStore
from schemas.bundle.manifest import MODEL_FILE

KEEP_VERSIONS: Final = 10

LEAD_S: Final = 3 * WATCH_S
LEAD_S_PER_MB: Final = 0.05
MAX_LEAD_S: Final = 10.0
"""How long a version is announced before it is current: time for some workers to see it, and to
load its graph in turn."""

TEMPORARY: Final = ".tmp-"
"""Prefix of the names of files and folders that are not whole yet, or being removed."""

_LOCK: Final = ".lock"


class StoreWriter:
    """Writes to the store under `model_dir`; several processes may write at once.

    All methods but `make` must be called within `locked`.

    Args:
        store: the store as its readers see it.
        sleep: waits for so many seconds.
        fsync: makes what was written to a file descriptor durable.
    """

    def __init__(
        self,
        store: ModelStore,
        *,
        sleep: Callable[[float], None] = time.sleep,
        fsync: Callable[[int], None] = os.fsync,
    ) -> None:
        self._store = store
        self._root = store.root
        self._sleep = sleep
        self.files = DurableFiles(store.root, TEMPORARY, fsync)

    def make(self) -> None:
        """Make the store for its first version; nothing else does, so a wrong path makes no store.

        Raises:
            OSError: it cannot be made.
        """
        self._root.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the store's lock; leftovers of a crashed writer go once it is held.

        Raises:
            OSError: the store cannot be written.
        """
        with open(self._root / _LOCK, "ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # given back by the system when a process dies
            self._remove_leftovers()
            try:
                yield
            finally:  # what failed half-way must not keep a full disk full
                self._remove_leftovers()

    def add(self, version: int, files: Mapping[str, bytes]) -> None:
        """Write a version that is not in the store.

        Raises:
            OSError: it cannot be written; what was written is removed.
        """
        temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=self._root))
        for name, data in files.items():
            self.files.write(temporary / name, data)
        # mkdtemp makes a folder for its owner alone, but the serving user may be another.
        temporary.chmod(0o755)
        self.files.sync_directory(temporary)
        temporary.rename(self._store.path(version))
        try:
            self.files.sync_directory(self._root)
        except OSError:
            self.remove(version)
            raise

    def set_current(self, version: int) -> None:
        """Make a version current, announced for a while before.

        Raises:
            OSError: CURRENT cannot be replaced.
        """
        self._announce(version)
        self.files.replace(CURRENT_FILE, b"%d\n" % version)
        (self._root / NEXT_FILE).unlink(missing_ok=True)
        # A worker that has just checked CURRENT may answer with the old version for LOOK_S. After
        # this wait, none does.
        self._sleep(2 * LOOK_S)

    def remove(self, version: int) -> None:
        """Remove a version, renamed first, so that no reader ever sees half of it."""
        doomed = self._root / f"{TEMPORARY}pruned-{version}"
        self._store.path(version).rename(doomed)
        shutil.rmtree(doomed)

    def _announce(self, version: int) -> None:
        """Name the version that is about to be current, and leave workers a while to load it.

        This only saves time: a worker that has not loaded it by then does so before its next
        answer.
        """
        if self._store.signature() is None:
            return  # no model serves yet, so waiting helps no client
        (self._root / NEXT_FILE).write_bytes(b"%d\n" % version)
        graph = self._store.path(version) / MODEL_FILE
        graph_mb = graph.stat().st_size / 1e6 if graph.exists() else 0.0
        self._sleep(min(LEAD_S + graph_mb * LEAD_S_PER_MB, MAX_LEAD_S))

    def _remove_leftovers(self) -> None:
        for leftover in self._root.glob(f"{TEMPORARY}*"):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink(missing_ok=True)  # a probe of another process comes and goes
