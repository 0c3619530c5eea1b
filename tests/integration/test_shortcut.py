"""The short way answers what the long way answers, byte for byte, over real sockets."""

import contextlib
import gzip
import itertools
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.integration.calls import REQUEST
from tests.integration.conftest import Service, free_port
from tests.malformed import FEATURES, RAW, wrong_bodies, wrong_requests
from tests.token_files import bearer, listing

N_WRONG_BODIES: Final = 500
N_WRONG_REQUESTS: Final = 30
PATH: Final = "/api/v1/predict"
BODY: Final = json.dumps(REQUEST).encode()
MESSAGE: Final = json.dumps({"log_id": 7, **RAW}).encode()
JSON: Final = b"Content-Type: application/json\r\n"
MADE: Final = re.compile(rb"\b[0-9a-f]{24}\b|date: [^\r]*", re.IGNORECASE)
"""What differs from answer to answer: ids that the service makes, and the date."""

LAST: Final = b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
SILENT_S: Final = 1.0

Pair = tuple[Service, Service]


def post(
    body: bytes = BODY, headers: bytes = JSON, target: str = PATH, line: bytes = b"POST"
) -> bytes:
    """A whole request."""
    head = b"%b %b HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % (
        line,
        target.encode(),
        len(body),
    )
    return head + headers + b"\r\n" + body


def chunked(body: bytes) -> bytes:
    """The same in chunks of some bytes."""
    parts = b"".join(
        b"%x\r\n%b\r\n" % (len(part), part)
        for part in (body[at : at + 9] for at in range(0, len(body), 9))
    )
    head = f"POST {PATH} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n".encode()
    return head + JSON + b"\r\n" + parts + b"0\r\n\r\n"


def with_message(n_chars: int) -> bytes:
    """A raw log of such a length."""
    return json.dumps({"log_id": "a", **RAW, "message": "timeout " + "x" * n_chars}).encode()


LINES: Final = b"\n".join(json.dumps({**RAW, "n": n}).encode() for n in range(50))
LOGS: Final = (LINES, LINES * 20, b"[%b]" % json.dumps(RAW).encode(), b"{}\n{", b"")

PLAIN: Final = (post(), post(MESSAGE), post(headers=JSON + b"X-Request-ID: my-own/1\r\n"))
REQUESTS: Final = (
    *PLAIN,
    *(post(body) for body in (b"", b"{", b"[]", b"null", b"{}", b'{"log_id":1}', b"\xff\xfe")),
    *(post(with_message(n)) for n in (100, 8_000, 8_192, 70_000, 300_000, 17_000_000)),
    post(json.dumps({"log_id": "a", "features": {**FEATURES, "level": "nothing"}}).encode()),
    post(b'{"log_id":"\\ud800","features":%b}' % json.dumps(FEATURES).encode()),
    post(b'{"log_id":5,"z":1e400,"features":%b}' % json.dumps(FEATURES).encode()),
    post(b'{"log_id":5,"z":' + b"[" * 3_000 + b"]" * 3_000 + b"}"),
    *(
        post(headers=b"Content-Type: %b\r\n" % name)
        for name in (
            *(b"text/plain", b"application/json; charset=utf-8", b"APPLICATION/JSON", b""),
            *(b"application/problem+json", b"application/jsonx", b"\xe9"),
        )
    ),
    post(headers=b""),
    *(
        post(headers=JSON + b"%b\r\n" % header)
        for header in (
            *(b"Origin: http://a", b"Origin: http://evil.test", b"Origin: null", b"Host: b"),
            *(b"Content-Type: text/plain", b"Content-Encoding: identity", b"Content-Encoding: br"),
            *(b"X-Request-ID: two words", b"X-Request-ID: \xe9", b"X-Request-ID: " + b"a" * 200),
            *(b"X-Request-ID: a\r\nX-Request-ID: b", b"Expect: 100-continue", b"Accept: text/html"),
            *(
                b"Connection: close",
                b"Upgrade: h2c\r\nConnection: Upgrade",
                b"Cookie: a\r\nCookie: b",
            ),
            *(b"Authorization: Bearer nobody-knows-this-token", b"Authorization: Basic YTpi"),
            *(b"Traceparent: 00-1-2-3", b"X: " + b"y" * 9_000, b"X: " + b"y" * 70_000),
        )
    ),
    post(gzip.compress(BODY), JSON + b"Content-Encoding: gzip\r\n"),
    post(BODY, JSON + b"Content-Encoding: gzip\r\n"),
    *(
        post(target=PATH + query)
        for query in (
            *("?explain=true", "?explain=FALSE", "?explain=maybe", "?", "?other=1", "?explain"),
            *("/", "/batch", "x", "%20", "/../predict"),
        )
    ),
    *(
        post(target=target)
        for target in ("/api/v1/predic%74", "//api/v1/predict", "/API/v1/predict")
    ),
    *(post(line=method) for method in (b"GET", b"HEAD", b"PUT", b"OPTIONS", b"DELETE", b"BREW")),
    *(
        post(body, b"Content-Type: %b\r\n" % content_type, f"/api/v1/logs{query}")
        for query in ("", "?return=anomalies", "?return=none", "?return=ALL", "?return=some")
        for content_type in (b"application/x-ndjson", b"application/json", b"text/plain")
        for body in LOGS
    ),
    chunked(BODY),
    chunked(MESSAGE),
    chunked(b"{"),
    post(line=b"POST").replace(b"HTTP/1.1", b"HTTP/1.0"),
    post().replace(b"HTTP/1.1", b"HTTP/2.0"),
    *(b"".join(some) for some in ((post(), post(MESSAGE)), (post(), post(b"{"), post()))),
    *(post() * n for n in (3, 20)),
    post()[:-20],
)


