"""Where training data is, and how its bytes are read: files, standard input, object stores."""

import contextlib
import io
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO, Final, cast

import msgspec

from trainer.errors import InputError
from trainer.reading.archives import TAR_BYTES, find_archive, list_members, may_be_archive
from trainer.reading.compression import (
    N_FIRST_BYTES,
    READ_ERRORS,
    Compression,
    decompress,
    describe_read_error,
    detect_compression,
    read_beginning,
)
from trainer.reading.members import Member, Stored, open_member, open_stored
from trainer.reading.patterns import find_paths, is_store_url
from trainer.reading.standard_input import standard_input

__all__ = [
    "READ_ERRORS",
    "STANDARD_INPUT",
    "Compression",
    "Source",
    "absolute_uri",
    "describe_read_error",
    "find_sources",
    "open_source",
    "read_head",
    "without",
]

STANDARD_INPUT: Final = "-"

_BUFFER_BYTES: Final = 1_048_576
_HEAD_BUFFER_BYTES: Final = 262_144


class Source(msgspec.Struct, frozen=True):
    """Where a part of the data is; plain data, for other processes as well.

    Attributes:
        uri: as a person would recognise it: a path, `-`, or an address such as `s3://...`.
        size_bytes: as stored; None for standard input.
        compression: recognised by the first bytes, whatever the name says.
        named: whether a user spelt it out; others were found in folders or match globs.
        problem: why a file found in a folder or by a glob cannot be read; "" if it can.
        member: where it lies in an archive; None for a file of its own.
    """

    uri: str
    size_bytes: int | None
    compression: Compression
    named: bool = True
    problem: str = ""
    member: Member | None = None

    @property
    def splittable(self) -> bool:
        """Whether it can be opened at an offset."""
        plain = self.compression == "none" and self.member is None
        return plain and self.size_bytes is not None

    @property
    def lasting(self) -> bool:
        """Whether others, or this machine later, find it under its name: no standard input."""
        return (self.member.archive.shown if self.member else self.uri) != STANDARD_INPUT


def find_sources(patterns: Sequence[str]) -> list[Source]:
    """What the given names mean, in the order given and sorted within each, nothing twice.

    Args:
        patterns: files; globs, `**` for any depth, which match files; directories, for all files
            below them; zip and tar archives, for all files in them; `-` for standard input;
            addresses of object stores. Names that start with `.` or `_` are skipped unless they
            are spelt out.

    Raises:
        InputError: a pattern matches nothing, or what it spells out cannot be read.
    """
    sources: dict[str, Source] = {}
    for pattern in patterns:
        for source in _find(pattern):
            # A file with two names, as by a link to the newest log, would be counted twice.
            sources.setdefault(_identity(source), source)
    return list(sources.values())


def without(sources: Sequence[Source], others: Sequence[Source]) -> list[Source]:
    """The sources that are not among others, whatever their names.

    Raises:
        InputError: none is left.
    """
    taken = {_identity(source) for source in others}
    left = [source for source in sources if _identity(source) not in taken]
    if others and not left:
        raise InputError("all of the data is held out: nothing is left to learn from")
    return left


def absolute_uri(source: Source) -> str:
    """The address of a source, valid in any working directory."""
    return os.path.abspath(source.uri) if _is_file(source) else source.uri  # noqa: PTH100 - links stay


def _identity(source: Source) -> str:
    return os.path.realpath(source.uri) if _is_file(source) else source.uri


def _is_file(source: Source) -> bool:
    return source.lasting and not is_store_url(source.uri)


def _find(pattern: str) -> Iterable[Source]:
    if is_store_url(pattern):
        return chain.from_iterable(_in_store(pattern))
    with _named(pattern):
        if pattern == STANDARD_INPUT:
            return _on_standard_input()
        paths = find_paths(pattern)
    return chain.from_iterable(_on_disk(path, named=path == pattern) for path in paths)


def _in_store(pattern: str) -> Iterator[list[Source]]:
    from trainer.reading.object_stores import find_objects  # noqa: PLC0415 - for a few jobs only

    for found in find_objects(pattern, TAR_BYTES):
        compression = detect_compression(found.first_bytes)
        stored = Stored(found.uri, found.uri, found.size_bytes, compression, found.version)
        yield _look_into(stored, found.first_bytes, named=found.uri == pattern)


def _on_standard_input() -> list[Source]:
    stream = standard_input()
    if stream.spooled is None:
        first = read_beginning(cast(IO[bytes], stream.rewind()), N_FIRST_BYTES)
        compression = detect_compression(first)
        try:
            rewound = cast(IO[bytes], stream.rewind())
            beginning = read_beginning(decompress(rewound, compression), TAR_BYTES)
        except READ_ERRORS:
            beginning = b""
        if find_archive(beginning, packed=compression != "none") is None:
            return [Source(STANDARD_INPUT, None, compression)]
    # An archive is listed before it is read, and a zip archive's list is at its end.
    return _on_disk(stream.spooled or stream.spool(), named=True, shown=STANDARD_INPUT)


