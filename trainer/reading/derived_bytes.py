"""Bytes that are made of those of a file, as they are asked for."""

import io
from typing import IO


class DerivedBytes(io.RawIOBase):
    """Bytes made of a file's; who makes them says how in `readinto`.

    Args:
        file: the path of a file, which is closed with this, or an open file, which is not.
    """

    _own = False  # until there is a file: what could not be opened is closed, too

    def __init__(self, file: str | IO[bytes]) -> None:
        super().__init__()
        self._file: IO[bytes] = open(file, "rb") if isinstance(file, str) else file  # noqa: SIM115 - see close
        self._own = isinstance(file, str)

    def readable(self) -> bool:
        """Always."""
        return True

    def close(self) -> None:
        """Close the file, if it was opened here."""
        if self._own:
            self._file.close()
        super().close()
