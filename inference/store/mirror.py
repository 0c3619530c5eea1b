"""Copies a model store from an object store to a local store, which workers read."""

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import Final

from inference.errors import BrokenVersionError, InferenceError, NoModelError
from inference.store.remote import RemoteStore
from inference.store.versions import ANY_SIZE, CANDIDATE_FILE, CURRENT_FILE, ModelStore
from inference.store.writing import KEEP_VERSIONS, StoreWriter
from schemas.bundle.manifest import MANIFEST_FILE
from schemas.bundle.signature import SIGNATURE_FILE

MAX_WAIT_S: Final = 30.0
"""The longest wait before a store that fails is asked again."""

_log = logging.getLogger(__name__)


class Mirror:
    """Copies versions, each verified before it appears.

    Args:
        remote: the store to follow.
        store: the local store.
        writer: of that store; callers hold its lock around all calls but `run`.
        max_bytes: a version with a larger file is not taken.
    """

    def __init__(
        self,
        remote: RemoteStore,
        store: ModelStore,
        writer: StoreWriter,
        *,
        max_bytes: int = ANY_SIZE,
    ) -> None:
        self._remote = remote
        self._store = store
        self._writer = writer
        self._max_bytes = max_bytes
        self._tag = self._candidate_tag = ""

    def bring(self, version: int, digest: str = "") -> bool:
        """Copy a version to the local store, unless it is there.

        Args:
            version: its number.
            digest: what identifies it; "" to accept any version of that number.

        Returns:
            Whether it was copied.

        Raises:
            BrokenVersionError: the remote version is not whole, or not signed as required.
            RemoteStoreError: the object store does not answer.
            OSError: the local store cannot be written.
        """
        with contextlib.suppress(BrokenVersionError):
            if self._store.digest(version) == digest or not digest:
                return False
        files = self._remote.fetch(version, digest, max_bytes=self._max_bytes)
        self._store.check_signature(version, files[MANIFEST_FILE], files.get(SIGNATURE_FILE))
        if version in self._store.versions():  # of a store that was wiped since, or damaged here
            self._writer.remove(version)
        self._writer.add(version, files)
        return True

    def follow(self) -> int | None:
        """Make the remote store's current version current in the local store.

        Returns:
            The number of the version that is current now; None if nothing changed remotely.

        Raises:
            NoModelError: nothing was published to the remote store yet.
            BrokenVersionError: the remote version cannot be copied; the local store is as before.
            RemoteStoreError: the object store does not answer.
            OSError: the local store cannot be written.
        """
        pointer = self._remote.current(self._tag)
        if pointer is None:
            return None
        is_new = self.bring(pointer.version, pointer.digest)
        if is_new or self._named() != pointer.version:
            self._writer.set_current(pointer.version)
        self._tag = pointer.tag
        return pointer.version

    def follow_candidate(self) -> int | None:
        """Name the remote store's candidate in the local store, or no candidate if there is none.

        Returns:
            The number of the candidate; None if nothing changed remotely, or none is named.

        Raises: as `follow`; the local store then names the same candidate as before.
        """
        try:
            pointer = self._remote.current(self._candidate_tag, CANDIDATE_FILE)
        except NoModelError:
            self._candidate_tag = ""
            (self._store.root / CANDIDATE_FILE).unlink(missing_ok=True)
            return None
        if pointer is None:
            return None
        self.bring(pointer.version, pointer.digest)
        if self._named(CANDIDATE_FILE) != pointer.version:
            self._writer.files.replace(CANDIDATE_FILE, b"%d\n" % pointer.version)
        self._candidate_tag = pointer.tag
        return pointer.version

    def run(self, stop: threading.Event, poll_s: float) -> None:
        """Follow until stopped; failures are logged and retried."""
        wait_s, fault, no_candidate = poll_s, _Fault(), _Fault()
        while not stop.is_set():
            try:
                self._writer.make()
                with self._writer.locked():
                    followed = self.follow()
                    if followed is not None:
                        _log.info("mirror.followed", extra={"model_version": followed})
                    # What is wrong with a candidate delays no version that is to serve.
                    named = no_candidate.caught(self.follow_candidate)
                    if named is not None:
                        _log.info("mirror.candidate", extra={"model_version": named})
                    if followed is not None or named is not None:
                        self._prune()
                wait_s = poll_s
                fault.forget()
            except (InferenceError, OSError) as error:
                fault.log(error)
                wait_s = min(wait_s * 2, max(MAX_WAIT_S, poll_s))
            stop.wait(wait_s)

    def _named(self, name: str = CURRENT_FILE) -> int | None:
        try:
            return self._store.current_version(name)
        except (NoModelError, BrokenVersionError):
            return None

    def _prune(self) -> None:
        kept = {self._named(), self._named(CANDIDATE_FILE)}
        for version in self._store.versions()[:-KEEP_VERSIONS]:
            if version not in kept:
                self._writer.remove(version)


class _Fault:
    """A fault that is logged once, however long it lasts."""

    def __init__(self) -> None:
        self._last = ""

    def log(self, error: Exception) -> None:
        """Log an error, unless it repeats the last error that was logged."""
        if str(error) == self._last:
            return
        self._last = str(error)
        level = logging.INFO if isinstance(error, NoModelError) else logging.ERROR
        cause = str(error.__cause__ or "")
        _log.log(level, "mirror.failed", extra={"reason": self._last, "cause": cause})

    def forget(self) -> None:
        """Log the next error even if it repeats the last."""
        self._last = ""

    def caught(self, step: Callable[[], int | None]) -> int | None:
        """The result of a step; None if it fails, which is logged."""
        try:
            done = step()
        except (InferenceError, OSError) as error:
            self.log(error)
            return None
        self.forget()
        return done
