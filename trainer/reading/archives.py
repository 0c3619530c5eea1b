"""Files within zip and tar archives: listed, and read where they lie; nothing is unpacked to disk.

Only regular files are members: links and devices are left out, and names are never taken for paths
of this machine. An archive is refused that unpacks to very many times its size.
"""

import io
import math
import os
import stat
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final, Literal, cast

import msgspec

from trainer.errors import InputError
from trainer.reading.compression import Compression, decompress
from trainer.reading.patterns import is_hidden

__all__ = ["Member", "find_archive", "list_members", "open_member"]

Kind = Literal["zip", "tar"]

MAX_RATIO: Final = 250
"""How many times its size an archive may unpack to; logs reach fifty, bombs thousands."""

FREE_BYTES: Final = 268_435_456
"""What any archive may unpack to, whatever its size."""

MAX_MEMBERS: Final = 10_000

TAR_BYTES: Final = 512
"""How much of the beginning shows a tar archive."""

_ENDINGS: Final = (".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tzst", ".tlz4")
_TAR_MAGIC: Final = slice(257, 262)
_ZIP_MAGICS: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_METHODS: Final = frozenset(
    {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
)
_ENCRYPTED: Final = 1
_SKIPPED_AT_ONCE: Final = 1_048_576


class Member(msgspec.Struct, frozen=True):
    """A file within an archive.

    Attributes:
        archive: path of the archive.
        kind: what it is.
        compression: of the whole archive; "none" for zip.
        key: name within a zip archive.
        start: where the file begins in a decompressed tar archive, in bytes.
        size_bytes: of the file.
        changed: when the file was changed, in seconds since 1970.
        problem: why it cannot be read; "" if it can.
    """

    archive: str
    kind: Kind
    compression: Compression
    key: str
    start: int
    size_bytes: int
    changed: float
    problem: str = ""

    @property
    def uri(self) -> str:
        """As a person would recognise it: the archive, then the name within it."""
        parts = [part for part in self.key.split("/") if part not in {"", ".", ".."}]
        name = "/".join(parts)
        return f"{self.archive}/" + "".join(
            char if char.isprintable() else "\ufffd" for char in name
        )


def find_archive(path: str, beginning: bytes, *, named: bool) -> Kind | None:
    """What kind of archive a file is, if it is to be looked into.

    Args:
        path: of the file.
        beginning: its first `TAR_BYTES` bytes, decompressed.
        named: whether a user spelt it out; programs and documents that are zip archives too are
            else left alone.
    """
    if not named and not (path.endswith(_ENDINGS) or ".tar." in path):
        return None
    if beginning.startswith(_ZIP_MAGICS):
        return "zip"
    return "tar" if beginning[_TAR_MAGIC] == b"ustar" else None


def list_members(path: str, kind: Kind, compression: Compression) -> list[Member]:
    """The files of an archive by name; of several with a name the last, as unpacking has it.

    Raises:
        InputError: there are none or too many, or they are too large.
        OSError, EOFError, zipfile.BadZipFile, tarfile.TarError: it is damaged.
    """
    limit = max(FREE_BYTES, MAX_RATIO * Path(path).stat().st_size)
    listed = _in_zip(path) if kind == "zip" else _in_tar(path, compression, limit)
    found: dict[str, Member] = {}
    n_bytes = 0
    for member in listed:
        n_bytes += member.size_bytes
        if n_bytes > limit:
            raise InputError(f"{path}: unpacks to more than {MAX_RATIO} times its size")
        if len(found) >= MAX_MEMBERS:
            raise InputError(f"{path}: an archive of more than {MAX_MEMBERS:,} files; unpack it")
        if not is_hidden(member.uri.removeprefix(f"{path}/")):
            found[member.uri] = member
    if not found:
        raise InputError(f"{path} is a {kind} archive without files")
    return sorted(found.values(), key=lambda member: (member.start, member.uri))


def _in_zip(path: str) -> Iterator[Member]:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            mode = entry.external_attr >> 16
            if entry.is_dir() or (stat.S_IFMT(mode) not in {0, stat.S_IFREG}):
                continue
            problem = ""
            if entry.flag_bits & _ENCRYPTED:
                problem = "is encrypted; unpack it"
            elif entry.compress_type not in _ZIP_METHODS:
                problem = f"is compressed by zip's method {entry.compress_type}; unpack it"
            changed = _moment(entry.date_time)
            yield Member(path, "zip", "none", entry.filename, 0, entry.file_size, changed, problem)


def _moment(date_time: tuple[int, int, int, int, int, int]) -> float:
    try:
        return datetime(*date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def _in_tar(path: str, compression: Compression, limit: int) -> Iterator[Member]:
    # What is no file, such as a long name, is not counted else, and held while it is read.
    with (
        _Tar(path, compression, limit + FREE_BYTES) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
    ):
        for entry in archive:
            if not entry.isreg() or entry.issparse():
                continue
            start, changed = entry.offset_data, float(entry.mtime)
            yield Member(path, "tar", compression, entry.name, start, entry.size, changed)


def open_member(member: Member) -> IO[bytes]:
    """A file of an archive, decompressed as the archive is; closed by whoever opened it.

    Members of a tar archive are best opened in their order: a process then reads it once.
    """
    if member.kind == "zip":
        archive = zipfile.ZipFile(member.archive)
        return cast(IO[bytes], _InZip(archive, archive.open(member.key)))
    return cast(IO[bytes], io.BufferedReader(_InTar(member), _SKIPPED_AT_ONCE))


class _InZip(io.BufferedReader):
    """A file of a zip archive, which is closed with it."""

    def __init__(self, archive: zipfile.ZipFile, file: IO[bytes]) -> None:
        super().__init__(cast(io.RawIOBase, file))
        self._archive = archive

    def close(self) -> None:
        """Close both."""
        super().close()
        self._archive.close()


class _Tar(io.RawIOBase):
    """A tar archive, decompressed, that is read from its beginning; knows how far it was read."""

    def __init__(self, path: str, compression: Compression, limit: float = math.inf) -> None:
        super().__init__()
        self.key = (path, compression)
        self._limit = limit
        self.position = 0
        self._file = (
            open(path, "rb") if compression == "none" else decompress(path, compression)  # noqa: SIM115 - see close
        )
        self._is_plain = compression == "none"

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, as many as asked for unless the archive ends."""
        data = self._file.read(size)
        self.position += len(data)
        if self.position > self._limit:
            raise InputError(f"{self.key[0]}: unpacks to more than {MAX_RATIO} times its size")
        return data

    def skip_to(self, position: int) -> None:
        """Go forward to a place.

        Raises:
            EOFError: the archive ends before it.
        """
        if self._is_plain:
            self.position = self._file.seek(position)
        while self.position < position:
            if not self.read(min(_SKIPPED_AT_ONCE, position - self.position)):
                raise EOFError

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()


class _Here(threading.local):
    """The tar archive that this thread read last, and is likely to go on with."""

    tar: _Tar | None = None
    process = 0


_here = _Here()


class _InTar(io.RawIOBase):
    """A file of a tar archive."""

    def __init__(self, member: Member) -> None:
        super().__init__()
        tar = _here.tar if _here.process == os.getpid() else None
        _here.tar = None  # whoever reads it has it alone
        if tar is None or tar.key != (member.archive, member.compression):
            tar = _Tar(member.archive, member.compression)
        elif tar.position > member.start:
            tar.close()
            tar = _Tar(member.archive, member.compression)
        tar.skip_to(member.start)
        self._tar: _Tar = tar
        self._left = member.size_bytes

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # what is given is one
        """Some bytes, 0 at the end."""
        wanted = min(len(buffer), self._left)
        data = self._tar.read(wanted)
        if wanted and not data:
            raise EOFError
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def close(self) -> None:
        """Leave the archive to the next file."""
        if not self.closed:
            _here.tar, _here.process = self._tar, os.getpid()
        super().close()
