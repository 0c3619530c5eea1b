"""Sends the head and the body of an answer in one system call and, if they fit, in one packet.

uvicorn writes them one after the other, and uvloop hands each write to the kernel at once. That is
twice the work for the kernel and for the client, which wakes up for a head without a body.
"""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_HTTP_VERSIONS: Final = {"1.0", "1.1"}


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


class HttpProtocol(HttpToolsProtocol):
    """uvicorn's protocol with two changes: it writes so, and refuses versions that are not ours."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Begin with a new connection."""
        super().connection_made(JoinedWrites(transport, self.loop))  # type: ignore[arg-type]  # has all of a transport

    def on_headers_complete(self) -> None:
        """Begin with a request, if it is of HTTP/1.0 or 1.1 (RFC 9112).

        The parser takes HTTP/0.9 and 2.0 as well, which have no such heads; uvicorn would pass
        them on, and Falcon fail over them. The error is answered with 400 and a close.
        """
        if self.parser.get_http_version() not in _HTTP_VERSIONS:
            raise HttpParserError("neither HTTP/1.0 nor HTTP/1.1")
        super().on_headers_complete()
