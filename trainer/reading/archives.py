"""Zip and tar archives: recognised, and their files listed; nothing is unpacked to disk.

Only regular files are members: links and devices are left out, and names are never taken for paths
of this machine. An archive is refused that unpacks to very many times its size.
"""

import stat
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from trainer.errors import InputError
from trainer.reading.members import MAX_RATIO, Kind, Member, Stored, TarBytes, open_stored
from trainer.reading.patterns import is_hidden

__all__ = ["TAR_BYTES", "find_archive", "list_members", "may_be_archive"]

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


def may_be_archive(name: str, *, named: bool) -> bool:
    """Whether the members of a file are read if it is an archive.

    Args:
        name: of the file.
        named: whether a user spelt it out; otherwise programs and documents that are zip archives
            are left out.
    """
    return named or name.endswith(_ENDINGS) or ".tar." in name


def find_archive(beginning: bytes, *, packed: bool) -> Kind | None:
    """The kind of archive that a file is; None for other files.

    Args:
        beginning: its first `TAR_BYTES` bytes, decompressed.
        packed: whether it was compressed as a whole; a zip archive is then not opened, since its
            list of files is at its end.
    """
    if beginning.startswith(_ZIP_MAGICS):
        return None if packed else "zip"
    return "tar" if beginning[_TAR_MAGIC] == b"ustar" else None


def list_members(archive: Stored, kind: Kind) -> list[Member]:
    """The files of an archive by name; of several with a name the last, as unpacking has it.

    Raises:
        InputError: there are none or too many, or they are too large.
        OSError, EOFError, zipfile.BadZipFile, tarfile.TarError: it is damaged.
    """
    limit = max(FREE_BYTES, MAX_RATIO * archive.size_bytes)
    listed = _in_zip(archive) if kind == "zip" else _in_tar(archive, limit)
    name = archive.shown
    found: dict[str, Member] = {}
    n_bytes = 0
    for member in listed:
        n_bytes += member.size_bytes
        if n_bytes > limit:
            raise InputError(f"{name}: unpacks to more than {MAX_RATIO} times its size")
        if len(found) >= MAX_MEMBERS:
            raise InputError(f"{name}: an archive of more than {MAX_MEMBERS:,} files; unpack it")
        if not is_hidden(member.name):
            found[member.name] = member
    if not found:
        raise InputError(f"{name} is a {kind} archive without files")
    return sorted(found.values(), key=lambda member: (member.start, member.name))


def _in_zip(path: Stored) -> Iterator[Member]:
    with open_stored(path) as file, zipfile.ZipFile(file) as archive:
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
            yield Member(path, "zip", entry.filename, 0, entry.file_size, changed, problem)


def _moment(date_time: tuple[int, int, int, int, int, int]) -> float:
    try:
        return datetime(*date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return 0.0


def _in_tar(path: Stored, limit: int) -> Iterator[Member]:
    # What is no file, such as a long name, is not counted else, and held while it is read.
    with (
        TarBytes(path, limit + FREE_BYTES) as stream,
        tarfile.open(fileobj=stream, mode="r|") as archive,
    ):
        for entry in archive:
            if not entry.isreg() or entry.issparse():
                continue
            start, changed = entry.offset_data, float(entry.mtime)
            yield Member(path, "tar", entry.name, start, entry.size, changed)
