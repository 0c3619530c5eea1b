"""Compressed files that are the same whenever and wherever they are made."""

import gzip
import io
from typing import Final

LEVEL: Final = 9


def pack(data: bytes) -> bytes:
    """Data in a gzip file (RFC 1952) without a name, a time or an operating system.

    `gzip.compress` leaves the byte of the operating system to Python's version.
    """
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", LEVEL, buffer, mtime=0) as file:
        file.write(data)
    return buffer.getvalue()
