"""A service behind the service under test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.integration.conftest import free_port


class Receiver:
    """Takes what is POSTed to it; it can be stopped and started again at one address.

    Attributes:
        status: what it answers.
        bodies: what it took.

    Args:
        take: takes a body in the place of `bodies`.
    """

    def __init__(self, take: Callable[[bytes], None] | None = None) -> None:
        self.port = free_port()
        self.status = 200
        self.bodies: list[bytes] = []
        self._take = take or self.bodies.append

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """While it answers."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.status == 200:
                    receiver._take(body)
                self.send_response(receiver.status)
                self.send_header("Content-Type", self.headers["Content-Type"])
                self.send_header("Content-Length", "2")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as above
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
