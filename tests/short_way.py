"""A service with a short way and a long way, asked over a connection without a socket."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import falcon.asgi
from uvicorn import Config
from uvicorn.server import ServerState

from inference.access.guard import Guard
from inference.serving.protocol import HttpProtocol
from inference.web.calls import App
from inference.web.request_id import RequestIdMiddleware
from inference.web.routing import AtOnce
from inference.web.shortcut import Shortcut

PATH: Final = "/api/v1/predict"
DATE: Final = (b"date", b"today")
JSON: Final = b"Content-Type: application/json\r\n"
MAX_TURNS: Final = 100
MAX_BYTES: Final = 100
LINES: Final = b"application/x-ndjson"


class LongWay:
    """Answers with what it was sent."""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST"""
        resp.data = b"long:" + await req.stream.read()

    on_put = on_post


def short_way(body: bytes, _content_type: bytes) -> bytes | None:
    """Answers what is no refusal and need not wait."""
    if body == b"wrong":
        raise ValueError("wrong")
    return None if body == b"wait" else b"short:" + body


def lines_way(body: bytes, content_type: bytes) -> bytes:
    """Answers with the content type as well."""
    return b"%b:%b" % (content_type, body)


class Client(asyncio.Transport):
    """Remembers each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closing = False

    def write(self, data: Any) -> None:
        """Remember bytes."""
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closing

    def close(self) -> None:
        """End."""
        self.closing = True

    def pause_reading(self) -> None:
        """Nothing to pause."""

    def resume_reading(self) -> None:
        """Nothing to resume."""

    def get_write_buffer_size(self) -> int:
        """All that was written is sent."""
        return 0


def post(
    body: bytes = b"[1]", headers: bytes = JSON, target: str = PATH, method: str = "POST"
) -> bytes:
    """A whole request."""
    head = f"{method} {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + headers + b"\r\n" + body


def ask(
    *pieces: bytes,
    guard: Guard | None = None,
    defaults: tuple[tuple[bytes, bytes], ...] = (DATE,),
    paused: bool = False,
    seen: Callable[[HttpProtocol], None] | None = None,
) -> list[bytes]:
    """What is written for pieces of requests where the short way can be told from the long way.

    Args:
        pieces: in which the requests come.
        guard: asks for tokens.
        defaults: headers of every answer.
        paused: the client reads slowly, but for whom the server waits.
        seen: is shown the connection at the end.
    """

    async def written() -> list[bytes]:
        shortcut = Shortcut(RequestIdMiddleware(), guard)
        shortcut.add(PATH, AtOnce(short_way, max_bytes=MAX_BYTES))
        shortcut.add(PATH, AtOnce(lines_way, b"lines=1", 2 * MAX_BYTES, frozenset({LINES})))
        app = App(shortcut)
        app.add_route(PATH, LongWay())
        config = Config(app, http=HttpProtocol, lifespan="off")
        config.load()
        state = ServerState()
        state.default_headers = list(defaults)
        protocol = HttpProtocol(
            config=config,
            server_state=state,
            app_state={},
            max_head_bytes=65_536,
            shortcut=shortcut,
        )
        client = Client()
        protocol.connection_made(client)
        if paused:
            protocol.pause_writing()
        for piece in pieces:
            protocol.data_received(piece)
        protocol.resume_writing()
        for _ in range(MAX_TURNS):
            await asyncio.sleep(0)
        assert not protocol.tasks
        if seen is not None:
            seen(protocol)
        return client.writes

    return asyncio.run(written())


def body_of(writes: list[bytes]) -> bytes:
    """The body of the only answer."""
    return b"".join(writes).split(b"\r\n\r\n", 1)[1]
