"""Which calls take the short way."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import falcon.asgi
import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from inference.access.guard import Guard
from inference.access.tokens import TokenFile
from inference.serving.protocol import HttpProtocol
from inference.serving.slow_clients import SlowClients
from inference.web.calls import App
from inference.web.request_id import RequestIdMiddleware
from inference.web.routing import AtOnce
from inference.web.shortcut import Shortcut
from tests.token_files import bearer, listing

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


def test_a_plain_call_takes_the_short_way() -> None:
    """In one write, with the id that it brings, and the headers that Falcon would send."""
    (answer,) = ask(post(headers=JSON + b"X-Request-ID: mine\r\n"))
    assert answer == (
        b"HTTP/1.1 200 OK\r\ndate: today\r\nx-request-id: mine\r\n"
        b"content-type: application/json\r\ncontent-length: 9\r\n\r\nshort:[1]"
    )


@pytest.mark.parametrize("at", [1, 30, -4, -3, -1])
def test_pieces_do_not_matter(at: int) -> None:
    """A call is plain however its bytes are cut."""
    whole = post()
    assert body_of(ask(whole[:at], whole[at:])) == b"short:[1]"


def test_calls_behind_each_other_are_answered_in_order() -> None:
    """Also where the short way and the long way take turns on a connection."""
    bodies = [b"1", b"wait", b"2", b"wrong", b"3"]
    writes = ask(b"".join(map(post, bodies)))
    found = [part.split(b"\r\n\r\n")[1] for part in b"".join(writes).split(b"HTTP/1.1 ")[1:]]
    assert found == [b"short:1", b"long:wait", b"long:2", b"long:wrong", b"long:3"]


def test_a_body_that_never_comes_is_not_answered() -> None:
    """And leaves no task behind."""
    assert ask(post()[:-1]) == []


def test_an_answer_that_is_more_than_bytes_is_the_apps() -> None:
    """The last on its connection, as a worker that ends has them, and that of a slow reader."""
    close = (b"connection", b"close")
    assert body_of(ask(post(), defaults=(DATE, close))) == b"long:[1]"
    assert body_of(ask(post(headers=JSON + b"Connection: close\r\n"))) == b"long:[1]"
    assert body_of(ask(post().replace(b"HTTP/1.1", b"HTTP/1.0"))) == b"long:[1]"
    assert body_of(ask(post(), paused=True)) == b"long:[1]"


@pytest.mark.parametrize(
    "media_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"]
)
def test_json_has_several_names(media_type: str) -> None:
    """As for Falcon's middleware, which asks the same function."""
    headers = f"Content-Type: {media_type}\r\n".encode()
    assert body_of(ask(post(headers=headers))) == b"short:[1]"


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Encoding: identity",
        b"Origin: http://a",
        b"Expect: 100-CONTINUE",
        b"Content-Type: application/json",
        b"Host: b",
    ],
)
def test_a_call_that_needs_a_closer_look_goes_on(header: bytes) -> None:
    """Compressed, out of a browser, one that asks first, or with a header that stands twice."""
    assert body_of(ask(post(headers=JSON + header + b"\r\n"))).endswith(b"long:[1]")


def test_a_body_in_chunks_goes_on() -> None:
    """Its length is not known before."""
    head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    assert body_of(ask(head, b"3\r\n[1]\r\n0\r\n\r\n")) == b"long:[1]"


@pytest.mark.parametrize(
    "request_",
    [post(method="PUT"), post(target=f"{PATH}?explain=true"), post(target=f"{PATH}?a")],
)
def test_other_methods_and_questions_go_on(request_: bytes) -> None:
    """What the short way does not know."""
    assert body_of(ask(request_)) == b"long:[1]"


def test_a_way_has_a_query_of_its_own_with_its_types_and_bounds() -> None:
    """And answers each body as of the content type that it was sent with."""
    lines = b"Content-Type: %b\r\n" % LINES
    body = b"x" * 2 * MAX_BYTES
    for headers, content_type in ((lines, LINES), (JSON, b"application/json")):
        whole = post(body, headers, f"{PATH}?lines=1")
        assert body_of(ask(whole)) == b"%b:%b" % (content_type, body)
    assert body_of(ask(post(b"[1]", lines))) == b"long:[1]"
    assert body_of(ask(post(body + b"x", lines, f"{PATH}?lines=1"))) == b"long:" + body + b"x"
    assert body_of(ask(post(b"[1]", lines, f"{PATH}?lines=2"))) == b"long:[1]"


