"""Objects in S3, Google Cloud Storage and Azure: which there are, and their bytes by ranges.

An object is read by a request per block: no connection waits while its reader is slow, and each
block has retries of its own.
"""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import msgspec
import obstore
from fsspec.utils import glob_translate  # type: ignore[import-untyped] # it has none
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from inference.store.objects import ENVIRONMENT, describe_store_error, open_store, split_address
from trainer.errors import InputError
from trainer.reading.patterns import has_glob, is_hidden, split_glob

if TYPE_CHECKING:
    from obstore import GetOptions, ObjectMeta

BLOCK_BYTES: Final = 8_388_608
"""What a request fetches: large beside the latency of a request, small beside memory."""

_CONCURRENCY: Final = 16


class StoredObject(msgspec.Struct, frozen=True):
    """An object: its address, its size, its first bytes, and what tells its versions apart."""

    uri: str
    size_bytes: int
    first_bytes: bytes
    version: str


def find_objects(pattern: str, n_first_bytes: int) -> list[StoredObject]:
    """The objects that an address means, sorted by key.

    Args:
        pattern: `s3://bucket/key`, `gs://...` or `az://...`; a key that ends with `/`, or none,
            means everything below; glob characters mean what they mean in paths.
        n_first_bytes: how much of each object's beginning to read.

    Raises:
        InputError: no such address, no such object, or the store does not answer.
    """
    scheme, bucket, key = _split(pattern)
    try:
        store = open_store(scheme, bucket)
        listed = _list(store, key)

        def read_head(path: str) -> StoredObject:
            size, version = listed[path]
            length = min(n_first_bytes, size)
            first = obstore.get_range(store, path, start=0, length=length) if length else b""
            return StoredObject(f"{scheme}://{bucket}/{path}", size, bytes(first), version)

        with ThreadPoolExecutor(_CONCURRENCY) as pool:
            objects = list(pool.map(read_head, sorted(listed)))
    except FileNotFoundError as error:
        raise InputError(
            f"{pattern}: no such object; for everything below a prefix, end it with /"
        ) from error
    except (BaseError, OSError, ValueError) as error:
        raise InputError(
            f"{pattern}: {describe_store_error(error)}; check the address and "
            f"{ENVIRONMENT[scheme]} in the environment"
        ) from error
    if not objects:
        raise InputError(f"{pattern}: no object matches (names that start with . or _ are skipped)")
    return objects


def _split(url: str) -> tuple[str, str, str]:
    try:
        return split_address(url)
    except ValueError as error:
        raise InputError(f"{error}, a path, or - for standard input") from error


def _list(store: ObjectStore, key: str) -> dict[str, tuple[int, str]]:
    """Size and version of each object, by its key."""
    if not has_glob(key) and key and not key.endswith("/"):
        return {key: _size_and_version(obstore.head(store, key))}
    base, rest = split_glob(key)
    matches = re.compile(glob_translate(key)).match if rest else None
    return {
        path: _size_and_version(found)
        for batch in obstore.list(store, base or None)
        for found in batch
        if (path := found["path"]) == key
        or ((matches is None or matches(path)) and not is_hidden(path.removeprefix(base), rest))
    }


def _size_and_version(found: "ObjectMeta") -> tuple[int, str]:
    return found["size"], found["e_tag"] or str(found["last_modified"])


class ObjectRanges:
    """A version of an object, read range by range; also from several threads at once.

    Args:
        uri: address of the object.
    """

    def __init__(self, uri: str) -> None:
        scheme, bucket, self._key = _split(uri)
        self._store = open_store(scheme, bucket)
        self._tag: str | None = None

    def read(self, start: int, stop: int) -> memoryview:
        """The bytes from `start` to before `stop`, which both lie in the object.

        Raises:
            OSError: they cannot be read, or the object is another by now (where the store can
                distinguish versions).
        """
        options: GetOptions = {"range": (start, stop)}
        if self._tag:
            options["if_match"] = self._tag
        try:
            answer = obstore.get(self._store, self._key, options=options)
            block = memoryview(answer.bytes())
        except (BaseError, OSError, ValueError) as error:
            raise OSError(describe_store_error(error)) from error
        self._tag = answer.meta["e_tag"]
        return block


class ObjectReader(io.RawIOBase):
    """An object's bytes from an offset on; each `readinto` is a request for as much as it takes.

    To be wrapped in a `BufferedReader` with a large buffer.

    Args:
        uri: address of the object.
        start: offset of the first byte.
        size_bytes: the object's size.
    """

    def __init__(self, uri: str, start: int, size_bytes: int) -> None:
        self._ranges = ObjectRanges(uri)
        self._position = start
        self._size_bytes = size_bytes

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes: no request is made before bytes are read."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Set the position, as of any file."""
        origins = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}
        self._position = max(origins[whence] + offset, 0)
        return self._position

    # The type of the buffer has no name before Python 3.12.
    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer, less only at the end.

        Raises:
            OSError: as `ObjectRanges.read`.
        """
        stop = min(self._position + len(buffer), self._size_bytes)
        if stop <= self._position:
            return 0
        block = self._ranges.read(self._position, stop)
        buffer[: len(block)] = block
        self._position += len(block)
        return len(block)

    def readall(self) -> bytes:
        """All that is left, in blocks; the inherited method asks for 8 kB at a time."""
        return b"".join(iter(lambda: self.read(BLOCK_BYTES) or b"", b""))
