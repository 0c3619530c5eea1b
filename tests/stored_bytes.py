"""The same bytes, stored plain and compressed in usual ways."""

import gzip
from collections.abc import Callable

import lz4.frame
from backports import zstd

CONTENT = b"".join(b"%d %s\n" % (number, b"x" * (number % 90)) for number in range(40_000))
HALF = len(CONTENT) // 2
# RFC 8878, 3.1.2: a frame of four bytes to be skipped.
SKIPPABLE = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"


def in_halves(compress: Callable[[bytes], bytes]) -> bytes:
    """Two members or frames behind each other, as appending to a log makes them."""
    return compress(CONTENT[:HALF]) + compress(CONTENT[HALF:])


STORED = {
    "none": CONTENT,
    "gzip": in_halves(gzip.compress),
    "zstd": in_halves(zstd.compress),
    "zstd-parallel": SKIPPABLE + in_halves(zstd.compress),
    "lz4": in_halves(lz4.frame.compress),
    "lz4-parallel": lz4.frame.compress(CONTENT[:HALF], block_linked=False)
    + SKIPPABLE
    + lz4.frame.compress(CONTENT[HALF:], content_checksum=True),
}