def test_a_body_of_another_type_goes_on() -> None:
    """Which Falcon's middleware refuses."""
    assert body_of(ask(post(headers=b"Content-Type: text/plain\r\n"))) == b"long:[1]"


@pytest.mark.parametrize("body", [b"", b"wrong", b"wait", b"x" * (MAX_BYTES + 1)])
def test_what_was_received_goes_on(body: bytes) -> None:
    """A body that is refused, that must wait or is large comes whole to who answers it."""
    assert body_of(ask(post(body))) == b"long:" + body


def test_tokens_are_asked_for(tmp_path: Path) -> None:
    """The short way is for those alone who may; all others are refused by Falcon's middleware."""
    guard = Guard(TokenFile(listing(tmp_path, reader=("predict",), watcher=("metrics",))))
    answers = {}
    for name in ("reader", "watcher", "nobody"):
        ((header, value),) = bearer(name).items()
        authorised = JSON + f"{header}: {value}\r\n".encode()
        answers[name] = body_of(ask(post(headers=authorised), guard=guard))
    assert answers == {"reader": b"short:[1]", "watcher": b"long:[1]", "nobody": b"long:[1]"}
    assert body_of(ask(post(), guard=guard)) == b"long:[1]"


def ask_in_turn(*requests: bytes, guard: Guard | None = None) -> list[bytes]:
    """The bodies of the answers to requests, each of which comes when those before are answered."""
    writes = ask(*requests, guard=guard)
    return [part.split(b"\r\n\r\n", 1)[1] for part in b"".join(writes).split(b"HTTP/1.1 ")[1:]]


def test_a_known_head_is_answered_as_a_new_one() -> None:
    """Whatever body follows, also if it is for the app, and whatever comes between."""
    bodies = [b"[1]", b"[2]", b"[3]", b"[4]", b"[55]", b"[6]"]
    assert ask_in_turn(*map(post, bodies)) == [b"short:" + body for body in bodies]
    assert ask_in_turn(post(b"1234"), post(b"5678"), post(b"wait")) == [
        *(b"short:1234", b"short:5678"),
        b"long:wait",
    ]


@pytest.mark.parametrize("cut", [1, 30, -4, -3, -1])
def test_a_known_head_may_come_in_pieces_or_with_more(cut: int) -> None:
    """As any other head."""
    whole = post()
    known = [whole] * 3
    assert ask_in_turn(*known, whole[:cut], whole[cut:], whole) == [b"short:[1]"] * 5
    assert ask_in_turn(*known, whole + whole[:cut], whole[cut:]) == [b"short:[1]"] * 5
    assert ask_in_turn(*known, whole[:cut], whole[cut:] + whole, whole) == [b"short:[1]"] * 6


def test_a_known_head_does_not_hold_for_a_worker_that_ends() -> None:
    """Its answers say that the connection ends."""
    close = (b"connection", b"close")
    assert body_of(ask(post(), post(), defaults=(DATE, close))) == b"long:[1]"


def test_a_client_whose_heads_are_known_is_not_given_up() -> None:
    """However long it goes on: its connection is not idle."""
    given_up = []

    def look(connection: HttpProtocol) -> None:
        clients = SlowClients(keep_alive_s=1.0)
        for now in range(100):
            given_up.append(clients.give_up([connection], 10.0 * now))
            connection.data_received(post())

    ask(post(), post(), seen=look)
    assert given_up == [0] * 100


def test_each_call_has_an_id_of_its_own() -> None:
    """Given or made, and never that of another call whose head was alike."""
    given = [post(headers=JSON + b"X-Request-ID: %d\r\n" % n) for n in (1, 1, 2)]
    writes = ask(*[post()] * 4, *given, post())
    ids = [write.split(b"x-request-id: ")[1].split(b"\r\n")[0] for write in writes]
    assert ids[4:7] == [b"1", b"1", b"2"]
    assert len(set(ids[:4] + ids[7:])) == 5
