"""The model store as the trainer sees it: publish, activate, roll back, prune.

With an object store behind it, the local store is the trainer's copy of it: numbers are
claimed there, a version is put there before it is current here, and CURRENT is the object store's.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from inference.errors import BrokenVersionError, NoModelError, RemoteStoreError
from inference.store.signed import Verifier
from inference.store.versions import CANDIDATE_FILE, CURRENT_FILE
from inference.store.writing import KEEP_VERSIONS, StoreWriter
from schemas.bundle.contents import Bundle
from schemas.bundle.signature import SIGNATURE_FILE
from trainer.errors import NoVersionError, UnfitVersionError, UnwritableStoreError
from trainer.store import carrying
from trainer.store.faults import unwritable
from trainer.store.history import HISTORY_FILE, Change, history_bytes
from trainer.store.past import PastStore
from trainer.store.probing import probe
from trainer.store.proving import loaded
from trainer.store.signing import Signer

if TYPE_CHECKING:
    from trainer.store.remote_writer import RemoteWriter


class ModelRegistry(PastStore):
    """Write access to the store under `model_dir`; several processes may write at once.

    Args:
        model_dir: where the store is, or is to be.
        remote: the object store that it is a copy of; None if it is the store itself.
        signer: signs what is published; None to publish without signatures.
        verifier: verifies what is read; None to take what is not signed as well.
        sleep: waits for so many seconds.
        fsync: makes what was written to a file descriptor durable.
    """

    def __init__(
        self,
        model_dir: Path,
        remote: "RemoteWriter | None" = None,
        *,
        signer: Signer | None = None,
        verifier: Verifier | None = None,
        sleep: Callable[[float], None] = time.sleep,
        fsync: Callable[[int], None] = os.fsync,
    ) -> None:
        super().__init__(model_dir, verifier=verifier)
        self._signer = signer
        self._fsync = fsync
        self.remote = remote
        self.writer = StoreWriter(self, sleep=sleep, fsync=fsync)

    def check_writable(self) -> None:
        """Find out early what publishing would find out late.

        Raises:
            UnwritableStoreError: the store, or the folder it is to be made in, takes no file of
                this user, or has no room for a file.
        """
        probe(self.root, self._fsync)

    def tidy(self) -> None:
        """Remove what a crashed writer left, if there is a store; raises as `pull`."""
        if self.root.is_dir():
            with self.locked():
                pass

    def pull(self) -> None:
        """Copy the object store's versions here, if there is an object store.

        Raises:
            UnwritableStoreError: the object store does not answer, or this store cannot be written.
        """
        if self.remote is None:
            return
        from inference.store.mirror import Mirror  # noqa: PLC0415 - loads obstore

        self._make()
        mirror = Mirror(self.remote, self, self.writer)
        with self.locked():
            for version in self.remote.versions()[-KEEP_VERSIONS:]:
                with contextlib.suppress(BrokenVersionError):  # which is half written
                    mirror.bring(version)
            with contextlib.suppress(NoModelError, BrokenVersionError):
                mirror.follow()
            with contextlib.suppress(BrokenVersionError):
                mirror.follow_candidate()

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
        with self.locked():
            return self._publish(carrying.carry_corrections(self, files), beside, activate=activate)

    def amend(self, change: Callable[[Bundle], Mapping[str, bytes]]) -> int:
        """Publish a version made of the current version under the lock; returns its number.

        Args:
            change: makes the files of the new version.

        Raises:
            NoVersionError: there is no current version.
            UnfitVersionError: it does not load.
            UnwritableStoreError: the store cannot be written.
        """
        self.pull()
        with self.locked():
            try:
                bundle = self.bundle(self.current_version())
            except NoModelError as error:
                raise NoVersionError(f"{error}; train a model first") from error
            except BrokenVersionError as error:
                raise UnfitVersionError(str(error)) from error
            return self._publish(change(bundle), lambda _version: {}, activate=True)

    def _publish(
        self,
        files: Mapping[str, bytes],
        beside: Callable[[int], Mapping[str, bytes]],
        *,
        activate: bool,
    ) -> int:
        version = max([*self.versions(), self._active() or 0]) + 1
        if self.remote is not None:
            version = self.remote.claim(version)
        whole = {**beside(version), **files}
        if self._signer is not None:
            whole[SIGNATURE_FILE] = self._signer.sign(files)
        self.writer.add(version, whole)
        try:
            if self.remote is not None:
                self.remote.upload(version, whole)
            if activate:
                self._set_current(version, self._past(), newer_wins=True)
        except (OSError, RemoteStoreError):
            # Else a version would be current that was never activated.
            if self._active() != version:
                self.writer.remove(version)
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
        self.pull()
        with self.locked():
            return self._activate(version, self._past())

    def succeed(self, version: int, compared: int | None) -> int | None:
        """Make a version current in the place of the version that it was compared with.

        Corrections stay as they are: if the new version has others, the same model with those of
        the current version is published and becomes current.

        Args:
            version: the new version.
            compared: what served when both were compared; None if nothing did.

        Returns:
            The version that became current; None if another model has come to serve.

        Raises:
            NoVersionError, UnfitVersionError, UnwritableStoreError: as `activate`.
        """
        self.pull()
        with self.locked():
            if not carrying.is_same_model(self, self._active(), compared):
                return None
            files = carrying.with_current_corrections(self, version)
            if files is None:
                return self._activate(version, self._past()).version
            return self._publish(
                files, lambda _: carrying.read_beside(self, version), activate=True
            )

    def rollback(self) -> Change:
        """Make the version that served before current again; undoes an activation too.

        Returns:
            The change. Its version is the highest below the current version if nothing is known of
            its past.

        Raises:
            NoVersionError: nothing served before.
            UnfitVersionError: it does not load.
            UnwritableStoreError: the store cannot be written.
        """
        self.pull()
        with self.locked():
            steps = self._before()
            if not steps:
                served = self._active() or "the first"
                raise NoVersionError(f"no version served before {served}")
            return self._activate(steps[-1], steps[:-1])

    def delete(self, version: int) -> None:
        """Delete a version.

        Raises:
            NoVersionError: there is no such version.
            UnfitVersionError: it serves, a rollback would go to it, or it is the candidate.
            UnwritableStoreError: the store cannot be written.
        """
        with self.locked():
            self._check_deletable(version, self._candidates())
            self._delete(version)
            # Its number may come again, and what bears it then has not served.
            self.writer.files.replace(HISTORY_FILE, history_bytes(self._past()))

    def _activate(self, version: int, past: Sequence[int]) -> Change:
        change = Change(version, self._active())
        loaded(self, version, CURRENT_FILE)
        self._set_current(version, past)
        return change

    def _candidates(self) -> set[int | None]:
        """The versions named as candidates, here and in the object store."""
        there = None if self.remote is None else self.remote.candidate()
        return {self._active(CANDIDATE_FILE), there}

    def _set_current(self, version: int, past: Sequence[int], *, newer_wins: bool = False) -> None:
        if self.remote is not None:
            pointed = self.remote.point_to(version, self.digest(version), newer_wins=newer_wins)
            if pointed != version:  # another trainer's, which came meanwhile
                from inference.store.mirror import Mirror  # noqa: PLC0415 - loads obstore

                Mirror(self.remote, self, self.writer).bring(pointed)
            version = pointed
        self.writer.set_current(version)
        self.writer.files.replace(HISTORY_FILE, history_bytes([*past, version]))

    def _prune(self) -> None:
        """Keep the newest versions, the active, the version before it and candidates."""
        served = {self._active(), *self._before()[-1:]}
        keep = {*self.versions()[-KEEP_VERSIONS:], *served, *self._candidates()}
        for version in sorted(set(self.versions()) - keep):
            self._delete(version)
        if self.remote is not None:  # what killed trainers left; a higher number is at work
            for version in self.remote.versions()[:-KEEP_VERSIONS]:
                if version not in keep and version < min(self.versions()):
                    self.remote.remove(version)

    def _delete(self, version: int) -> None:
        self.writer.remove(version)
        if self.remote is not None:
            self.remote.remove(version)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the store's lock; raises NoVersionError and UnwritableStoreError."""
        if not self.root.is_dir():
            raise NoVersionError("there is no model store; see --model-dir and MODEL_DIR")
        try:
            with self.writer.locked():
                yield
        except OSError as error:
            raise unwritable(error) from error
        except RemoteStoreError as error:
            raise UnwritableStoreError(str(error)) from error

    def _make(self) -> None:
        try:
            self.writer.make()
        except OSError as error:
            raise unwritable(error) from error
