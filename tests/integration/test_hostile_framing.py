"""What a client can do to a running service beside bodies: trailers, and the framing of chunks."""

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.integration.calls import REQUEST
from tests.integration.conftest import Service, one_worker

BODY: Final = json.dumps(REQUEST).encode()
CHUNKED: Final = (
    b"POST /api/v1/predict HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)
)
MORE_BYTES: Final = 30_000_000


@pytest.fixture(scope="module")
def inference(surprisal_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose log names no error of its own in the end."""
    log = tmp_path_factory.mktemp("framing") / "inference.log"
    with one_worker(surprisal_dir, log) as service:
        yield service
    assert '"ERROR"' not in log.read_text()


def peak_kib(service: Service) -> int:
    """The most memory that the worker had so far (man 5 proc)."""
    pid = service.process.pid
    worker = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


@pytest.mark.parametrize(
    "more",
    [CHUNKED + b"X: " + b"a" * MORE_BYTES, CHUNKED + b"X: a\r\n" * (MORE_BYTES // 6)],
    ids=["one trailer", "many trailers"],
)
def test_large_trailers_are_refused(inference: Service, more: bytes) -> None:
    """As soon as they are too large, as a head is: they hold up nobody and are not kept."""
    before = peak_kib(inference)
    with socket.create_connection(("127.0.0.1", inference.port), timeout=30) as client:
        with contextlib.suppress(OSError):  # given up on us
            client.sendall(more)
        assert client.recv(65_536).startswith(b"HTTP/1.1 431 ")
    assert inference.call("POST", "/predict", REQUEST).status == 200
    assert peak_kib(inference) < before + 20 * 1_024


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (b"Host: a\r\nHost: b\r\n", b"400"),
        (b"Host: a\r\nTransfer-Encoding: gzip, chunked\r\n", b"400"),
        (b"Host: a\r\nTransfer-Encoding: Chunked\r\n", b"200"),
        (b"", b"200"),
    ],
)
def test_what_two_readers_would_take_differently_is_refused(
    inference: Service, headers: bytes, status: bytes
) -> None:
    """Several hosts, and codings that are not decoded; a check of health may name no host."""
    with socket.create_connection(("127.0.0.1", inference.port), timeout=30) as client:
        client.sendall(b"GET /api/v1/health HTTP/1.1\r\n" + headers + b"\r\n0\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 " + status)


def test_trailers_are_no_headers(inference: Service) -> None:
    """A content encoding behind the body says nothing of the body."""
    with socket.create_connection(("127.0.0.1", inference.port), timeout=30) as client:
        client.sendall(CHUNKED + b"Content-Encoding: gzip\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
