"""The model store as its only writer sees it: publish, activate, roll back, prune.

A version is written to a temporary directory on the same file system, flushed to disk, renamed to
its number and only then named by CURRENT, itself replaced by a rename. A crash at any moment
leaves a store in which every version is whole and CURRENT names one of them. A version never
changes afterwards.
"""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from inference.errors import BrokenVersionError, NoModelError
from inference.model.model import Model
from inference.store.slot import LOOK_S, WATCH_S
from inference.store.versions import CURRENT_FILE, NEXT_FILE, ModelStore
from schemas.bundle.manifest import MODEL_FILE
from trainer.errors import NoVersionError, UnfitVersionError, UnwritableStoreError
from trainer.store.durable import DurableFiles
from trainer.store.history import HISTORY_FILE, Change, history_bytes, read_history, steps_before

KEEP_VERSIONS: Final = 10

LEAD_S: Final = 3 * WATCH_S
LEAD_S_PER_MB: Final = 0.05
MAX_LEAD_S: Final = 10.0
"""How long a version is announced before it is current: time for some workers to see it, and to
load its graph one after the other."""

PROBE_BYTES: Final = 65_536
"""What is written to find out whether the store takes anything; less than any version."""

_LOCK: Final = ".lock"
_TEMPORARY: Final = ".tmp-"