def _on_disk(path: str, *, named: bool, shown: str = "") -> list[Source]:
    try:
        with _named(shown or path):
            with open(path, "rb") as file:
                first = file.read(TAR_BYTES)
                status = os.fstat(file.fileno())
            compression = detect_compression(first)
            version = f"{status.st_ino} {status.st_mtime_ns}"
            stored = Stored(path, shown or path, status.st_size, compression, version)
    except InputError as error:
        if named:
            raise
        return [Source(path, 0, "none", named, str(error))]
    return _look_into(stored, first, named=named)


def _look_into(stored: Stored, first: bytes, *, named: bool) -> list[Source]:
    """A file, or the files in it if it is an archive."""
    packed = stored.compression != "none"
    try:
        if may_be_archive(stored.path, named=named):
            with _named(stored.shown):
                kind = find_archive(_beginning(stored) if packed else first, packed=packed)
                if kind is not None:
                    return [_as_source(member) for member in list_members(stored, kind)]
    except InputError as error:
        if named:
            raise
        return [Source(stored.shown, 0, "none", named, str(error))]
    return [Source(stored.shown, stored.size_bytes, stored.compression, named)]


def _beginning(stored: Stored) -> bytes:
    """The first bytes of a compressed file, decompressed; none if they are damaged."""
    with open_stored(stored) as file, decompress(file, stored.compression) as unpacked:
        try:
            return read_beginning(unpacked, TAR_BYTES)
        except READ_ERRORS:
            return b""


def _as_source(member: Member) -> Source:
    problem = member.problem
    compression: Compression = "none"
    if not problem:
        try:
            with _named(member.uri), open_member(member) as file:
                compression = detect_compression(read_beginning(file, N_FIRST_BYTES))
        except InputError as error:
            problem = str(error)
    return Source(member.uri, member.size_bytes, compression, False, problem, member)  # noqa: FBT003 - a struct's field


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    """Say what could not be opened."""
    try:
        yield
    except READ_ERRORS as error:
        where = error.filename if isinstance(error, OSError) and error.filename else name
        raise InputError(f"{where}: {describe_read_error(error)}") from error


def open_source(source: Source, start: int = 0) -> IO[bytes]:
    """Open a source's decompressed bytes, buffered; all members or frames it consists of.

    Reading raises an error of `READ_ERRORS` where the bytes are damaged or a store fails.

    Args:
        source: what to open; standard input can be opened once.
        start: offset in bytes; above 0 only where the source is splittable.

    Raises:
        InputError: it cannot be opened.
        ValueError: an offset into what is not splittable.
    """
    if start and not source.splittable:
        raise ValueError(f"{source.uri} cannot be opened at an offset")
    with _named(source.uri):
        if source.uri == STANDARD_INPUT:
            stored: str | IO[bytes] = io.BufferedReader(standard_input().take(), _BUFFER_BYTES)
        else:
            stored = _open_stored(source, start)
        file = decompress(stored, source.compression)
        if source.compression == "none":
            return file
        return io.BufferedReader(cast(io.RawIOBase, file), _BUFFER_BYTES)


def read_head(source: Source, size_bytes: int) -> bytes:
    """The first decompressed bytes, less where the source has less or is damaged behind them.

    Standard input can still be opened afterwards, from its beginning.

    Raises:
        InputError: it cannot be opened, or is damaged from the beginning.
    """
    with _named(source.uri):
        if source.uri == STANDARD_INPUT:
            # Neither closed nor wrapped in a reader that would close it: it is to be read again.
            rewound = cast(IO[bytes], standard_input().rewind())
            return read_beginning(decompress(rewound, source.compression), size_bytes)
        stored = _open_stored(source, 0, _HEAD_BUFFER_BYTES)
        with decompress(stored, source.compression) as file:
            return read_beginning(file, size_bytes)


def _open_stored(source: Source, start: int, block_bytes: int | None = None) -> str | IO[bytes]:
    """An object's reader, a plain file at an offset, or the path of a compressed file."""
    if source.member is not None:
        return open_member(source.member)
    if is_store_url(source.uri):
        from trainer.reading.object_stores import (  # noqa: PLC0415 - for a few jobs only
            BLOCK_BYTES,
            ObjectReader,
        )

        reader = io.BufferedReader(
            ObjectReader(source.uri, start, source.size_bytes or 0), block_bytes or BLOCK_BYTES
        )
        reader.peek(1)  # so that opening an unreadable file fails
        return reader
    if source.compression != "none":
        return source.uri
    file = open(source.uri, "rb", buffering=_BUFFER_BYTES)  # noqa: SIM115 - the caller closes it
    file.seek(start)
    return file
