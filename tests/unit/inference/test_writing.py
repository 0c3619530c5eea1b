"""An ordinary answer is written at once, and every answer as uvicorn writes it."""

import asyncio
from collections.abc import Iterable
from typing import Any, Final

import pytest
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from inference.serving.protocol import HttpProtocol

Events = list[dict[str, Any]]
START: Final = "http.response.start"
BODY: Final = "http.response.body"
FAILURE: Final = "failure of the app"
GET: Final = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


class Client(asyncio.Transport):
    """Remembers each write that would reach the kernel."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.closing = False

    def write(self, data: Any) -> None:
        """Remember bytes."""
        self.writes.append(bytes(data))

    def writelines(self, parts: Iterable[Any]) -> None:
        """Remember bytes that go together."""
        self.writes.append(b"".join(parts))

    def close(self) -> None:
        """Remember the close."""
        self.closing = True

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.closing

    def pause_reading(self) -> None:
        """Nothing to pause."""

    def resume_reading(self) -> None:
        """Nothing to resume."""


def ask(
    protocol: Any, events: Events, request: bytes, headers: list[tuple[bytes, bytes]]
) -> tuple[list[bytes], bool]:
    """What is written for an app that sends these events, and whether it is closed then."""

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        for event in events:
            if event["type"] == FAILURE:
                raise RuntimeError("of the app")
            await send(event)

    async def run() -> tuple[list[bytes], bool]:
        config = Config(app, http=protocol, lifespan="off", log_level="critical")
        config.load()
        state = ServerState()
        state.default_headers = headers
        own = {"max_head_bytes": 65_536} if protocol is HttpProtocol else {}
        connection = protocol(config=config, server_state=state, app_state={}, **own)
        client = Client()
        connection.connection_made(client)
        connection.data_received(request)
        await asyncio.gather(*connection.tasks)
        connection.connection_lost(None)
        return client.writes, client.closing

    return asyncio.run(run())


def answer(body: bytes = b"body", *more: tuple[bytes, bytes], status: int = 200) -> Events:
    """An answer of known length."""
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(body)), *more]
    return [
        {"type": START, "status": status, "headers": headers},
        {"type": BODY, "body": body},
    ]


def streamed(*parts: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> Events:
    """An answer in pieces, of unknown length if no header states it."""
    bodies = [{"type": BODY, "body": part, "more_body": True} for part in parts]
    start = {"type": START, "status": 200, "headers": headers or []}
    return [start, *bodies, {"type": BODY, "body": b""}]


DATE: Final = [(b"date", b"today")]
DRAINING: Final = [*DATE, (b"connection", b"close")]


@pytest.mark.parametrize("headers", [DATE, DRAINING])
@pytest.mark.parametrize(
    "request_",
    [
        GET,
        b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nab",
    ],
)
@pytest.mark.parametrize(
    "events",
    [
        answer(),
        answer(b""),
        answer(b"x" * 200_000),
        answer(b"{}", status=503),
        answer(b"", status=204),
        answer(b"body", (b"x", b"split\r\nY: 1")),
        answer(b"body", (b"x", b"split\nY: 1")),
        answer(b"body", (b"x", b"\x00")),
        answer(b"body", (b"connection", b"close")),
        answer(b"body", (b"content-length", b"9")),
        streamed(b"a", b"b"),
        streamed(b"a", b"bc", headers=[(b"content-length", b"3")]),
        streamed(headers=[(b"content-length", b"0")]),
    ],
)
def test_bytes_are_uvicorns_own(
    events: Events, request_: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    """Whatever is answered to whom; what is no answer is refused as uvicorn refuses it."""
    ours, closed = ask(HttpProtocol, events, request_, headers)
    theirs, closed_too = ask(HttpToolsProtocol, events, request_, headers)
    assert (b"".join(ours), closed) == (b"".join(theirs), closed_too)


def test_an_ordinary_answer_is_one_write() -> None:
    """Head and body together; uvicorn needs two."""
    ((head_and_body,), _), (two, _) = (
        ask(protocol, answer(), GET, DATE) for protocol in (HttpProtocol, HttpToolsProtocol)
    )
    assert head_and_body.endswith(b"\r\n\r\nbody")
    assert len(two) == 2


def test_the_head_of_a_stream_does_not_wait() -> None:
    """Its client may wait for it before it sends on."""
    writes, _ = ask(HttpProtocol, streamed(b"a"), GET, DATE)
    assert writes[0].startswith(b"HTTP/1.1 200 OK\r\n")
    assert writes[0].endswith(b"\r\n\r\n")


@pytest.mark.parametrize("end", [[], [{"type": FAILURE}]])
def test_an_app_that_fails_behind_the_head_is_a_500(end: Events) -> None:
    """Nothing of its answer was written by then."""
    writes, closed = ask(HttpProtocol, [*answer()[:1], *end], GET, DATE)
    assert b"".join(writes).startswith(b"HTTP/1.1 500 ")
    assert closed
