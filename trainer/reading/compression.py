"""Compressed bytes: recognised by the first bytes, decompressed, and the meaning of failures.

UTF-16, as programs on Windows write it, is another way in which bytes may be packed.
"""

import bz2
import codecs
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Any, Final, Literal, cast

from backports import zstd

from trainer.reading.derived_bytes import DerivedBytes
from trainer.reading.lz4_frames import Lz4Error, Lz4Frames

Compression = Literal["none", "gzip", "zstd", "bzip2", "xz", "lz4", "utf-16"]

N_FIRST_BYTES: Final = 6
"""How much of the beginning shows the compression."""

READ_ERRORS: Final[tuple[type[Exception], ...]] = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zstd.ZstdError,
    Lz4Error,
    zipfile.BadZipFile,
    tarfile.TarError,
)
"""Errors of reading an opened source whose bytes are damaged or cannot be read."""

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF32: Final = b"\xff\xfe\0\0"
_BLOCK_BYTES: Final = 65_536
_GZIP: Final = b"\x1f\x8b"
_BZIP2: Final = b"BZh"
_XZ: Final = b"\xfd7zXZ\0"
_LZ4: Final = b"\x04\x22\x4d\x18"
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
    if first.startswith(_LZ4):
        return "lz4"
    if first.startswith(_UTF16) and not first.startswith(_UTF32):
        return "utf-16"
    skippable = first[:1] in b"PQRSTUVWXYZ[\\]^_" and first[1:4] == _ZSTD_SKIPPABLE
    return "zstd" if skippable or first.startswith(_ZSTD) else "none"


def decompress(file: str | IO[bytes], compression: Compression) -> IO[bytes]:
    """The decompressed bytes, unbuffered; all members or frames.

    Args:
        file: the path of a file, which is closed with what is returned, or an open file, which is
            not.
        compression: "none" only for an open file, which is then returned itself.
    """
    if compression == "none":
        assert not isinstance(file, str)
        return file
    return cast(IO[bytes], _OPENERS[compression](file))


class _Transcoder(DerivedBytes):
    """UTF-16 as UTF-8; what is no character becomes U+FFFD."""

    def __init__(self, file: str | IO[bytes]) -> None:
        super().__init__(file)
        self._decode = codecs.getincrementaldecoder("utf-16")("replace").decode
        self._ready = b""

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # any buffer is given
        """Some bytes, 0 at the end."""
        while not self._ready:
            block = self._file.read(_BLOCK_BYTES)
            self._ready = self._decode(block, not block).encode("utf-8", "replace")
            if not block and not self._ready:
                return 0
        part = self._ready[: len(buffer)]
        self._ready = self._ready[len(part) :]
        buffer[: len(part)] = part
        return len(part)


_OPENERS: Final[dict[Compression, Callable[[Any], object]]] = {
    "gzip": gzip.open,
    "bzip2": bz2.open,
    "xz": lzma.open,
    "zstd": zstd.open,
    "lz4": Lz4Frames,
    "utf-16": _Transcoder,
}


def read_beginning(file: IO[bytes], size_bytes: int) -> bytes:
    """Up to so many bytes; what is damaged behind the first bytes is left to a later reading."""
    head = b""
    try:
        # A block at a time, since a failing read gives nothing of what it had.
        read = file.read1 if isinstance(file, io.BufferedIOBase) else file.read
        while len(head) < size_bytes and (block := read(size_bytes - len(head))):
            head += block
    except READ_ERRORS:
        if not head:
            raise
    return head


_DAMAGED: Final[dict[type[Exception], str]] = {
    gzip.BadGzipFile: "gzip data",
    zlib.error: "gzip data",
    lzma.LZMAError: "xz data",
    zstd.ZstdError: "zstd data",
    Lz4Error: "lz4 data",
    zipfile.BadZipFile: "zip archive",
    tarfile.TarError: "tar archive",
}


def describe_read_error(error: Exception) -> str:
    """What an error of `READ_ERRORS` means, in a phrase that can follow a file's name."""
    if isinstance(error, EOFError):
        return "the compressed data ends too early, as if cut off while it was written or copied"
    for damaged, kind in _DAMAGED.items():
        if isinstance(error, damaged):
            return f"damaged {kind} ({error})"
    if isinstance(error, OSError) and error.strerror:
        return f"cannot be read: {error.strerror}"
    return f"cannot be read: {error}"
