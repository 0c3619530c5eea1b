"""A mirror whose object store answers slowly: it waits, and nothing half fetched appears."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from inference.store.versions import ModelStore
from tests.integration.calls import REQUEST
from tests.integration.conftest import Service, StartInference, free_port
from tests.integration.s3_server import Server, publish
from tests.waiting import until

PIECE_BYTES: Final = 4_096
HELD_AFTER: Final = 100_000
"""Bytes of answers: more than a manifest and a listing, less than a graph."""


class Relay:
    """A way to a server that passes on so many bytes of its answers, and holds the rest back.

    Attributes:
        is_holding: whether bytes wait.
    """

    def __init__(self, port: int) -> None:
        self._server = port
        self._left = float("inf")
        self._changed = threading.Condition()
        self.is_holding = False

    def allow(self, n_bytes: float) -> None:
        """Pass on so many bytes more, and no others."""
        with self._changed:
            self._left = n_bytes
            self._changed.notify_all()

    @contextlib.contextmanager
    def running(self) -> Iterator[int]:
        """While it listens, on this port."""
        relay = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.create_connection(("127.0.0.1", relay._server)) as server:
                    there = threading.Thread(target=_copy, args=(self.request, server))
                    there.start()
                    with contextlib.suppress(OSError):
                        while piece := server.recv(PIECE_BYTES):
                            relay._wait_for(len(piece))
                            self.request.sendall(piece)
                    with contextlib.suppress(OSError):
                        self.request.shutdown(socket.SHUT_RDWR)
                    there.join()

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        with Listener(("127.0.0.1", 0), Handler) as listener:
            thread = threading.Thread(target=listener.serve_forever)
            thread.start()
            try:
                yield listener.server_address[1]
            finally:
                self.allow(float("inf"))
                listener.shutdown()
                thread.join()

    def _wait_for(self, n_bytes: int) -> None:
        with self._changed:
            self.is_holding = self._left < n_bytes
            self._changed.wait_for(lambda: self._left >= n_bytes)
            self._left -= n_bytes
            self.is_holding = False


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def test_a_slow_store_delays_and_spoils_nothing(
    start_inference: StartInference,
    services: list[Service],
    server: Server,
    model_dir: Path,
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a graph is on its way the version before serves and the new one is not there; it is
    brought once its bytes come, also if the mirror gave up in between.
    """
    for name, value in server.environ.items():
        monkeypatch.setenv(name, value)
    pod = tmp_path / "pod"
    pod.mkdir()
    publish(tmp_path / "trainer", address, model_dir)
    relay = Relay(server.ports["s3.port"])
    with relay.running() as port:
        way = {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", "MODEL_STORE": address}
        variables = {"ANOMALY_MIRROR_POLL_S": "0.1", "MODEL_DIR": str(pod), **way}
        log = tmp_path / "mirror.log"
        services.append(Service(["inference", "mirror"], variables, free_port(), log))
        service = start_inference(pod)

        def version() -> str:
            return str(service.call("POST", "/predict", REQUEST).json().get("model_version"))

        def has_failed() -> bool:
            return "mirror.failed" in log.read_text()

        def wait_for(number: str) -> None:
            until(lambda: version() == number, f"version {number}")

        wait_for("1")
        for number, gives_up in (("2", False), ("3", True)):
            relay.allow(HELD_AFTER)
            publish(tmp_path / "trainer", address, model_dir)
            until(lambda: relay.is_holding, "that bytes are held back")
            if gives_up:
                until(has_failed, "that the mirror gives up", within_s=60)
            assert version() == str(int(number) - 1)
            assert int(number) not in ModelStore(pod).versions()
            assert has_failed() is gives_up
            relay.allow(float("inf"))
            wait_for(number)
