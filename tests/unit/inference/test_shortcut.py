"""Which calls take the short way."""

from pathlib import Path

import pytest

from inference.access.guard import Guard
from inference.access.tokens import TokenFile
from tests.short_way import DATE, JSON, LINES, MAX_BYTES, PATH, ask, body_of, post
from tests.token_files import bearer, listing


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
