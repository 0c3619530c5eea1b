r"""A model store in an object store, as its readers see it.

Layout, below the address of the store::

    log-anomaly/CURRENT            "3 9f86d081...\n": number and hash of the version that serves
    log-anomaly/3/manifest.json    written last, so that a version with a manifest is whole
    log-anomaly/3/model.onnx

An object is replaced whole. CURRENT names the hash as well, since a store that was wiped begins
again with the same numbers. Nothing here reads a clock.
"""

import contextlib
import hashlib
import re
from pathlib import Path
from typing import Final

import msgspec
import obstore
from obstore.exceptions import BaseError, NotModifiedError

from inference.errors import BrokenVersionError, NoModelError, RemoteStoreError
from inference.store.objects import ENVIRONMENT, describe_store_error, open_store, split_address
from inference.store.versions import (
    CURRENT_FILE,
    MAX_CURRENT_BYTES,
    MAX_MANIFEST_BYTES,
    MODEL_NAME,
    NOTHING_NAMED,
    parse_manifest,
    version_number,
)
from schemas.bundle.manifest import MANIFEST_FILE, Manifest, file_entry
from schemas.bundle.signature import MAX_SIGNATURE_BYTES, SIGNATURE_FILE

_ADDRESS: Final = re.compile(r"https?://\S+")


class Pointer(msgspec.Struct, frozen=True):
    """The content of CURRENT, or of CANDIDATE.

    Attributes:
        version: the number of the version that it names.
        digest: SHA-256 of its manifest.
        tag: the object's ETag: another ETag means that it was written anew.
    """

    version: int
    digest: str
    tag: str


class RemoteStore:
    """Read access to the versions in an object store.

    Args:
        address: `s3://bucket/prefix`, `gs://...` or `az://...`.

    Raises:
        RemoteStoreError: the address is malformed, or the environment does not fit.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        try:
            self._scheme, bucket, key = split_address(address)
            prefix = "/".join([*key.strip("/").split("/"), MODEL_NAME]).strip("/")
            self._objects = open_store(self._scheme, bucket, prefix)
        except (BaseError, ValueError) as error:
            raise RemoteStoreError(f"MODEL_STORE: {error}") from error

    def current(self, known_tag: str = "", name: str = CURRENT_FILE) -> Pointer | None:
        """The content of CURRENT, or of another file; None if its tag is still `known_tag`.

        Raises:
            NoModelError: nothing was published yet, or nothing is named.
            BrokenVersionError: the file is there and names no version.
            RemoteStoreError: the store does not answer.
        """
        options: obstore.GetOptions = {"if_none_match": known_tag} if known_tag else {}
        try:
            answer = obstore.get(self._objects, name, options=options)
            tag, content = answer.meta["e_tag"] or "", bytes(answer.bytes())[:MAX_CURRENT_BYTES]
        except NotModifiedError:
            return None
        except FileNotFoundError as error:
            raise NoModelError(NOTHING_NAMED.get(name, f"{name} names no version")) from error
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(error) from error
        written, _, digest = content.decode("ascii", "replace").strip().partition(" ")
        version = version_number(written)
        if version is None:
            raise BrokenVersionError(f"{name} of the object store names no version")
        return Pointer(version, digest, tag)

    def versions(self) -> list[int]:
        """The numbers that are taken, ascending, whole or not.

        Raises:
            RemoteStoreError: the store does not answer.
        """
        try:
            folders = obstore.list_with_delimiter(self._objects)["common_prefixes"]
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(error) from error
        numbers = (version_number(Path(folder).name) for folder in folders)
        return sorted(number for number in numbers if number is not None)

    def fetch(self, version: int, digest: str = "", *, max_bytes: int) -> dict[str, bytes]:
        """The files of a version, each verified, and its signature, if it is signed.

        Args:
            version: its number.
            digest: what its manifest must hash to; "" to accept any manifest.
            max_bytes: a version with a larger file is not fetched.

        Raises:
            BrokenVersionError: a file is missing, or is not the file that was published.
            RemoteStoreError: the store does not answer.
        """
        written = self._read(version, MANIFEST_FILE, MAX_MANIFEST_BYTES)
        hashed = hashlib.sha256(written).hexdigest()
        if digest and hashed != digest:
            raise BrokenVersionError(
                f"version {version}: its manifest has the hash {hashed[:12]}..., CURRENT says "
                f"{digest[:12]}..."
            )
        manifest: Manifest = parse_manifest(version, written)
        files = {MANIFEST_FILE: written}
        for name, expected in manifest.files.items():
            if Path(name).name != name:
                raise BrokenVersionError(f"version {version}: {name!r} is no plain file name")
            if expected.size_bytes > max_bytes:
                raise BrokenVersionError(
                    f"version {version}: {name} has {expected.size_bytes} bytes, {max_bytes} are "
                    f"taken here"
                )
            data = self._read(version, name, expected.size_bytes)
            if file_entry(data) != expected:
                raise BrokenVersionError(
                    f"version {version}: {name} is not the file that was published"
                )
            files[name] = data
        with contextlib.suppress(FileNotFoundError):
            files[SIGNATURE_FILE] = self._get(version, SIGNATURE_FILE, MAX_SIGNATURE_BYTES)
        return files

    def _read(self, version: int, name: str, max_bytes: int) -> bytes:
        try:
            return self._get(version, name, max_bytes)
        except FileNotFoundError as error:
            raise BrokenVersionError(f"version {version}: {name} is missing") from error

    def _get(self, version: int, name: str, max_bytes: int) -> bytes:
        try:
            answer = obstore.get(self._objects, f"{version}/{name}")
            if (size := answer.meta["size"]) > max_bytes:  # known before a byte of it comes
                raise BrokenVersionError(
                    f"version {version}: {name} has {size} bytes, expected {max_bytes} at most"
                )
            return bytes(answer.bytes())
        except FileNotFoundError:
            raise
        except (BaseError, OSError, ValueError) as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> RemoteStoreError:
        """An error for callers, without addresses; the cause has these, for logs."""
        reason = _ADDRESS.sub("...", describe_store_error(error))
        return RemoteStoreError(
            f"{reason}; check MODEL_STORE and {ENVIRONMENT[self._scheme]} in the environment"
        )
