"""Writes an answer whose body is whole: head and body in one call, and so mostly in one packet.

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


class Cycle(RequestResponseCycle):
    """One request and its answer, as uvicorn's but for how an ordinary answer is written."""

    _start: Any = None

    async def send(self, message: Any) -> None:
        """Take an event of the app's (ASGI)."""
        if message["type"] == _START and not self.response_started:
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
