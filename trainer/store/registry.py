"""The model store as the trainer sees it: publish, activate, roll back, delete.

With an object store behind it, the local store is the trainer's copy of it: numbers are
claimed there, a version is put there before it is current here, and CURRENT is the object store's.
Nobody holds a lock there, so what is made of the version that serves is made anew if another
trainer has made another version current meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from inference.errors import BrokenVersionError, NoModelError, RemoteStoreError
from inference.store.versions import CURRENT_FILE
from schemas.bundle.contents import Bundle
from trainer.errors import NoVersionError, UnfitVersionError, UnwritableStoreError
from trainer.store import carrying
from trainer.store.copied import Beside, CopiedStore
from trainer.store.history import HISTORY_FILE, Change, history_bytes
from trainer.store.proving import loaded

_TRIES: Final = 100
"""How many races are lost before giving up: against as many other trainers."""

_Made = Mapping[str, bytes] | int | None
"""The files of a new version, or the number of a version that is there, to be made current; None
to leave all as it is."""


class ModelRegistry(CopiedStore):
    """Write access to the store under a folder; several processes may write at once."""

    def publish(
        self,
        files: Mapping[str, bytes],
        beside: Beside = lambda _version: {},
        *,
        activate: bool = True,
    ) -> int:
        """Write a new version, make it current and prune old ones.

        Args:
            files: its content by file name; the manifest among them.
            beside: see `Beside`.
            activate: make it current; else it waits in the store for `activate`.

        Returns:
            The number of the new version.

        Raises:
            UnwritableStoreError: the store cannot be written; what was current is still current.
        """
        self._make()
        with self.locked():
            version = self._settle(
                lambda: carrying.carry_corrections(self, files), beside, activate=activate
            )
        assert version is not None  # there are files
        return version

    def amend(self, change: Callable[[Bundle], Mapping[str, bytes]]) -> int:
        """Publish a version made of the current version; returns its number.

        Args:
            change: makes the files of the new version; asked again if another version came to
                serve meanwhile.

        Raises:
            NoVersionError: there is no current version.
            UnfitVersionError: it does not load.
            UnwritableStoreError: the store cannot be written.
        """

        def make() -> Mapping[str, bytes]:
            try:
                bundle = self.bundle(self.current_version())
            except NoModelError as error:
                raise NoVersionError(f"{error}; train a model first") from error
            except BrokenVersionError as error:
                raise UnfitVersionError(str(error)) from error
            return change(bundle)

        self.pull()
        with self.locked():
            version = self._settle(make)
        assert version is not None  # there are files
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

    def activate_with(self, version: int, source: int) -> int:
        """Make a version's model current with the corrections of another version that hold still.

        Args:
            version: the version.
            source: the version whose corrections are taken over, in the place of its own.

        Returns:
            The version that became current: `version`, if it has these corrections.

        Raises:
            NoVersionError, UnfitVersionError, UnwritableStoreError: as `activate`, of both.
        """

        def make() -> _Made:
            corrections = loaded(self, source, CURRENT_FILE).manifest.corrections
            files = carrying.with_corrections(self, version, corrections)
            if files is not None and carrying.is_just(self, source, version, files):
                return source
            return files or version

        self.pull()
        with self.locked():
            current = self._settle(make, lambda _: carrying.read_beside(self, version))
        assert current is not None  # there is a version
        return current

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

        def make() -> _Made:
            if not carrying.is_same_model(self, self._active(), compared):
                return None
            files = carrying.with_current_corrections(self, version)
            if files is None:
                loaded(self, version, CURRENT_FILE)
            elif (active := self._active()) and carrying.is_just(self, active, version, files):
                return active
            return files or version

        self.pull()
        with self.locked():
            return self._settle(make, lambda _: carrying.read_beside(self, version))

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

    def _settle(
        self,
        make: Callable[[], _Made],
        beside: Beside = lambda _version: {},
        *,
        activate: bool = True,
    ) -> int | None:
        """Make a version of what serves, and have it serve if that serves still, else begin again.

        To be called under the lock, which other trainers on the same object store do not see.

        Args:
            make: looks at this store, which is up to date; see `_Made`.
            beside: see `Beside`.
            activate: make it current.

        Returns:
            The version; None if `make` made none.
        """
        version = 0
        written: _Made = None
        for _ in range(_TRIES):
            tag = self._follow()
            made: _Made = None
            try:
                made = make()
            finally:
                if made != written and isinstance(written, Mapping):
                    self._delete(version)
            if made is None:
                return None
            if made != written:
                version = made if isinstance(made, int) else self._write(made, beside, version)
                written = made
            elif isinstance(made, Mapping) and (self._active() or 0) > version:
                return version  # of two trainings that race the higher number serves
            try:
                done = not activate or self._point(version, tag)
            except (OSError, RemoteStoreError):
                # Else a version would be current that was never activated.
                if isinstance(made, Mapping) and self._active() != version:
                    self.writer.remove(version)
                raise
            if done:
                self._prune()
                return version
        raise UnwritableStoreError(f"other trainers made {_TRIES} versions current meanwhile")

    def _activate(self, version: int, past: Sequence[int]) -> Change:
        change = Change(version, self._active())
        loaded(self, version, CURRENT_FILE)
        if self.remote is not None:
            self.remote.point_to(version, self.digest(version))
        self._name(version, past)
        return change

    def _point(self, version: int, tag: str) -> bool:
        """Make a version current; False if CURRENT of the object store has another tag by now."""
        if self.remote is not None and not self.remote.replace_current(
            version, self.digest(version), tag
        ):
            return False
        self._name(version, self._past())
        return True

    def _name(self, version: int, past: Sequence[int]) -> None:
        self.writer.set_current(version)
        self.writer.files.replace(HISTORY_FILE, history_bytes([*past, version]))
