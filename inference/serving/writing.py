"""Writes an answer whose body is whole: head and body in a single call, so mostly in one packet.

uvicorn writes the head when the app sends it and the body behind it, and uvloop hands each write to
the kernel at once. That is twice the work for the kernel and for the client, which wakes up for a
head without a body. So the head of an answer that says its length waits for the body.
"""

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

_START: Final = "http.response.start"
_LENGTH: Final = b"content-length"
_FRAMING: Final = frozenset({b"connection", b"transfer-encoding"})
"""Headers that have uvicorn do more than write them."""

_OK: Final = STATUS_LINE[200]


class DefaultLines:
    """The lines of all heads, which change once a second with the date: made that often."""

    def __init__(self) -> None:
        self._headers: Any = None
        self._lines = b""

    def of(self, headers: list[tuple[bytes, bytes]]) -> bytes:
        """The lines of uvicorn's default headers; empty if there is more to them than lines."""
        if headers is not self._headers:
            self._headers = headers
            plain = _FRAMING.isdisjoint(name for name, _ in headers)
            self._lines = b"".join(b"%b: %b\r\n" % pair for pair in headers) if plain else b""
        return self._lines


_default_lines: Final = DefaultLines()


def default_lines(headers: list[tuple[bytes, bytes]]) -> bytes:
    """The lines that all heads share now; empty where an answer takes more than to write it."""
    return _default_lines.of(headers)


def whole_answer(defaults: bytes, lines: bytes, body: bytes) -> bytes:
    """A whole answer with the status 200.

    Args:
        defaults: see `default_lines`.
        lines: of its head, behind those of all heads.
        body: at least a byte.
    """
    return b"".join((_OK, defaults, lines, body))


class Cycle(RequestResponseCycle):
    """A request and its answer: uvicorn's cycle, but for two things.

    An ordinary answer is written in a single call. And a client that asks first (`Expect:
    100-continue`) is let send its body when the app reads that, not when it looks at the head:
    Falcon wants the first piece of every body before it calls anything of ours, and such a client
    would have to send what its head forbids, by token, path, type or length.
    """

    _start: Any = None
    _is_read = False

    async def receive(self) -> Any:
        """Give the app an event (ASGI): to a client that asks first, an empty piece comes first."""
        if self.waiting_for_100_continue and not self._is_read:
            self._is_read = True
            return {"type": "http.request", "body": b"", "more_body": True}
        return await super().receive()

    def answer(self, lines: bytes, body: bytes) -> None:
        """Write a whole answer with the status 200; only where `takes_answer` is true.

        Args:
            lines: of its head, behind those of all heads.
            body: at least a byte.
        """
        self.response_started = self.response_complete = True
        self.transport.write(whole_answer(default_lines(self.default_headers), lines, body))
        self.on_response()

    @property
    def takes_answer(self) -> bool:
        """Whether a whole answer may be written as it is: the connection stays, and is free."""
        return (
            self.keep_alive
            and not self.flow.write_paused
            and bool(default_lines(self.default_headers))
        )

    async def send(self, message: Any) -> None:
        """Take an event of the app's (ASGI)."""
        if message["type"] == _START and not self.response_started:
            if self.waiting_for_100_continue and self.more_body and not self.body:
                # The body was not let come, and what comes next could be taken for it (RFC 9110,
                # section 10.1.1).
                self.keep_alive = False
            self._start = message
            if _LENGTH not in dict(message["headers"]):
                await self._send_start()  # the body may take its time
            return
        if self._start is not None:
            head = self._head(message)
            if head:
                self._write(head, message["body"])
                return
            await self._send_start()
        await super().send(message)

    async def _send_start(self) -> None:
        start, self._start = self._start, None
        await super().send(start)

    def _head(self, message: Any) -> bytes:
        """The head of the answer; empty if there is more to it than to write it."""
        body, start = message.get("body"), self._start
        if (
            not body
            or message.get("more_body")
            or not self.keep_alive
            or self.disconnected
            or self.flow.write_paused
            or self.scope["method"] == "HEAD"
        ):
            return b""
        lines = [STATUS_LINE[start["status"]]]
        for name, value in (*self.default_headers, *start["headers"]):
            if name in _FRAMING or (name == _LENGTH and int(value) != len(body)):
                return b""
            lines.append(b"%b: %b\r\n" % (name, value))
        head = b"".join(lines)
        # uvicorn refuses what would be taken for another header.
        whole = head.count(b"\n") == head.count(b"\r") == len(lines) and b"\0" not in head
        return head + b"\r\n" if whole else b""

    def _write(self, head: bytes, body: bytes) -> None:
        self._start = None
        self.response_started = self.response_complete = True
        self.waiting_for_100_continue = False
        self.transport.writelines((head, body))
        self.message_event.set()
        self.on_response()
