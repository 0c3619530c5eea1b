"""LZ4 frames, decompressed as their bytes are asked for."""

from typing import IO, Final

import lz4.frame

from trainer.reading.derived_bytes import DerivedBytes

__all__ = ["Lz4Error", "Lz4Frames"]

_BLOCK_BYTES: Final = 65_536


class Lz4Error(Exception):
    """Bytes that are no LZ4 frame, or a damaged frame."""


class Lz4Frames(DerivedBytes):
    """The bytes of all frames of a file, in order.

    The format bounds memory: its blocks are of 4 MiB at most.

    Args:
        file: the path of a file, which is closed with this, or an open file, which is not.
    """

    def __init__(self, file: str | IO[bytes]) -> None:
        super().__init__(file)
        self._frame = lz4.frame.LZ4FrameDecompressor()
        self._begun = False  # whether the frame has bytes already

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # any buffer is given
        """Some bytes, 0 at the end.

        Raises:
            EOFError: the last frame has no end.
            Lz4Error: the bytes are damaged.
        """
        while True:
            if self._frame.eof:
                # The bytes behind a frame's end are those of the next frame.
                block = self._frame.unused_data or b""
                self._frame = lz4.frame.LZ4FrameDecompressor()
                self._begun = False
            else:
                block = b""
            if not block and self._frame.needs_input:
                block = self._file.read(_BLOCK_BYTES)
                if not block:
                    if self._begun:
                        raise EOFError
                    return 0
            self._begun = True
            try:
                data: bytes = self._frame.decompress(block, max_length=len(buffer))
            except RuntimeError as error:
                raise Lz4Error(_reason(error)) from error
            if data:
                buffer[: len(data)] = data
                return len(data)


def _reason(error: RuntimeError) -> str:
    """What the library says, without its own names of functions and codes."""
    return str(error).rpartition("ERROR_")[2] or "no frame"
