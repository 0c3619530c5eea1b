"""Answers calls whose heads are known, without parsing them.

A client sends the same heads again and again, and for a prediction the parser, the scope of each
request and its headers take as long as all the rest. So a plain call that came alone and whole is
known again by the bytes of its head (`inference.web.shortcut`); whatever differs in one byte is
parsed.
"""

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from inference.serving.writing import default_lines, whole_answer
from inference.web.load import PROGRESS
from inference.web.shortcut import MAX_KNOWN_BYTES, PlainCall, Shortcut

_END: Final = b"\r\n\r\n"
"""Of a head."""


class KnownCalls:
    """The calls of one connection, from the second on.

    Args:
        connection: where they come.
        shortcut: answers plain calls.
    """

    def __init__(self, connection: HttpToolsProtocol, shortcut: Shortcut) -> None:
        self._connection = connection
        self._shortcut = shortcut

    def may_have(self, data: bytes) -> bool:
        """Whether bytes that have come begin a request, and are few enough for a known head."""
        cycle = self._connection.cycle
        return (
            len(data) <= MAX_KNOWN_BYTES
            and cycle is not None
            and cycle.response_complete
            and not cycle.more_body
            and self._connection.scope is cycle.scope
        )

    def answer(self, data: bytes) -> bool:
        """Answer a whole call whose head is known; False for any other, which is to be parsed."""
        connection = self._connection
        head, _, body = data.partition(_END)
        call = self._shortcut.known_call(head, len(body))
        lines = default_lines(connection.server_state.default_headers)
        if call is None or not lines or connection.flow.write_paused:
            return False
        answer = self._shortcut.answer(call, body)
        if answer is None:
            return False
        connection.transport.write(whole_answer(lines, *answer))
        connection.server_state.total_requests += 1
        # The last request that was parsed stays the connection's; it is not waiting nevertheless.
        connection.cycle.scope[PROGRESS] = connection.server_state.total_requests  # type: ignore[typeddict-unknown-key]  # of our own
        return True

    def remember(self, data: bytes, call: PlainCall) -> None:
        """Know the head of a call again that was just answered, if it came alone and whole."""
        head, _, body = data.partition(_END)
        if body == self._connection.cycle.body:
            self._shortcut.remember(head, len(body), call)
