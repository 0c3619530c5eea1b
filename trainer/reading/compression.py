"""Compressed bytes: recognised by the first bytes, decompressed, and the meaning of failures."""

import bz2
import gzip
import io
import lzma
import zlib
from typing import IO, Final, Literal, cast

from backports import zstd

Compression = Literal["none", "gzip", "zstd", "bzip2", "xz"]

N_FIRST_BYTES: Final = 6
"""How much of the beginning tells."""

READ_ERRORS: Final[tuple[type[Exception], ...]] = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstd.ZstdError,
)
"""What reading an opened source raises when its bytes cannot be had or are damaged."""

_GZIP: Final = b"\x1f\x8b"
_BZIP2: Final = b"BZh"
_XZ: Final = b"\xfd7zXZ\0"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
# RFC 8878, 3.1.2: behind a byte 0x50 to 0x5f, a frame to skip; parallel compressors begin so.
_ZSTD_SKIPPABLE: Final = b"\x2a\x4d\x18"


def detect_compression(first: bytes) -> Compression:
    """How bytes are compressed that begin with these (or fewer, if that is all)."""
    if first.startswith(_GZIP):
        return "gzip"
    if first.startswith(_BZIP2) and first[3:4].isdigit():
        return "bzip2"
    if first.startswith(_XZ):
        return "xz"
    skippable = first[:1] in b"PQRSTUVWXYZ[\\]^_" and first[1:4] == _ZSTD_SKIPPABLE
    return "zstd" if skippable or first.startswith(_ZSTD) else "none"


def decompress(file: str | IO[bytes], compression: Compression) -> IO[bytes]:
    """The decompressed bytes, unbuffered; all members or frames.

    Args:
        file: the path of a file, which is closed with what is returned, or an open file, which is
            not.
        compression: "none" only for an open file, which is then returned itself.
    """
    if compression == "gzip":
        return cast(IO[bytes], gzip.open(file))
    if compression == "bzip2":
        return cast(IO[bytes], bz2.open(file))
    if compression == "xz":
        return cast(IO[bytes], lzma.open(file))
    if compression == "zstd":
        return cast(IO[bytes], zstd.open(file))
    assert not isinstance(file, str)
    return file


def read_beginning(file: IO[bytes], size_bytes: int) -> bytes:
    """Up to so many bytes; what is damaged behind the first ones is left to a later reading."""
    head = b""
    try:
        # One block at a time, since a failing read gives nothing of what it had.
        read = file.read1 if isinstance(file, io.BufferedIOBase) else file.read
        while len(head) < size_bytes and (block := read(size_bytes - len(head))):
            head += block
    except READ_ERRORS:
        if not head:
            raise
    return head


def describe_read_error(error: Exception) -> str:
    """What one of `READ_ERRORS` means, in one phrase that can follow a file's name."""
    if isinstance(error, EOFError):
        return "the compressed data ends too early, as if cut off while it was written or copied"
    if isinstance(error, gzip.BadGzipFile | zlib.error):
        return f"damaged gzip data ({error})"
    if isinstance(error, lzma.LZMAError):
        return f"damaged xz data ({error})"
    if isinstance(error, zstd.ZstdError):
        return f"damaged zstd data ({error})"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {error}"
