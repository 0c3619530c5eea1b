"""HTTP on one connection, in whatever pieces the bytes come."""

import asyncio
import itertools
import json
import re
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uvicorn import Config
from uvicorn.server import ServerState

from inference.serving.protocol import PIECE_BYTES, HttpProtocol
from tests.damage import damaged

MAX_HEAD_BYTES = 20_000
MAX_TURNS = 2_000


class Request(NamedTuple):
    """A request as a client means it."""

    method: str
    path: str
    body: bytes
    chunks: int
    headers: bytes

    def written(self) -> bytes:
        """As bytes; with a length, or in so many chunks."""
        head = f"{self.method} /{self.path} HTTP/1.1\r\nHost: a\r\n".encode() + self.headers
        if self.chunks:
            size = -(-len(self.body) // self.chunks) or 1
            parts = [self.body[at : at + size] for at in range(0, len(self.body), size)]
            framed = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts)
            return head + b"Transfer-Encoding: chunked\r\n\r\n" + framed + b"0\r\n\r\n"
        return head + b"Content-Length: %d\r\n\r\n" % len(self.body) + self.body


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers what it was asked."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    answer = json.dumps([scope["method"], scope["path"], body.decode("latin-1")]).encode()
    length = [(b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": answer})


class Client(asyncio.Transport):
    """A client that reads at once."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = b""
        self.closed = False

    def write(self, data: Any) -> None:
        """Take bytes."""
        self.answer += bytes(data)

    def close(self) -> None:
        """End."""
        self.closed = True

    def is_closing(self) -> bool:
        """Whether it has ended."""
        return self.closed

    def can_write_eof(self) -> bool:
        """It can."""
        return True

    def write_eof(self) -> None:
        """The service says no more."""
        self.closed = True

    def pause_reading(self) -> None:
        """Send no more than what is under way."""

    def resume_reading(self) -> None:
        """Go on."""


async def _converse(pieces: list[bytes], turns: int, app: Any) -> bytes:
    config = Config(app, http=HttpProtocol, lifespan="off", log_level="critical")
    config.load()
    protocol = HttpProtocol(
        config=config, server_state=ServerState(), app_state={}, max_head_bytes=MAX_HEAD_BYTES
    )
    client = Client()
    protocol.connection_made(client)
    for piece in pieces:
        for _ in range(turns):  # bytes that were under way come even if reading is paused
            await asyncio.sleep(0)
        if not client.closed:
            protocol.data_received(piece)
    for _ in range(MAX_TURNS):
        if not protocol.tasks and not protocol.backlogged:
            break
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    protocol.connection_lost(None)
    await asyncio.gather(*protocol.tasks)
    return client.answer


def converse(pieces: list[bytes], turns: int = 1, app: Any = app) -> bytes:
    """All that a service answers to bytes that come in these pieces, some turns apart."""
    return asyncio.run(_converse(pieces, turns, app))


def answers(data: bytes) -> list[Any]:
    """The bodies of answers with status 200; `None` for "go on" (RFC 9110, section 15.2.1)."""
    found: list[Any] = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100"):
            continue
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        found.append(json.loads(data[:length]))
        data = data[length:]
    return found


bodies = st.sampled_from([b"", b"GET /smuggled HTTP/1.1\r\n\r\n", b"\r\n\r\n"]) | st.binary(
    max_size=60
)
extra = st.sampled_from(
    [
        *(b"", b"", b"Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n"),
        *(
            b"Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n",
            b"X: " + b"y" * 9_000 + b"\r\n",
        ),
        *(b"Upgrade: TLS/1.2\r\nConnection: upgrade\r\n", b"Expect: 100-continue\r\n"),
    ]
)
requests = st.builds(
    Request,
    st.sampled_from(["POST", "PUT", "PATCH"]),
    st.sampled_from(["", "a", "b/c"]),
    bodies,
    st.integers(0, 3),
    extra,
)


@st.composite
def cut(draw: st.DrawFn, data: bytes) -> list[bytes]:
    """The bytes in a few pieces, or one by one."""
    if len(data) < 2_000 and draw(st.integers(0, 9)) == 0:
        return [data[at : at + 1] for at in range(len(data))]
    places = draw(st.lists(st.integers(0, len(data)), max_size=6))
    edges = [0, *sorted(places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges) if a < b]


short = Request("POST", "b", b"body", 0, b"")
# Two of these are what the parser gets at a time, so that none of them is half there.
n_more = PIECE_BYTES // 2 - len(short.written()) - len(b"X: \r\n")
long = short._replace(path="a", headers=b"X: " + b"y" * n_more + b"\r\n")


def echoes(asked: list[Request]) -> list[list[str]]:
    """What the app answers to requests."""
    return [
        [request.method, f"/{request.path}", request.body.decode("latin-1")] for request in asked
    ]


@given(st.lists(requests, min_size=1, max_size=6), st.integers(0, 2), st.data())
def test_every_request_is_answered_once_and_in_order(
    asked: list[Request], turns: int, data: st.DataObject
) -> None:
    """Pipelined or not, in any pieces, with or without an upgrade: no body becomes a request."""
    pieces = data.draw(cut(b"".join(request.written() for request in asked)))
    assert answers(converse(pieces, turns)) == echoes(asked)


def test_requests_that_wait_stay_in_order() -> None:
    """What comes while more requests wait than are taken up at a time goes behind them."""
    first, then = [long] * 6, [short, short._replace(path="c")]
    pieces = [b"".join(request.written() for request in asked) for asked in (first, then)]
    assert answers(converse(pieces, turns=0)) == echoes([*first, *then])


SEEDS = [
    Request("POST", "a", b"body", 0, b"").written() * 2,
    Request("POST", "a", b"body", 2, b"Upgrade: h2c\r\nConnection: Upgrade\r\n").written(),
]


@given(st.data())
def test_any_bytes_end_in_answers(data: st.DataObject) -> None:
    """Nothing is raised, nothing hangs, and what is answered is HTTP with a status of ours."""
    content = data.draw(damaged(SEEDS))
    answer = converse(data.draw(cut(content)))
    assert answer[:9] in {b"", b"HTTP/1.1 "}
    assert answer[9:12] in {b"", b"100", b"200", b"400"}


@pytest.mark.parametrize("size", [1, 7, 16_384, 40_000])
def test_a_head_is_bounded_in_any_pieces(size: int) -> None:
    """Whether it comes at once or byte by byte, as one header or as many."""
    for headers in (b"X: " + b"y" * 25_000 + b"\r\n", b"X: y\r\n" * 4_000):
        written = Request("POST", "a", b"", 0, headers).written()
        pieces = [written[at : at + size] for at in range(0, len(written), size)]
        assert converse(pieces).startswith(b"HTTP/1.1 431 ")


CHUNKED = b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 16_384, 40_000])
@pytest.mark.parametrize(
    "rest",
    [
        b"4\r\nbody\r\n0\r\nX: " + b"y" * 45_000,
        b"4\r\nbody\r\n0\r\n" + b"X: y\r\n" * 8_000,
        b"4;" + b"y" * 45_000,
    ],
    ids=["trailer", "trailers", "chunk extension"],
)
def test_what_comes_beside_a_body_is_bounded_in_any_pieces(size: int, rest: bytes) -> None:
    """The parser copies a line with each piece that comes of it, and trailers are headers to it."""
    written = CHUNKED + rest
    pieces = [written[at : at + size] for at in range(0, len(written), size)]
    assert converse(pieces).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("size", [1, 7, 16_384])
def test_small_chunks_and_trailers_are_taken(size: int) -> None:
    """However many: what frames a chunk counts anew behind each piece of a body."""
    body = b"b" * 10_000
    trailers = b"X: %b\r\n\r\n" % (b"y" * 9_000)
    written = (CHUNKED + b"1\r\nb\r\n" * len(body) + b"0\r\n" + trailers) * 3
    pieces = [written[at : at + size] for at in range(0, len(written), size)]
    assert answers(converse(pieces)) == [["POST", "/a", body.decode()]] * 3


async def _headers(scope: Any, _receive: Any, send: Any) -> None:
    answer = json.dumps([name.decode() for name, _ in scope["headers"]]).encode()
    length = [(b"content-length", b"%d" % len(answer))]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": answer})


def test_trailers_are_no_headers() -> None:
    """RFC 9110, section 6.5.1: a proxy in front has not seen them when it let the head through."""
    written = CHUNKED + b"0\r\nContent-Encoding: gzip\r\nAuthorization: Bearer x\r\n\r\n"
    assert answers(converse([written], app=_headers)) == [["host", "transfer-encoding"]]


@pytest.mark.parametrize("n_before", [0, 1, 2, 5])
def test_a_fault_in_a_body_is_answered_behind_the_requests_before_it(n_before: int) -> None:
    """In their order, and once: their clients would take it for the answer to the first."""
    answer = converse([short.written() * n_before + CHUNKED + b"z\r\n"], turns=0)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"200"] * n_before + [b"400"]


async def _early(_scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"a", "more_body": True})
    await receive()
    await receive()
    await send({"type": "http.response.body", "body": b"b"})


def test_a_part_of_an_answer_is_only_cut_off() -> None:
    """Whatever is written behind it would be taken for more of it."""
    answer = converse([CHUNKED + b"4\r\nbody\r\n", b"z\r\n"], turns=5, app=_early)
    assert answer.endswith(b"\r\n\r\n1\r\na\r\n")
