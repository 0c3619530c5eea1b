"""Objects as the files of a file system, in the form that DuckDB takes."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fsspec import AbstractFileSystem  # type: ignore[import-untyped] # it has none

from trainer.reading.object_stores import ObjectRanges
from trainer.reading.patterns import is_store_url
from trainer.reading.sources import Source

if TYPE_CHECKING:
    import duckdb


class StoreFile:
    """An object, opened for several threads at once.

    DuckDB shares a file between its threads, each of which calls `seek` and then `read`, so each
    thread has a position. With a common position, as obstore's own file has, a thread reads where
    another wanted to.
    """

    def __init__(self, uri: str, size_bytes: int) -> None:
        self.size = size_bytes
        self._ranges = ObjectRanges(uri)
        self._of_thread = threading.local()

    def seek(self, position: int) -> int:
        """Set this thread's position, an offset in bytes."""
        self._of_thread.position = position
        return position

    def tell(self) -> int:
        """This thread's position."""
        position: int = getattr(self._of_thread, "position", 0)
        return position

    def read(self, size: int) -> bytes:
        """Read so many bytes at this thread's position, less only at the end."""
        start = self.tell()
        stop = min(start + size, self.size)
        if stop <= start:
            return b""
        self.seek(stop)
        return bytes(self._ranges.read(start, stop))

    def close(self) -> None:
        """Nothing is held."""


class StoreFiles(AbstractFileSystem):  # type: ignore[misc] # fsspec has no types
    """Objects whose names and sizes are known; there are no others.

    Only what DuckDB calls is here. Names are taken as they are: a glob character is part of it.

    Args:
        scheme: what all addresses begin with, as in "s3".
        sizes: size in bytes of each object, by its address.
    """

    cachable = False  # a new store for each connection, whatever the environment was before

    def __init__(self, scheme: str, sizes: dict[str, int]) -> None:
        super().__init__()
        self.protocol = scheme
        self._sizes = sizes
        self._known_since = datetime.now(UTC)

    def glob(self, path: str) -> list[str]:
        """The object of this name, if it is known."""
        return [path] if path in self._sizes else []

    def open(self, path: str, mode: str) -> StoreFile:
        """Open an object for reading."""
        if mode != "rb":
            raise OSError(f"{path}: objects are read only")
        return StoreFile(path, self.size(path))

    def size(self, path: str) -> int:
        """Size of a known object in bytes."""
        if path not in self._sizes:
            raise FileNotFoundError(path)
        return self._sizes[path]

    def modified(self, path: str) -> datetime:  # noqa: ARG002 - the same for all
        """A time that is new for each file system, so that DuckDB keeps no old blocks."""
        return self._known_since


def register_stores(connection: "duckdb.DuckDBPyConnection", sources: Sequence[Source]) -> None:
    """Let a DuckDB connection read sources in object stores, as in `read_parquet('s3://...')`.

    It reads by ranges and needs no extension, which it could not download everywhere. It knows the
    given sources by their very names and nothing else in a store; what an earlier call registered
    is replaced.
    """
    sizes: dict[str, dict[str, int]] = {}
    for source in sources:
        if is_store_url(source.uri):
            scheme = source.uri.partition("://")[0]
            sizes.setdefault(scheme, {})[source.uri] = source.size_bytes or 0
    for scheme, known in sizes.items():
        if connection.filesystem_is_registered(scheme):
            connection.unregister_filesystem(scheme)
        connection.register_filesystem(StoreFiles(scheme, known))
