"""Files that are on the disk when the call that writes them returns."""

import os
from collections.abc import Callable
from pathlib import Path


class DurableFiles:
    """Writes files of a folder.

    Args:
        root: the folder.
        temporary: prefix of the names of files that are not whole yet.
        fsync: makes what was written to a file descriptor durable.
    """

    def __init__(self, root: Path, temporary: str, fsync: Callable[[int], None]) -> None:
        self._root = root
        self._temporary = temporary
        self._fsync = fsync

    def write(self, path: Path, data: bytes) -> None:
        """Write a new file that every user may read."""
        with open(path, "wb") as file:
            file.write(data)
            file.flush()
            self._fsync(file.fileno())
        path.chmod(0o644)

    def replace(self, name: str, data: bytes) -> None:
        """Write a file so that a reader sees the old content or the new."""
        temporary = self._root / f"{self._temporary}{name}"
        self.write(temporary, data)
        temporary.replace(self._root / name)
        self.sync_directory(self._root)

    def sync_directory(self, path: Path) -> None:
        """Make the names in a directory durable (fsync of the directory itself, see open(2))."""
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self._fsync(descriptor)
        finally:
            os.close(descriptor)
