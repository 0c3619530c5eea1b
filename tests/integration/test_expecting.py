"""Clients that ask before they send a body."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from inference.access.tokens import make_line
from tests.integration.calls import REQUEST
from tests.integration.conftest import Service, StartInference

TOKEN = "a-token-for-predictions"
BODY = json.dumps(REQUEST).encode()
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def head(
    path: str = "predict",
    token: str = TOKEN,
    length: int = len(BODY),
    media_type: str = "application/json",
) -> bytes:
    """The head of a request whose client waits for leave."""
    return (
        f"POST /api/v1/{path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {media_type}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
    ).encode()


@pytest.fixture
def service(start_inference: StartInference, model_dir: Path, tmp_path: Path) -> Service:
    """A service that asks for tokens."""
    tokens = tmp_path / "tokens.txt"
    tokens.write_text(make_line("client", ("predict",), TOKEN))
    started = start_inference(model_dir, ANOMALY_TOKENS_FILE=str(tokens), WEB_CONCURRENCY="1")
    return started.wait_until("/ready")


@contextmanager
def connected(service: Service) -> Iterator[socket.socket]:
    """A connection to it."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as client:
        yield client


def answer_to(client: socket.socket) -> bytes:
    """The next answer, whole."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += client.recv(65_536)
    start, _, rest = found.partition(b"\r\n\r\n")
    lengths = [line for line in start.lower().split(b"\r\n") if line.startswith(b"content-length")]
    if not lengths:
        return found
    length = int(lengths[0].split(b":")[1])
    while len(rest) < length:
        rest += client.recv(65_536)
    return start + b"\r\n\r\n" + rest


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (head(token="unknown"), b"401"),
        (head("train"), b"403"),
        (head("nothing"), b"404"),
        (head("health"), b"405"),
        (head(length=10**12), b"413"),
        (head(media_type="text/html"), b"415"),
    ],
)
def test_what_the_head_forbids_is_refused_before_the_body(
    service: Service, request_head: bytes, status: bytes
) -> None:
    """Without 100, as the last answer: what follows could be the body or another request."""
    with connected(service) as client:
        client.sendall(request_head)
        answer = answer_to(client)
        assert answer.split()[1] == status
        assert b"connection: close" in answer.lower().partition(b"\r\n\r\n")[0]
        assert client.recv(1) == b""


def test_a_body_that_is_wanted_is_let_come(service: Service) -> None:
    """100, then the answer, again and again on a connection."""
    with connected(service) as client:
        for _ in range(3):
            client.sendall(head())
            assert client.recv(len(CONTINUE)) == CONTINUE
            client.sendall(BODY)
            answer = answer_to(client)
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"connection: close" not in answer.lower()


def test_a_fault_in_the_body_costs_no_connection(service: Service) -> None:
    """The client was let, and has sent what it said."""
    with connected(service) as client:
        client.sendall(head(length=2))
        assert client.recv(len(CONTINUE)) == CONTINUE
        client.sendall(b"[]")
        assert answer_to(client).split()[1] == b"422"
        client.sendall(head())
        assert client.recv(len(CONTINUE)) == CONTINUE


def test_a_client_need_not_wait(service: Service) -> None:
    """RFC 9110, section 10.1.1: it may send the body at any moment."""
    with connected(service) as client:
        client.sendall(head() + BODY)
        found = answer_to(client)
        if found.startswith(CONTINUE):
            found = found[len(CONTINUE) :] or answer_to(client)
        assert found.startswith(b"HTTP/1.1 200")


def test_a_body_that_came_unasked_is_passed_over(service: Service) -> None:
    """It was no use to ask; the next request on the connection is answered."""
    with connected(service) as client:
        client.sendall(head(token="unknown") + BODY)
        assert answer_to(client).split()[1] == b"401"
        client.sendall(head() + BODY)
        assert answer_to(client)[:12] in {b"HTTP/1.1 200", CONTINUE[:12]}


def test_only_the_expectation_that_exists_is_known(service: Service) -> None:
    """Another is ignored, as RFC 9110 lets a server do."""
    with connected(service) as client:
        client.sendall(head().replace(b"100-continue", b"the-moon") + BODY)
        assert answer_to(client).startswith(b"HTTP/1.1 200")
