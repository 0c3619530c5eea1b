"""Standard input, whose beginning can be seen before it is read."""

import functools
import io
import sys
from typing import Any, BinaryIO

from trainer.errors import InputError


class StandardInput(io.RawIOBase):
    """The bytes of a stream that cannot seek.

    Until it is taken, all that was read is kept, and `rewind` goes back to the beginning.

    Args:
        stream: where the bytes come from; never closed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._kept = bytearray()
        self._position = 0
        self._taken = False

    def rewind(self) -> "StandardInput":
        """Go back to the beginning.

        Raises:
            InputError: the stream was taken before.
        """
        if self._taken:
            raise InputError("-: standard input can be read once only; write it to a file first")
        self._position = 0
        return self

    def take(self) -> "StandardInput":
        """Go back to the beginning, for the last time.

        Raises:
            InputError: the stream was taken before.
        """
        self.rewind()
        self._taken = True
        return self

    def readable(self) -> bool:
        """Yes."""
        return True

    # The type of the buffer has no name before Python 3.12.
    def readinto(self, buffer: Any, /) -> int:
        """Read what is there, at most as much as the buffer takes; 0 at the end."""
        kept = self._kept[self._position : self._position + len(buffer)]
        if kept:
            n_bytes = len(kept)
            buffer[:n_bytes] = kept
        else:
            block = self._read_some(len(buffer))
            n_bytes = len(block)
            buffer[:n_bytes] = block
            if not self._taken:
                self._kept += block
        self._position += n_bytes
        return n_bytes

    def _read_some(self, size: int) -> bytes:
        # `read` would wait until a terminal or a slow pipe has written so much.
        if isinstance(self._stream, io.BufferedIOBase):
            return self._stream.read1(size)
        return self._stream.read(size)


def standard_input() -> StandardInput:
    """The standard input of this process.

    Raises:
        InputError: the process has none.
    """
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None or stream.closed:
        raise InputError("-: there is no standard input")
    return _wrap(stream)


@functools.lru_cache(maxsize=1)
def _wrap(stream: BinaryIO) -> StandardInput:
    return StandardInput(stream)
