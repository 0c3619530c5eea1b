"""Calls to the service behind, over real sockets."""

import asyncio
import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from inference.upstream import PARALLEL_CALLS, Upstream
from tests.waiting import until

HEADERS = {"Content-Type": "application/json"}
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nRetry-After: 3\r\n\r\n{}"


class Behind:
    """A service that answers a call once it may; notes the connections that were closed before."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._tls = tls
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/train"
        self.may_answer = threading.Event()
        self.n_called = self.n_closed = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(
                    target=self._serve, args=(self._listener.accept()[0],), daemon=True
                ).start()

    def _serve(self, connection: socket.socket) -> None:
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        with connection:
            connection.recv(1)
            self.n_called += 1
            connection.settimeout(0.02)
            while True:
                try:
                    if not connection.recv(65_536):
                        self.n_closed += 1
                        return
                except TimeoutError:
                    if self.may_answer.is_set():
                        connection.sendall(ANSWER)
                        return

    def close(self) -> None:
        """Take no more calls."""
        self._listener.close()


@pytest.fixture
def behind() -> Iterator[Behind]:
    """A service of the test's own."""
    service = Behind()
    yield service
    service.close()


async def reached(service: Behind, n_calls: int) -> None:
    """Wait until so many calls have come."""
    await asyncio.to_thread(until, lambda: service.n_called >= n_calls, "the calls to come")


async def closed(service: Behind, n_calls: int) -> None:
    """Wait until so many calls were broken off."""
    await asyncio.to_thread(until, lambda: service.n_closed >= n_calls, "the calls to end")


def test_an_answer_is_passed_back(behind: Behind) -> None:
    """Status, type, Retry-After and body; the type is the request's where none is named."""
    behind.may_answer.set()
    answer = asyncio.run(Upstream("test", 5.0).post(behind.url, b"[]", HEADERS))
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert (answer.retry_after, answer.body) == ("3", b"{}")


def test_who_is_cancelled_breaks_the_call_off(behind: Behind) -> None:
    """The service behind sees its client go; nobody waits for it any more."""

    async def ask() -> None:
        upstream = Upstream("test", 60.0)
        calls = [
            asyncio.ensure_future(upstream.post(behind.url, b"[]", HEADERS))
            for _ in range(PARALLEL_CALLS)
        ]
        await reached(behind, PARALLEL_CALLS)
        waiting = asyncio.ensure_future(upstream.post(behind.url, b"[]", HEADERS))
        await asyncio.sleep(0)
        for call in (waiting, *calls):
            call.cancel()
        await closed(behind, PARALLEL_CALLS)
        assert behind.n_called == PARALLEL_CALLS  # the last never began
        behind.may_answer.set()
        answer = await upstream.post(behind.url, b"[]", HEADERS)
        assert answer.status == 200  # the threads are free again

    asyncio.run(ask())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_a_call_over_tls_is_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As any other, while a thread waits in the same TLS connection."""
    new = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    name = ("-subj", "/CN=trainer", "-addext", "subjectAltName=IP:127.0.0.1")
    made = ["openssl", *new, *name, "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(made, cwd=tmp_path, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    behind = Behind(context)

    async def ask() -> None:
        upstream = Upstream("test", 60.0)
        call = asyncio.ensure_future(upstream.post(behind.url, b"[]", HEADERS))
        await reached(behind, 1)
        call.cancel()
        await closed(behind, 1)
        behind.may_answer.set()
        assert (await upstream.post(behind.url, b"[]", HEADERS)).status == 200

    asyncio.run(ask())
    behind.close()


def test_a_call_may_be_broken_off_at_any_moment(behind: Behind) -> None:
    """Also while it connects: it ends, and leaves no thread behind."""

    async def ask() -> None:
        upstream = Upstream("test", 60.0)
        for number in range(40):
            call = asyncio.ensure_future(upstream.post(behind.url, b"[]", HEADERS))
            await asyncio.sleep(number / 20_000)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
        behind.may_answer.set()
        answers = [upstream.post(behind.url, b"[]", HEADERS) for _ in range(PARALLEL_CALLS)]
        assert {answer.status for answer in await asyncio.gather(*answers)} == {200}

    asyncio.run(ask())


def test_what_breaks_by_itself_is_an_error(behind: Behind) -> None:
    """Nobody listens, or no answer comes in time."""
    upstream = Upstream("test", 0.05)
    with pytest.raises(urllib3.exceptions.TimeoutError):
        asyncio.run(upstream.post(behind.url, b"[]", HEADERS))
    behind.close()
    with pytest.raises(urllib3.exceptions.HTTPError):
        asyncio.run(Upstream("test", 5.0).post("http://127.0.0.1:1/", b"[]", HEADERS))
