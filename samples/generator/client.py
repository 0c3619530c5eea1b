"""The customers of the shop: HTTP requests through the edge, each bounded in time."""

from __future__ import annotations

import http.client
import json
import socket
import struct
from typing import Any

HOST = "shop.example"


class Client:
    """Sends requests to the edge from several loopback addresses, like several visitors."""

    def __init__(self, port: int) -> None:
        """Takes the port of the edge."""
        self._port = port

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        visitor: int = 1,
        agent: str = "shop-app/2.4",
        key: str | None = None,
    ) -> int:
        """Sends one request and reads the answer.

        Args:
            method: The HTTP method.
            path: Path and query.
            body: A value to send as JSON, or bytes to send as they are.
            visitor: Last number of the loopback address to come from.
            agent: The User-Agent header.
            key: The API key to show, if any.

        Returns:
            The status, or 0 if there was no whole answer.
        """
        headers = {"Host": HOST, "User-Agent": agent, "Connection": "close"}
        if key is not None:
            headers["X-Api-Key"] = key
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._port, timeout=6, source_address=(f"127.0.0.{visitor}", 0)
        )
        try:
            connection.request(method, path, data, headers)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return 0
        else:
            return response.status
        finally:
            connection.close()

    def drop(self, path: str, seconds: float, visitor: int = 1) -> None:
        """Asks for a page and breaks the connection off without reading the answer."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=2) as connection:
            text = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Visitor: {visitor}\r\n\r\n"
            connection.sendall(text.encode())
            connection.settimeout(seconds)
            try:
                connection.recv(1)
            except TimeoutError:
                # Lingering for zero seconds makes close() send a reset.
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
