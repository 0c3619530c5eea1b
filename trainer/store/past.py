"""A store that knows which versions have served."""

from collections.abc import Container

from inference.errors import BrokenVersionError, NoModelError
from inference.store.versions import CURRENT_FILE, ModelStore
from trainer.errors import UnfitVersionError
from trainer.store.faults import no_version
from trainer.store.history import read_history, steps_before


class PastStore(ModelStore):
    """Read access to the versions of a store, to the current version and to those before it."""

    def _active(self, name: str = CURRENT_FILE) -> int | None:
        """The version that a file names; None if there is no such file, or it is damaged."""
        try:
            return self.current_version(name)
        except (NoModelError, BrokenVersionError):
            return None

    def _before(self) -> list[int]:
        """The versions that served before the current version, oldest first."""
        active = self._active()
        known = read_history(self.root)
        return [] if active is None else steps_before(known, active, self.versions())

    def _past(self) -> list[int]:
        """The versions that have served up to now, oldest first."""
        active = self._active()
        return [] if active is None else [*self._before(), active]

    def _check_deletable(self, version: int, candidates: Container[int | None]) -> None:
        """Refuse to delete a version that is in use; raises NoVersionError, UnfitVersionError."""
        if version not in self.versions():
            raise no_version(version, self.versions())
        if version == self._active():
            raise UnfitVersionError(f"version {version} is current; activate another version first")
        if version in candidates:
            raise UnfitVersionError(f"version {version} is the candidate; see `shadow off`")
        if version in self._before()[-1:]:
            raise UnfitVersionError(f"version {version} is what a rollback would go to")
