"""Standard input, whose beginning can be read twice."""

import functools
import io
import os
import shutil
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Any, BinaryIO, Final

from trainer.errors import InputError

_BLOCK_BYTES: Final = 1_048_576


class StandardInput(io.RawIOBase):
    """The bytes of a stream that cannot seek.

    Until it is taken, all that was read is kept, and `rewind` goes back to the beginning.

    Attributes:
        spooled: the file that all of it was written to; None if it was not.

    Args:
        stream: where the bytes come from; never closed.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._kept = bytearray()
        self._position = 0
        self._taken = False
        self.spooled: str | None = None

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

    def spool(self) -> str:
        """Write all of it to a temporary file, which is removed when the process ends.

        Half of the room that there is may be taken: others write there too.

        Returns:
            The path of the file.

        Raises:
            InputError: the stream was taken before, or there is no room.
        """
        self.take()
        folder = tempfile.gettempdir()
        room = shutil.disk_usage(folder).free // 2
        descriptor, path = tempfile.mkstemp(prefix="log-anomaly-")
        weakref.finalize(self, _remove, path, os.getpid())
        problem = "has less than twice the room for it"
        try:
            with open(descriptor, "wb") as file:
                while room >= 0 and (block := self.read(_BLOCK_BYTES)):
                    room -= file.write(block)
        except OSError as error:
            room, problem = -1, str(error.strerror)
        if room < 0:
            _remove(path, os.getpid())
            raise InputError(
                f"-: an archive on standard input is kept in {folder} while it is read, which "
                f"{problem}; write it to a file and name that, or set TMPDIR"
            )
        self.spooled = path
        return path

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


def _remove(path: str, process: int) -> None:
    """Remove a file, but not in a fork of the process that made it."""
    if os.getpid() == process:
        Path(path).unlink(missing_ok=True)


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
