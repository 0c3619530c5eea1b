"""A store under its lock that may be a copy of an object store: followed, filled and pruned."""

import contextlib
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from inference.errors import BrokenVersionError, NoModelError, RemoteStoreError
from inference.store.signed import Verifier
from inference.store.versions import CANDIDATE_FILE
from inference.store.writing import KEEP_VERSIONS, StoreWriter
from schemas.bundle.signature import SIGNATURE_FILE
from trainer.errors import NoVersionError, UnwritableStoreError
from trainer.store.faults import unwritable
from trainer.store.past import PastStore
from trainer.store.probing import probe
from trainer.store.signing import Signer

if TYPE_CHECKING:
    from trainer.store.remote_writer import RemoteWriter

Beside = Callable[[int], Mapping[str, bytes]]
"""Makes what is for people and no part of a model, by file name; given the version's number."""


class CopiedStore(PastStore):
    """What every change of a store is made of.

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
        if self.remote is not None:
            self._make()
            with self.locked():
                self._follow()

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

    def _follow(self) -> str:
        """As `pull`, under the lock.

        Returns:
            The ETag of CURRENT in the object store, read before it was followed; "" for none.
        """
        if self.remote is None:
            return ""
        from inference.store.mirror import Mirror  # noqa: PLC0415 - loads obstore

        tag = self.remote.current_tag()
        mirror = Mirror(self.remote, self, self.writer)
        for version in self.remote.versions()[-KEEP_VERSIONS:]:
            with contextlib.suppress(BrokenVersionError):  # which is half written
                mirror.bring(version)
        with contextlib.suppress(NoModelError, BrokenVersionError):
            mirror.follow()
        with contextlib.suppress(BrokenVersionError):
            mirror.follow_candidate()
        return tag

    def _write(self, files: Mapping[str, bytes], beside: Beside, above: int) -> int:
        """Write a version, here and in the object store, that nothing names yet; its number.

        Args:
            files: its content by file name; the manifest among them.
            beside: see `Beside`.
            above: a number that was taken before.
        """
        version = max([*self.versions(), self._active() or 0, above]) + 1
        if self.remote is not None:
            version = self.remote.claim(version)
        whole = {**beside(version), **files}
        if self._signer is not None:
            whole[SIGNATURE_FILE] = self._signer.sign(files)
        self.writer.add(version, whole)
        if self.remote is not None:
            try:
                self.remote.upload(version, whole)
            except RemoteStoreError:
                self.writer.remove(version)
                raise
        return version

    def _candidates(self) -> set[int | None]:
        """The versions named as candidates, here and in the object store."""
        there = None if self.remote is None else self.remote.candidate()
        return {self._active(CANDIDATE_FILE), there}

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

    def _make(self) -> None:
        try:
            self.writer.make()
        except OSError as error:
            raise unwritable(error) from error