def answers(port: int, request: bytes, cuts: tuple[int, ...] = ()) -> list[bytes]:
    """All that a service answers to bytes of a client, each answer with its head.

    Args:
        port: of the service.
        request: what is sent; a last request behind it has the service close the connection.
        cuts: where the bytes are cut into packets.
    """
    request += LAST
    with socket.create_connection(("127.0.0.1", port), timeout=SILENT_S) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        data = b""
        with contextlib.suppress(TimeoutError):  # for what swallows the last request as well
            for start, end in itertools.pairwise((0, *cuts, len(request))):
                client.sendall(request[start:end])
            while part := client.recv(1 << 20):
                data += part
    return MADE.sub(b"(made)", data).split(b"HTTP/1.1 ")[1:]


def start(module: str, model_dir: Path, folder: Path, environ: dict[str, str]) -> Service:
    """One worker of a service, or of the long way."""
    port = free_port()
    variables = {"PORT": str(port), "MODEL_DIR": str(model_dir), "WEB_CONCURRENCY": "1"}
    return Service([module], {**variables, **environ}, port, folder / f"{module}.log")


@pytest.fixture(scope="module", params=["plain", "tokens", "debug"])
def pair(
    request: pytest.FixtureRequest, surprisal_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """The service and the long way, configured alike."""
    folder = tmp_path_factory.mktemp("ways")
    environ = {
        "plain": {},
        "tokens": {
            "ANOMALY_TOKENS_FILE": str(listing(folder, reader=("predict",), watcher=("metrics",)))
        },
        "debug": {"LOG_LEVEL": "DEBUG"},
    }[request.param]
    modules = ("inference", "tests.integration.long_way")
    services = [start(module, surprisal_dir, folder, environ) for module in modules]
    short, long = (service.wait_until("/health") for service in services)
    yield short, long
    for service in services:
        service.stop()


def authorised(request: bytes, name: str) -> bytes:
    """The request with a token of `listing`."""
    ((header, value),) = bearer(name).items()
    return request.replace(b"\r\n", f"\r\n{header}: {value}\r\n".encode(), 1)


def same(pair: Pair, request: bytes, cuts: tuple[int, ...] = ()) -> list[bytes]:
    """What both ways answer; they must answer the same."""
    short, long = (answers(service.port, request, cuts) for service in pair)
    assert short == long, request[:300]
    return short


def test_both_ways_answer_alike(pair: Pair) -> None:
    """Good calls, bad calls, and calls that mean to be neither; with and without a token."""
    for request in REQUESTS:
        for asked in (request, authorised(request, "reader"), authorised(request, "watcher")):
            same(pair, asked)


def test_both_ways_answer_malformed_requests_alike(pair: Pair) -> None:
    """Whatever is wrong in head or body."""
    for wrong, count in (
        (wrong_bodies(11), N_WRONG_BODIES),
        (wrong_requests(12), N_WRONG_REQUESTS),
    ):
        for request in itertools.islice(wrong, count):
            same(pair, request)


def test_packets_do_not_matter(pair: Pair) -> None:
    """A body that comes behind its head, or in pieces."""
    for request in PLAIN:
        several = authorised(request, "reader")
        same(pair, several * 4, tuple(len(several) * n for n in (1, 2, 3)))
        head = request.index(b"\r\n\r\n") + 4
        for cuts in ((head,), (head, head + 9), (5, head - 2, len(request) - 1)):
            same(pair, authorised(request, "reader"), cuts)


def test_good_calls_are_answered(pair: Pair) -> None:
    """With a token where that is asked for: so what is compared above are no two refusals."""
    for request in PLAIN:
        answer, _ = same(pair, authorised(request, "reader"))
        assert answer.startswith(b"200 OK\r\n")
    answer, _ = same(pair, PLAIN[2])
    tokens = answer.startswith(b"401 ")
    assert tokens or b"x-request-id: my-own/1\r\n" in answer
