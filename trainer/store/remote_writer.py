"""A model store in an object store, as the trainer writes to it: only by conditional writes.

Two trainers that race never overwrite each other: a number belongs to the writer that creates its
claim, and CURRENT is replaced only if it still is what was read (RFC 9110, section 13.1:
If-None-Match, If-Match).
"""

from collections.abc import Mapping
from typing import Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from inference.errors import BrokenVersionError, NoModelError
from inference.store.remote import Pointer, RemoteStore
from inference.store.versions import CANDIDATE_FILE, CURRENT_FILE
from inference.store.writing import KEEP_VERSIONS
from schemas.bundle.manifest import MANIFEST_FILE

CLAIM_FILE: Final = "CLAIM"
"""Takes a number; empty."""

_TRIES: Final = 100
"""How many races are lost before giving up: against as many other trainers."""


class RemoteWriter(RemoteStore):
    """Write access to the versions in an object store; several trainers may write at once."""

    def claim(self, lowest: int) -> int:
        """Take the next free number.

        Args:
            lowest: the lowest number to claim.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        version = max([lowest - 1, *self.versions()])
        for _ in range(_TRIES):
            version += 1
            try:
                obstore.put(self._objects, f"{version}/{CLAIM_FILE}", b"", mode="create")
            except AlreadyExistsError:
                continue
            except (BaseError, OSError, ValueError) as error:
                raise self._failed(error) from error
            higher = [number for number in self.versions() if number > version]
            if len(higher) < KEEP_VERSIONS:
                return version
            # It was another trainer's, who published so many more while this claim was under way
            # that it was removed as too old: claims are sent again after a second by the library.
            self.remove(version)
            version = higher[-1]
        raise self._failed(RuntimeError(f"{_TRIES} numbers in a row were taken meanwhile"))

    def upload(self, version: int, files: Mapping[str, bytes]) -> None:
        """Write the files of a version whose number was claimed, the manifest last.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        names = sorted(files, key=lambda name: (name == MANIFEST_FILE, name))
        try:
            for name in names:
                obstore.put(self._objects, f"{version}/{name}", files[name], mode="create")
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(error) from error

    def point_to(self, version: int, digest: str, name: str = CURRENT_FILE) -> None:
        """Name the version that serves, or in another file the candidate, whatever it names now.

        Args:
            version: its number.
            digest: the SHA-256 of its manifest.
            name: of the file.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        for _ in range(_TRIES):
            _, tag = self._pointed(name)
            if self._replace(name, version, digest, tag):
                return
        raise self._failed(RuntimeError(f"{name} was replaced {_TRIES} times meanwhile"))

    def current_tag(self) -> str:
        """The ETag of CURRENT; "" where nothing serves.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        return self._pointed(CURRENT_FILE)[1]

    def replace_current(self, version: int, digest: str, tag: str) -> bool:
        """Name the version that serves in the place of the version that was named before.

        Args:
            version: its number.
            digest: the SHA-256 of its manifest.
            tag: what `current_tag` said then.

        Returns:
            False, and nothing is changed, if CURRENT has another tag by now.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        return self._replace(CURRENT_FILE, version, digest, tag)

    def _replace(self, name: str, version: int, digest: str, tag: str) -> bool:
        mode: obstore.PutMode = {"e_tag": tag} if tag else "create"
        try:
            obstore.put(self._objects, name, f"{version} {digest}\n".encode(), mode=mode)
        except (AlreadyExistsError, PreconditionError):
            return False
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(error) from error
        return True

    def remove(self, version: int) -> None:
        """Remove a version; its manifest first, so that the rest is not taken for a version.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        try:
            found = [
                entry["path"]
                for batch in obstore.list(self._objects, f"{version}/")
                for entry in batch
            ]
            for path in sorted(found, key=lambda path: not path.endswith(MANIFEST_FILE)):
                obstore.delete(self._objects, path)
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(error) from error

    def candidate(self) -> int | None:
        """The version that is named as the candidate; None if none is.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        found, _ = self._pointed(CANDIDATE_FILE)
        return None if found is None else found.version

    def name_no_candidate(self) -> None:
        """Name no candidate: no version judges beside the version that serves.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        try:
            obstore.delete(self._objects, CANDIDATE_FILE)
        except FileNotFoundError:
            return
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(error) from error

    def _pointed(self, name: str) -> tuple[Pointer | None, str]:
        """The content and the tag of a file; a file without valid content can be replaced, too."""
        try:
            found = self.current(name=name)
        except NoModelError:
            return None, ""
        except BrokenVersionError:
            return None, obstore.head(self._objects, name)["e_tag"] or ""
        assert found is not None  # no tag was known
        return found, found.tag