class ModelRegistry(ModelStore):
    """Write access to the store under `model_dir`; several processes may write at once.

    Args:
        model_dir: where the store is, or is to be.
        sleep: waits for so many seconds.
        fsync: makes what was written to a file descriptor durable.
    """

    def __init__(
        self,
        model_dir: Path,
        *,
        sleep: Callable[[float], None] = time.sleep,
        fsync: Callable[[int], None] = os.fsync,
    ) -> None:
        super().__init__(model_dir)
        self._sleep = sleep
        self._fsync = fsync
        self._files = DurableFiles(self.root, _TEMPORARY, fsync)

    def check_writable(self) -> None:
        """Find out early what publishing would find out late.

        Raises:
            UnwritableStoreError: the store, or the folder it is to be made in, takes no file of
                this user, or has no room for one.
        """
        folders = (self.root, *self.root.absolute().parents)
        try:
            nearest = next(path for path in folders if path.exists())
            # A file without a name where the system has such: nothing is left of it in any case.
            with tempfile.TemporaryFile(prefix=_TEMPORARY, dir=nearest) as probe:
                probe.write(bytes(PROBE_BYTES))
                probe.flush()
                self._fsync(probe.fileno())
        except OSError as error:
            raise _unwritable(error) from error

    def tidy(self) -> None:
        """Remove what a crashed writer left, if there is a store.

        Raises:
            UnwritableStoreError: the store cannot be written.
        """
        if self.root.is_dir():
            with self._locked():
                pass

    def publish(
        self,
        files: Mapping[str, bytes],
        beside: Callable[[int], Mapping[str, bytes]] = lambda _version: {},
        *,
        activate: bool = True,
    ) -> int:
        """Write a new version, make it current and prune old ones.

        Args:
            files: its content by file name; the manifest among them.
            beside: makes what is for people and no part of the model, such as the report, by file
                name; given the version's number.
            activate: make it current; else it waits in the store for `activate`.

        Returns:
            The number of the new version.

        Raises:
            UnwritableStoreError: the store cannot be written; what was current is still current.
        """
        self._make()
        with self._locked():
            version = max([*self.versions(), self._active() or 0]) + 1
            temporary = Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self.root))
            for name, data in {**beside(version), **files}.items():
                self._files.write(temporary / name, data)
            # mkdtemp is for its owner alone, but the serving user may be another one.
            temporary.chmod(0o755)
            self._files.sync_directory(temporary)
            temporary.rename(self.path(version))
            try:
                self._files.sync_directory(self.root)
                if activate:
                    self._set_current(version, self._past())
            except OSError:
                if self._active() != version:  # or it would be a version that nobody asked for
                    self._remove(version)
                raise
            self._prune()
        return version

    def activate(self, version: int) -> Change:
        """Make an existing version current, after proving that it loads.

        Raises:
            NoVersionError: there is no such version.
            UnfitVersionError: it does not load.
            UnwritableStoreError: the store cannot be written.
        """
        with self._locked():
            return self._activate(version, self._past())

    def rollback(self) -> Change:
        """Make the version that served before the current one current; undoes an activation too.

        Returns:
            The change. Its version is the highest one below the current one if nothing is known of
            its past.

        Raises:
            NoVersionError: nothing served before.
            UnfitVersionError: it does not load.
            UnwritableStoreError: the store cannot be written.
        """
        with self._locked():
            steps = self._before()
            if not steps:
                served = self._active() or "the first one"
                raise NoVersionError(f"no version served before {served}")
            return self._activate(steps[-1], steps[:-1])

    def delete(self, version: int) -> None:
        """Delete a version.

        Raises:
            NoVersionError: there is no such version.
            UnfitVersionError: it serves, or a rollback would go to it.
            UnwritableStoreError: the store cannot be written.
        """
        with self._locked():
            self._require(version)
            active = self._active()
            if version == active:
                raise UnfitVersionError(f"version {version} is current; activate another one first")
            if version in self._before()[-1:]:
                raise UnfitVersionError(f"version {version} is what a rollback would go to")
            self._remove(version)
            # Its number may come again, and what bears it then has not served.
            self._files.replace(HISTORY_FILE, history_bytes(self._past()))

    def _require(self, version: int) -> None:
        if version not in self.versions():
            raise no_version(version, self.versions())

    def _activate(self, version: int, past: Sequence[int]) -> Change:
        self._require(version)
        change = Change(version, self._active())
        try:
            Model(self.bundle(version), memo_capacity=1)
        except BrokenVersionError as error:
            raise UnfitVersionError(f"{error}; CURRENT stays as it is") from error
        self._set_current(version, past)
        return change

    def _active(self) -> int | None:
        try:
            return self.current_version()
        except (NoModelError, BrokenVersionError):
            return None

    def _before(self) -> list[int]:
        """What served before the current version, oldest first."""
        active = self._active()
        if active is None:
            return []
        return steps_before(read_history(self.root), active, self.versions())

    def _past(self) -> list[int]:
        """What has served up to now, oldest first."""
        active = self._active()
        return [] if active is None else [*self._before(), active]

    def _set_current(self, version: int, past: Sequence[int]) -> None:
        self._announce(version)
        self._files.replace(CURRENT_FILE, b"%d\n" % version)
        self._files.replace(HISTORY_FILE, history_bytes([*past, version]))
        (self.root / NEXT_FILE).unlink(missing_ok=True)
        # A worker that has just looked at CURRENT may answer with the old version for LOOK_S; when
        # we say that the new one is current, none does.
        self._sleep(2 * LOOK_S)

    def _announce(self, version: int) -> None:
        """Name the version that is about to be current, and leave workers a while to load it.

        No promise hangs on it: who has not loaded it by then does so before its next answer.
        """
        if self.signature() is None:
            return  # nothing serves yet, so nobody is better off by waiting
        (self.root / NEXT_FILE).write_bytes(b"%d\n" % version)
        graph = self.path(version) / MODEL_FILE
        graph_mb = graph.stat().st_size / 1e6 if graph.exists() else 0.0
        self._sleep(min(LEAD_S + graph_mb * LEAD_S_PER_MB, MAX_LEAD_S))

    def _prune(self) -> None:
        """Keep the newest versions, the active one and the one before it."""
        active = self._active()
        keep = {*self.versions()[-KEEP_VERSIONS:], active, *self._before()[-1:]}
        for version in self.versions():
            if version not in keep:
                self._remove(version)

    def _remove(self, version: int) -> None:
        """Remove a version, renamed first, so that no reader ever sees half of it."""
        doomed = self.root / f"{_TEMPORARY}pruned-{version}"
        self.path(version).rename(doomed)
        shutil.rmtree(doomed)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the store's lock; leftovers of a crashed writer go once it is held."""
        if not self.root.is_dir():
            raise NoVersionError("there is no model store; see --model-dir and MODEL_DIR")
        try:
            with open(self.root / _LOCK, "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)  # given back by the system when a process dies
                self._remove_leftovers()
                try:
                    yield
                finally:  # what failed half-way must not keep a full disk full
                    self._remove_leftovers()
        except OSError as error:
            raise _unwritable(error) from error

    def _remove_leftovers(self) -> None:
        for leftover in self.root.glob(f"{_TEMPORARY}*"):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink(missing_ok=True)  # a probe of another process comes and goes

    def _make(self) -> None:
        """Make the store for its first version; nothing else does, so a slip makes no store."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(error) from error


def no_version(version: int, known: Sequence[int]) -> NoVersionError:
    """That a store lacks a version, and which it has."""
    return NoVersionError(
        f"there is no version {version}; there is: {', '.join(map(str, known)) or 'none'}"
    )


def _unwritable(error: OSError) -> UnwritableStoreError:
    """For whoever asked, who may be anybody: where the store is stands in settings and logs."""
    return UnwritableStoreError(
        f"the model store cannot be written: {error.strerror or error}; see MODEL_DIR, the rights "
        f"of this user, and what room is left"
    )
