r"""The model store as a reader sees it.

Layout, which Triton and KServe read as well::

    MODEL_DIR/log-anomaly/CURRENT            "3\n", replaced atomically
    MODEL_DIR/log-anomaly/3/manifest.json    written once, never changed
    MODEL_DIR/log-anomaly/3/model.onnx
    MODEL_DIR/log-anomaly/3/tables.npz

While a writer makes another version current, `.tmp-NEXT` names it for a moment before CURRENT does,
so that workers can load it before they need it.
"""

import hashlib
import os
from pathlib import Path
from typing import Final

from inference.errors import BrokenVersionError, NoModelError
from inference.store.files import read_bounded
from inference.store.signed import Verifier
from schemas.api.models import MAX_VERSION
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MANIFEST_FILE,
    MODEL_FILE,
    Manifest,
    UnreadableManifestError,
    file_entry,
)
from schemas.bundle.signature import MAX_SIGNATURE_BYTES, SIGNATURE_FILE

MODEL_NAME: Final = "log-anomaly"
CURRENT_FILE: Final = "CURRENT"
CANDIDATE_FILE: Final = "CANDIDATE"
"""Names a version that judges beside the serving version; written like CURRENT."""
NEXT_FILE: Final = ".tmp-NEXT"
MAX_CURRENT_BYTES: Final = 1_024
MAX_MANIFEST_BYTES: Final = 1_048_576
MAX_TABLES_BYTES: Final = 16_777_216
"""Several times what all tables of a bundle take without compression."""
ANY_SIZE: Final = 2**40
"""A bound in bytes for readers that take any graph."""

Signature = tuple[int, int, int]

NOTHING_NAMED: Final = {CURRENT_FILE: "no model has been published yet"}
_REPAIRED_BY: Final = {CURRENT_FILE: "activate", CANDIDATE_FILE: "shadow"}


