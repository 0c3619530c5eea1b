"""Lines or values of a partition, with bounded memory whatever the bytes are."""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Final

from inference.intake.framing import Framing
from inference.intake.json_values import values_in
from inference.intake.xml_values import events_in
from trainer.reading.partitions import Partition

MAX_LINE_BYTES: Final = 1_048_576
"""The limit for lines, in all formats; a longer line is a bad record."""

TOO_LONG: Final = f"longer than {MAX_LINE_BYTES} bytes"
ENDLESS: Final = f"{TOO_LONG}, or without an end"

_PIECE_BYTES: Final = 4_194_304
_ENDLESS: Final = b"x" * (MAX_LINE_BYTES + 1)

_BLOCK_BYTES: Final = 262_144
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def read_units(
    stream: IO[bytes], partition: Partition, framing: Framing
) -> Iterator[tuple[int, bytes]]:
    """Texts that hold a record each: the lines of a partition, or the values of a whole file.

    Values have no offset of their own. A value without an end is as long as no line may be.
    """
    if framing == "lines":
        yield from read_lines(stream, partition)
        return
    split = events_in if framing == "events" else values_in
    for value in split(b"", more=pieces_of(stream), max_lost_bytes=math.inf):
        yield 0, value or _ENDLESS


def pieces_of(stream: IO[bytes]) -> Callable[[], bytes]:
    """A function that gives the pieces of a stream, nothing at its end."""
    return partial(stream.read, _PIECE_BYTES)


def read_lines(stream: IO[bytes], partition: Partition) -> Iterator[tuple[int, bytes]]:
    """The lines from the partition's first to the end of the stream, with their offsets.

    Where a partition starts within a line, that line belongs to the partition before. The caller
    stops at `partition.stop`; it may look further, as for the rest of a stack trace.

    Args:
        stream: opened one byte before `partition.start`, or at the beginning if that is 0.
        partition: what begins where.

    Yields:
        The offset of the line's first byte, and the line without its newline, cut behind
        `MAX_LINE_BYTES` + 1 bytes.
    """
    offset = max(partition.start - 1, 0)
    rest = b""
    skipping = partition.start > 0  # what is left of a line that began before
    mark = 0
    while block := stream.read(_BLOCK_BYTES):
        if offset == 0 and not rest and block.startswith(_BYTE_ORDER_MARK):
            # No part of the first line, which begins at 0 nevertheless.
            mark = len(_BYTE_ORDER_MARK)
            block = block[mark:]
        lines = (rest + block).split(b"\n")
        rest = lines.pop()
        for line in lines:
            if not skipping:
                yield offset, line
            offset += len(line) + 1 + mark
            mark = 0
            skipping = False
        if len(rest) > MAX_LINE_BYTES:
            # Keep as much as shows that the line is too long, count the bytes dropped.
            if not skipping:
                yield offset, rest
            skipping = True
            offset += len(rest) + mark
            mark = 0
            rest = b""
    if rest and not skipping:
        yield offset, rest
