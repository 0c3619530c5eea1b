"""Gives up connections on which a client keeps the server waiting.

uvicorn waits for the rest of a request for ever, and for a client that does not read its answer.
Some thousand such clients would hold as many connections and tasks. A timer for each request would
cost every request; checking all connections now and then costs none of them.
"""

import enum
from collections.abc import Iterable
from typing import Any, Final, Protocol

from inference.web.load import PROGRESS

WAIT_S: Final = 30.0
"""A request must be whole this long after it was first seen incomplete, or, if it is a stream, have
got on; a client that reads its answer must have taken more of it by then."""

_ANSWER: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
"""RFC 9110, section 15.5.9."""


class Transport(Protocol):
    """The methods that are used of an asyncio transport."""

    def write(self, data: bytes, /) -> None:
        """Send bytes."""

    def close(self) -> None:
        """Close once they are sent."""

    def abort(self) -> None:
        """Close, whatever is not sent."""

    def get_write_buffer_size(self) -> int:
        """How many bytes are not sent yet."""


class Cycle(Protocol):
    """The attributes that are used of uvicorn's request in progress."""

    more_body: bool
    response_started: bool
    response_complete: bool
    scope: Any


class Connection(Protocol):
    """The members that are used of `inference.serving.protocol.HttpProtocol`."""

    @property
    def transport(self) -> Transport:
        """Where its bytes go."""

    @property
    def cycle(self) -> Cycle | None:
        """The last request on it, answered or not; None before the first."""

    @property
    def in_head(self) -> bool:
        """Whether the head of a request has begun and is not whole."""


class Wait(enum.Enum):
    """What a connection is waiting for."""

    REQUEST = "the rest of a request"
    READER = "a client that reads"
    CLIENT = "a first request, or the rest of a body that was answered early"
    NEXT = "the next request"
    ANSWER = "us"


def waits_for(connection: Connection) -> Wait:
    """What keeps this connection open."""
    cycle = connection.cycle
    if connection.transport.get_write_buffer_size():
        return Wait.READER
    if connection.in_head:
        return Wait.REQUEST
    if cycle is None:
        return Wait.CLIENT
    if cycle.more_body:
        return Wait.CLIENT if cycle.response_complete else Wait.REQUEST
    return Wait.NEXT if cycle.response_complete else Wait.ANSWER


class SlowClients:
    """Remembers what each connection was waiting for when it last looked.

    Args:
        keep_alive_s: how long a connection may be idle between two requests.
    """

    def __init__(self, keep_alive_s: float) -> None:
        # Uvicorn has a timer for idle connections, which any byte of a client stops.
        self._patience = dict.fromkeys(Wait, WAIT_S) | {Wait.NEXT: keep_alive_s + WAIT_S}
        self._since: dict[tuple[Any, ...], float] = {}

    def give_up(self, connections: Iterable[Connection], now: float) -> int:
        """Close the connections that have waited too long for their client.

        Only where half a request is there is it answered: on an idle connection, a client would
        take a 408 for the answer to what it sends next.

        Args:
            connections: all that are open.
            now: monotonic seconds.

        Returns:
            How many were closed.
        """
        before, self._since, closed = self._since, {}, 0
        for connection in connections:
            wait = waits_for(connection)
            if wait is Wait.ANSWER:
                continue
            unsent = connection.transport.get_write_buffer_size()
            cycle = connection.cycle
            progress = None if cycle is None else cycle.scope.get(PROGRESS)
            key = (connection, cycle, wait, unsent, progress)
            since = before.get(key, now)
            if now - since < self._patience[wait]:
                self._since[key] = since
                continue
            closed += 1
            if wait is Wait.READER:
                connection.transport.abort()
            else:
                if wait is Wait.REQUEST and not _is_being_answered(cycle):
                    connection.transport.write(_ANSWER)
                connection.transport.close()
        return closed


def _is_being_answered(cycle: Cycle | None) -> bool:
    """Whether a stream's answer has begun, so that it can only be cut off."""
    return cycle is not None and cycle.response_started and not cycle.response_complete
