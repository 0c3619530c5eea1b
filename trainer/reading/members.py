"""Files within zip and tar archives, read where they lie: on this machine or in an object store."""

import io
import math
import os
import threading
import zipfile
from contextlib import ExitStack
from typing import IO, Final, Literal, cast

import msgspec

from trainer.errors import InputError
from trainer.reading.compression import Compression, decompress
from trainer.reading.patterns import is_store_url

__all__ = ["MAX_RATIO", "Kind", "Member", "Stored", "TarBytes", "open_member", "open_stored"]

Kind = Literal["zip", "tar"]

MAX_RATIO: Final = 250
"""How many times its size an archive may unpack to; logs reach fifty, bombs thousands."""

_BUFFER_BYTES: Final = 1_048_576


class Stored(msgspec.Struct, frozen=True):
    """A file as it is stored; plain data, for other processes as well.

    Attributes:
        path: of this machine, or the address of an object.
        shown: its name for people.
        size_bytes: as stored.
        compression: of the whole file; "none" for zip.
        version: a new value, or a new size, shows that the file was replaced.
    """

    path: str
    shown: str
    size_bytes: int
    compression: Compression
    version: str


class Member(msgspec.Struct, frozen=True):
    """A file within an archive.

    Attributes:
        archive: the archive.
        kind: what it is.
        key: name within a zip archive.
        start: where the file begins in a decompressed tar archive, in bytes.
        size_bytes: of the file.
        changed: when the file was changed, in seconds since 1970.
        problem: why it cannot be read; "" if it can.
    """

    archive: Stored
    kind: Kind
    key: str
    start: int
    size_bytes: int
    changed: float
    problem: str = ""

    @property
    def uri(self) -> str:
        """As a person would recognise it: the archive, then the name within it."""
        return f"{self.archive.shown}/{self.name}"

    @property
    def name(self) -> str:
        """The name within the archive, in which nothing leads out of it."""
        parts = [part for part in self.key.split("/") if part not in {"", ".", ".."}]
        return "".join(char if char.isprintable() else "\ufffd" for char in "/".join(parts))


def open_stored(stored: Stored) -> IO[bytes]:
    """The bytes of a file as they are stored; places in it can be sought.

    Raises:
        OSError: it cannot be opened.
    """
    if not is_store_url(stored.path):
        return open(stored.path, "rb", buffering=_BUFFER_BYTES)
    from trainer.reading.object_stores import (  # noqa: PLC0415 - for a few jobs only
        BLOCK_BYTES,
        ObjectReader,
    )

    return io.BufferedReader(ObjectReader(stored.path, 0, stored.size_bytes), BLOCK_BYTES)


def open_member(member: Member) -> IO[bytes]:
    """A file of an archive, decompressed as the archive is; closed by its opener.

    Members of a tar archive are best opened in their order: a process then reads it once.
    """
    if member.kind == "zip":
        return _zip(member.archive).open(member.key)
    return cast(IO[bytes], io.BufferedReader(_InTar(member), _BUFFER_BYTES))


class _Here(threading.local):
    """The archives that this thread read last, and is likely to go on with."""

    tar: "TarBytes | None" = None
    zip: tuple[Stored, zipfile.ZipFile] | None = None
    process = 0


_here = _Here()


def _kept() -> _Here:
    """What this thread keeps; a process that was forked shares no place in a file with another."""
    if _here.process != os.getpid():
        _here.tar, _here.zip, _here.process = None, None, os.getpid()
    return _here


def _zip(archive: Stored) -> zipfile.ZipFile:
    """An archive whose list of files is read once, not for each of them."""
    kept = _kept()
    if kept.zip is None or kept.zip[0] != archive:
        # Files that are open yet keep its bytes open.
        if kept.zip is not None:
            kept.zip[1].close()
        kept.zip = None
        is_here = not is_store_url(archive.path)
        kept.zip = archive, zipfile.ZipFile(archive.path if is_here else open_stored(archive))
    return kept.zip[1]


class TarBytes(io.RawIOBase):
    """A tar archive, decompressed, that is read from its beginning; knows how far it was read.

    Args:
        archive: the archive.
        limit: bytes behind which it is refused.
    """

    _files: ExitStack | None = None  # until there are any: what could not be opened is closed, too

    def __init__(self, archive: Stored, limit: float = math.inf) -> None:
        super().__init__()
        self.archive = archive
        self.position = 0
        self._limit = limit
        self._files = ExitStack()
        stored = self._files.enter_context(open_stored(archive))
        self._file = self._files.enter_context(decompress(stored, archive.compression))

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, as many as asked for unless the archive ends.

        Raises:
            InputError: they lie behind the limit.
        """
        data = self._file.read(size)
        self.position += len(data)
        if self.position > self._limit:
            raise InputError(
                f"{self.archive.shown}: unpacks to more than {MAX_RATIO} times its size"
            )
        return data

    def skip_to(self, position: int) -> None:
        """Go forward to a place.

        Raises:
            EOFError: the archive ends before it.
        """
        if self.archive.compression == "none":
            self.position = self._file.seek(position)
        while self.position < position:
            if not self.read(min(_BUFFER_BYTES, position - self.position)):
                raise EOFError

    def close(self) -> None:
        """Close the file."""
        if self._files is not None:
            self._files.close()
        super().close()


class _InTar(io.RawIOBase):
    """A file of a tar archive."""

    _tar: TarBytes | None = None  # until there is one: what could not be opened is closed, too

    def __init__(self, member: Member) -> None:
        super().__init__()
        kept = _kept()
        tar, kept.tar = kept.tar, None  # its reader has it alone
        if tar is None or tar.archive != member.archive:
            tar = TarBytes(member.archive)
        elif tar.position > member.start:
            tar.close()
            tar = TarBytes(member.archive)
        tar.skip_to(member.start)
        self._tar = tar
        self._left = member.size_bytes

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # any buffer is given
        """Some bytes, 0 at the end."""
        wanted = min(len(buffer), self._left)
        assert self._tar is not None  # it was opened
        data = self._tar.read(wanted)
        if wanted and not data:
            raise EOFError
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        """Leave the archive to the next file."""
        if not self.closed and self._tar is not None:
            _kept().tar = self._tar
        super().close()