class ModelStore:
    """Read access to the versions under `model_dir`.

    Args:
        model_dir: where the store is, or is to be.
        max_graph_bytes: a version with a larger graph is not read.
        verifier: verifies signatures; None to read versions without a signature as well.
    """

    def __init__(
        self,
        model_dir: Path,
        *,
        max_graph_bytes: int = ANY_SIZE,
        verifier: Verifier | None = None,
    ) -> None:
        self._verifier = verifier
        self.root = model_dir / MODEL_NAME
        self._max_graph_bytes = max_graph_bytes
        self._current = os.fspath(self.root / CURRENT_FILE)
        self._next = os.fspath(self.root / NEXT_FILE)

    def signature(self) -> Signature | None:
        """A value that changes whenever another version is made current, at the cost of a `stat`.

        CURRENT is replaced by renaming a new file over it, so its inode changes even where two
        replacements fall into the same tick of the file system's clock. None: there is no CURRENT.
        """
        return _signature(self._current)

    def next_signature(self) -> Signature | None:
        """The same for the announcement of a next version; None: none is announced."""
        return _signature(self._next)

    def current_version(self, name: str = CURRENT_FILE) -> int:
        """The number of the version that serves, or of the version that another file names.

        Raises:
            NoModelError: nothing was published yet.
            BrokenVersionError: CURRENT is there and is no version number.
        """
        try:
            content = read_bounded(self.root / name, MAX_CURRENT_BYTES)
        except FileNotFoundError as error:
            raise NoModelError(NOTHING_NAMED.get(name, f"there is no {name}")) from error
        except NotADirectoryError as error:
            raise BrokenVersionError("MODEL_DIR is no directory of models") from error
        except OSError as error:
            raise BrokenVersionError(f"{name} cannot be read: {error.strerror}") from error
        number = version_number(content.strip().decode("ascii", "replace"))
        if number is None:
            repair = _REPAIRED_BY.get(name, "activate")
            raise BrokenVersionError(
                f"{name} holds no version number; `python -m trainer {repair} N` repairs it"
            )
        return number

    def versions(self) -> list[int]:
        """The versions' numbers in the store, ascending, whole or not."""
        try:
            names = os.listdir(self.root)  # noqa: PTH208 - names are all that is needed
        except OSError:  # no store, or an unreadable store: no version can be read
            return []
        return sorted(number for number in map(version_number, names) if number is not None)

    def path(self, version: int) -> Path:
        """The directory of a version."""
        return self.root / str(version)

    def digest(self, version: int) -> str:
        """The identity of a version: the SHA-256 of its manifest, which lists those of its files.

        Raises:
            BrokenVersionError: the manifest is missing or unreadable.
        """
        return hashlib.sha256(self._read(version, MANIFEST_FILE, MAX_MANIFEST_BYTES)).hexdigest()

    def manifest(self, version: int) -> Manifest:
        """Read a version's manifest.

        Raises:
            BrokenVersionError: it is missing or unreadable, or its signature is not valid.
        """
        written = self._read(version, MANIFEST_FILE, MAX_MANIFEST_BYTES)
        self.check_signature(version, written, self._signature_of(version))
        return parse_manifest(version, written)

    def check_signature(self, version: int, manifest: bytes, signature: bytes | None) -> None:
        """Verify a version's signature, if signatures are required.

        A signed manifest is enough: it lists the hashes of all other files.

        Args:
            version: its number.
            manifest: as it is written.
            signature: likewise; None if there is none.

        Raises:
            BrokenVersionError: the signature is missing or not valid; says why.
        """
        if self._verifier is None:
            return
        if signature is None:
            raise BrokenVersionError(
                f"version {version} is not signed, which ANOMALY_MODEL_PUBLIC_KEY_FILE asks for; "
                f"publish with --sign-key"
            )
        signed = self._verifier.digests(version, signature)
        if signed.get(MANIFEST_FILE) != hashlib.sha256(manifest).hexdigest():
            raise BrokenVersionError(
                f"version {version}: {MANIFEST_FILE} is not the file that was signed"
            )

    def check_files(self, version: int, manifest: Manifest) -> None:
        """Check that a version's files are there and have their size; their content is not read.

        Raises:
            BrokenVersionError: names the first file at fault.
        """
        for name, expected in manifest.files.items():
            try:
                size = (self.path(version) / Path(name).name).stat().st_size
            except OSError as error:
                raise _unreadable(version, name, error) from error
            if size != expected.size_bytes:
                raise BrokenVersionError(
                    f"version {version}: {name} has {size} bytes, expected {expected.size_bytes}"
                )

    def bundle(self, version: int) -> Bundle:
        """Read a version whole and verify every file that its manifest lists.

        Raises:
            BrokenVersionError: a file is missing, or is not the file that was published and signed.
        """
        written = self._read(version, MANIFEST_FILE, MAX_MANIFEST_BYTES)
        self.check_signature(version, written, self._signature_of(version))
        manifest = parse_manifest(version, written)
        files: dict[str, bytes] = {}
        for name, expected in manifest.files.items():
            if Path(name).name != name:
                raise BrokenVersionError(f"version {version}: {name!r} is no plain file name")
            if name == MODEL_FILE and expected.size_bytes > self._max_graph_bytes:
                raise BrokenVersionError(
                    f"version {version}: its graph has {expected.size_bytes} bytes, "
                    f"{self._max_graph_bytes} are taken here; train with fewer trees or a smaller "
                    f"max_samples, or raise ANOMALY_SERVE_MAX_GRAPH_BYTES"
                )
            if name != MODEL_FILE and expected.size_bytes > MAX_TABLES_BYTES:
                raise BrokenVersionError(
                    f"version {version}: {name} has {expected.size_bytes} bytes by the manifest, "
                    f"and may have {MAX_TABLES_BYTES}"
                )
            data = self._read(version, name, expected.size_bytes)
            if file_entry(data) != expected:
                raise BrokenVersionError(
                    f"version {version}: {name} is not the file that was published "
                    f"({len(data)} bytes, expected {expected.size_bytes} bytes with SHA-256 "
                    f"{expected.sha256[:12]}...)"
                )
            files[name] = data
        return Bundle(version, manifest, files, hashlib.sha256(written).hexdigest())

    def _signature_of(self, version: int) -> bytes | None:
        if self._verifier is None or not (self.path(version) / SIGNATURE_FILE).exists():
            return None
        return self._read(version, SIGNATURE_FILE, MAX_SIGNATURE_BYTES)

    def _read(self, version: int, name: str, max_bytes: int) -> bytes:
        try:
            return read_bounded(self.path(version) / name, max_bytes)
        except OSError as error:
            raise _unreadable(version, name, error) from error


def _unreadable(version: int, name: str, error: OSError) -> BrokenVersionError:
    return BrokenVersionError(f"version {version}: {name} cannot be read: {error.strerror}")


def _signature(path: str) -> Signature | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - Path.stat costs twice as much, per answer
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_size)


def version_number(name: str) -> int | None:
    """The number that a folder's name, or CURRENT, gives; None if it is no version number."""
    if (
        not (name.isascii() and name.isdigit())
        or name[0] == "0"
        or len(name) > len(str(MAX_VERSION))
    ):
        return None
    return int(name)


def parse_manifest(version: int, written: bytes) -> Manifest:
    """A version's manifest.

    Raises:
        BrokenVersionError: it cannot be read.
    """
    try:
        return Manifest.from_json(written)
    except UnreadableManifestError as error:
        raise BrokenVersionError(f"version {version}: {error}") from error
