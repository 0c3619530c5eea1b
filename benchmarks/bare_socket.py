"""A floor: uvloop and httptools around a socket, without a server's care or a framework.

Any request is answered with the no-op's bytes once its body is there. What a service costs beyond
this is its own. `python -m benchmarks.bare_socket PORT PROCESSES`.
"""

import asyncio
import multiprocessing
import sys
from typing import cast

import httptools
import uvloop

from benchmarks.noop_service import ANSWER

_RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(ANSWER),
    ANSWER,
)


class _Connection(asyncio.Protocol):
    """Parses what comes and answers each request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is no subclass of it
        self._parser = httptools.HttpRequestParser(self)
        self._body = b""

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        self._body = b""
        self._transport.write(_RESPONSE)


async def _serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        _Connection, "127.0.0.1", port, reuse_port=True
    )
    await server.serve_forever()


def _run(port: int) -> None:
    uvloop.run(_serve(port))


def main(port: str, processes: str) -> None:
    """Serve until the process is ended."""
    others = [
        multiprocessing.Process(target=_run, args=(int(port),), daemon=True)
        for _ in range(int(processes) - 1)
    ]
    for other in others:
        other.start()
    _run(int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
