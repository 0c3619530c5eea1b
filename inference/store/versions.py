r"""The model store as a reader sees it.

Layout, which Triton and KServe read as well::

    MODEL_DIR/log-anomaly/CURRENT            "3\n", replaced atomically
    MODEL_DIR/log-anomaly/3/manifest.json    written once, never changed
    MODEL_DIR/log-anomaly/3/model.onnx
    MODEL_DIR/log-anomaly/3/tables.npz
"""

import os
from pathlib import Path
from typing import Final

from inference.errors import BrokenVersionError, NoModelError
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MANIFEST_FILE,
    Manifest,
    UnreadableManifestError,
    file_entry,
)

MODEL_NAME: Final = "log-anomaly"
CURRENT_FILE: Final = "CURRENT"
MAX_CURRENT_BYTES: Final = 32

Signature = tuple[int, int, int]


class ModelStore:
    """Read access to the versions under `model_dir`."""

    def __init__(self, model_dir: Path) -> None:
        self.root = model_dir / MODEL_NAME
        self._current = os.fspath(self.root / CURRENT_FILE)

    def signature(self) -> Signature | None:
        """What changes whenever another version is made current, for the price of one `stat`.

        CURRENT is replaced by renaming a new file over it, so its inode changes even where two
        replacements fall into one tick of the file system's clock. None: there is no CURRENT.
        """
        try:
            status = os.stat(self._current)  # noqa: PTH116 - Path.stat costs twice as much, per answer
        except OSError:
            return None
        return (status.st_ino, status.st_mtime_ns, status.st_size)

    def current_version(self) -> int:
        """The number of the version that serves.

        Raises:
            NoModelError: nothing was published yet.
            BrokenVersionError: CURRENT is there and is no version number.
        """
        try:
            with open(self._current, "rb") as file:
                content = file.read(MAX_CURRENT_BYTES + 1)
        except FileNotFoundError as error:
            raise NoModelError("no model has been published yet") from error
        except OSError as error:
            raise BrokenVersionError(f"CURRENT cannot be read: {error.strerror}") from error
        number = content.strip()
        if len(content) > MAX_CURRENT_BYTES or not number.isdigit() or int(number) == 0:
            raise BrokenVersionError(
                "CURRENT holds no version number; `python -m trainer activate N` repairs it"
            )
        return int(number)

    def versions(self) -> list[int]:
        """The numbers of all versions in the store, ascending, whole or not."""
        try:
            names = [entry.name for entry in self.root.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(int(name) for name in names if name.isdigit() and name[0] != "0")

    def path(self, version: int) -> Path:
        """The directory of a version."""
        return self.root / str(version)

    def manifest(self, version: int) -> Manifest:
        """Read a version's manifest.

        Raises:
            BrokenVersionError: it is missing or unreadable.
        """
        try:
            return Manifest.from_json(self._read(version, MANIFEST_FILE))
        except UnreadableManifestError as error:
            raise BrokenVersionError(f"version {version}: {error}") from error

    def bundle(self, version: int) -> Bundle:
        """Read a version whole and verify every file that its manifest lists.

        Raises:
            BrokenVersionError: a file is missing, or is not the one that was published.
        """
        manifest = self.manifest(version)
        files: dict[str, bytes] = {}
        for name, expected in manifest.files.items():
            if Path(name).name != name:
                raise BrokenVersionError(f"version {version}: {name!r} is no plain file name")
            data = self._read(version, name)
            if file_entry(data) != expected:
                raise BrokenVersionError(
                    f"version {version}: {name} is not the file that was published "
                    f"({len(data)} bytes, expected {expected.size_bytes} bytes with SHA-256 "
                    f"{expected.sha256[:12]}...)"
                )
            files[name] = data
        return Bundle(version, manifest, files)

    def _read(self, version: int, name: str) -> bytes:
        try:
            return (self.path(version) / name).read_bytes()
        except OSError as error:
            raise BrokenVersionError(
                f"version {version}: {name} cannot be read: {error.strerror}"
            ) from error
