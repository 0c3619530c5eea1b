"""Copies a model store from an object store to a local store, which workers read as ever."""

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
"""A store that fails is asked this seldom in the end."""

_log = logging.getLogger(__name__)


class Mirror:
    """Copies versions, each verified before it appears.

    Args:
        remote: what is followed.
        store: the local store.
        writer: of that store; its lock is to be held around all calls but `run`.
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
        """Have a version here.

        Args:
            version: its number.
            digest: what identifies it; "" if any of that number will do.

        Returns:
            Whether it was not here before.

        Raises:
            BrokenVersionError: it is not whole there, or not signed as asked for.
            RemoteStoreError: the object store does not answer.
            OSError: it cannot be written here.
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
        """Make current here what is current there.

        Returns:
            The number of the version that is current now; None if nothing changed there.

        Raises:
            NoModelError: nothing was published there yet.
            BrokenVersionError: what is current there cannot be had; what was here still is.
            RemoteStoreError: the object store does not answer.
            OSError: it cannot be written here.
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
        """Name here the candidate that is named there, or none if none is.

        Returns:
            The number of the candidate; None if nothing changed there, or none is named.

        Raises: as `follow`; what was named here still is.
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
        """Log it, unless it is the last one."""
        if str(error) == self._last:
            return
        self._last = str(error)
        level = logging.INFO if isinstance(error, NoModelError) else logging.ERROR
        cause = str(error.__cause__ or "")
        _log.log(level, "mirror.failed", extra={"reason": self._last, "cause": cause})

    def forget(self) -> None:
        """Log the next one, whatever it is."""
        self._last = ""

    def caught(self, step: Callable[[], int | None]) -> int | None:
        """What a step returns; None if it fails, which is logged."""
        try:
            done = step()
        except (InferenceError, OSError) as error:
            self.log(error)
            return None
        self.forget()
        return done
