"""Which calls take the short way."""

import asyncio
from pathlib import Path
from typing import Any, Final

import falcon.asgi
import pytest

from inference.access.guard import Guard
from inference.access.tokens import TokenFile
from inference.web.calls import App
from inference.web.request_id import RequestIdMiddleware
from inference.web.shortcut import MAX_BYTES, Shortcut
from tests.token_files import bearer, listing

PATH: Final = "/api/v1/predict"
Headers = list[tuple[bytes, bytes]]
JSON: Final[Headers] = [(b"host", b"a"), (b"content-type", b"application/json")]
WHOLE: Final = {"type": "http.request", "body": b"[1]", "more_body": False}


class LongWay:
    """Answers with what it was sent."""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST"""
        resp.data = b"long:" + await req.stream.read()

    on_put = on_post


def short_way(body: bytes) -> bytes | None:
    """Answers what is no refusal and need not wait."""
    if body == b"wrong":
        raise ValueError("wrong")
    return None if body == b"wait" else b"short:" + body


def ask(
    *events: dict[str, Any],
    headers: Headers = JSON,
    guard: Guard | None = None,
    **scope: Any,
) -> list[dict[str, Any]]:
    """The answers of an app whose long way and short way differ visibly."""
    shortcut = Shortcut(RequestIdMiddleware(), guard)
    shortcut.add(PATH, short_way)
    app = App(shortcut)
    app.add_route(PATH, LongWay())
    waiting, sent = list(events or (WHOLE,)), []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    plain = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": headers,
        "asgi": {"version": "3.0"},
    }
    asyncio.run(app({**plain, **scope}, receive, send))
    return sent


def body_of(sent: list[dict[str, Any]]) -> bytes:
    """The body of an answer."""
    body: bytes = sent[-1]["body"]
    return body


def test_a_plain_call_takes_the_short_way() -> None:
    """With the id that it brings, and the headers that Falcon would send."""
    start, body = ask(headers=[*JSON, (b"x-request-id", b"mine")])
    assert body["body"] == b"short:[1]"
    assert (start["type"], start["status"]) == ("http.response.start", 200)
    assert start["headers"] == [
        (b"x-request-id", b"mine"),
        (b"content-type", b"application/json"),
        (b"content-length", b"9"),
    ]


@pytest.mark.parametrize("media_type", [b"application/json", b"application/json; charset=utf-8"])
def test_json_has_several_names(media_type: bytes) -> None:
    """As for Falcon's middleware, which asks the same function."""
    assert body_of(ask(headers=[(b"content-type", media_type)])) == b"short:[1]"


@pytest.mark.parametrize(
    "header",
    [
        (b"content-encoding", b"identity"),
        (b"transfer-encoding", b"chunked"),
        (b"origin", b"http://a"),
        (b"content-type", b"application/json"),
        (b"host", b"b"),
    ],
)
def test_a_call_that_needs_a_closer_look_goes_on(header: tuple[bytes, bytes]) -> None:
    """Compressed, chunked, out of a browser, or with a header that stands twice."""
    assert body_of(ask(headers=[*JSON, header])) == b"long:[1]"


@pytest.mark.parametrize(
    "scope", [{"method": "PUT"}, {"query_string": b"explain=true"}, {"query_string": b"a"}]
)
def test_other_methods_and_questions_go_on(scope: dict[str, Any]) -> None:
    """What the short way does not know."""
    assert body_of(ask(**scope)) == b"long:[1]"


def test_a_body_of_another_type_goes_on() -> None:
    """Which Falcon's middleware refuses."""
    assert body_of(ask(headers=[(b"content-type", b"text/plain")])) == b"long:[1]"


@pytest.mark.parametrize("body", [b"", b"wrong", b"wait", b"x" * (MAX_BYTES + 1)])
def test_what_was_received_goes_on(body: bytes) -> None:
    """A body that is refused, that must wait or is large comes whole to who answers it."""
    assert body_of(ask({**WHOLE, "body": body})) == b"long:" + body


def test_a_body_in_pieces_goes_on() -> None:
    """From its first piece on, in order."""
    sent = ask({**WHOLE, "body": b"a", "more_body": True}, {**WHOLE, "body": b"b"})
    assert body_of(sent) == b"long:ab"


def test_a_client_that_left_gets_nothing() -> None:
    """By neither way."""
    assert ask({"type": "http.disconnect"}) == []


def test_tokens_are_asked_for(tmp_path: Path) -> None:
    """The short way is for those alone who may; all others are refused by Falcon's middleware."""
    guard = Guard(TokenFile(listing(tmp_path, reader=("predict",), watcher=("metrics",))))
    answers = {}
    for name in ("reader", "watcher", "nobody"):
        ((header, value),) = bearer(name).items()
        authorised = [*JSON, (header.lower().encode(), value.encode())]
        answers[name] = body_of(ask(headers=authorised, guard=guard))
    assert answers == {"reader": b"short:[1]", "watcher": b"long:[1]", "nobody": b"long:[1]"}
    assert body_of(ask(guard=guard)) == b"long:[1]"
