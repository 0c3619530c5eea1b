"""Sends the head and the body of an answer in one system call and, if they fit, in one packet.

uvicorn writes them one after the other, and uvloop hands each write to the kernel at once. That is
twice the work for the kernel and for the client, which wakes up for a head without a body.
"""

import asyncio
from collections.abc import Iterable
from typing import Any


class JoinedWrites:
    """A transport whose first write waits for the second, at most until the loop's next turn.

    All else is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held: bytes | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold bytes back, or send them with those held back."""
        held = self._held
        if held is None:
            self._held = data
            self._loop.call_soon(self._flush)
        else:
            self._held = None
            self._transport.writelines((held, data))

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Send bytes, those held back first."""
        self._flush()
        self._transport.writelines(parts)

    def write_eof(self) -> None:
        """End the stream behind the bytes held back."""
        self._flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Close behind the bytes held back."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        held, self._held = self._held, None
        if held is not None and not self._transport.is_closing():
            self._transport.write(held)
