"""Gives up connections on which a request has begun and does not get finished.

uvicorn waits for the rest of a request for ever. Some thousand clients that send half a request
and wait would hold as many connections and tasks. A timer for each request would cost every
request; looking at all connections now and then costs none of them.
"""

from collections.abc import Iterable
from typing import Final, Protocol

READ_TIMEOUT_S: Final = 30.0
"""A request must be complete this long after it was first seen incomplete."""

_ANSWER: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
"""RFC 9110, section 15.5.9."""


class Transport(Protocol):
    """What we need of an asyncio transport."""

    def write(self, data: bytes, /) -> None:
        """Send bytes."""

    def close(self) -> None:
        """Close once they are sent."""


class Cycle(Protocol):
    """What we need of uvicorn's request in progress."""

    more_body: bool


class Connection(Protocol):
    """What we need of uvicorn's connection."""

    @property
    def transport(self) -> Transport:
        """Where its bytes go."""

    @property
    def cycle(self) -> Cycle | None:
        """The last request on it, answered or not; None before the first."""


class SlowClients:
    """Remembers which requests were incomplete when it last looked."""

    def __init__(self) -> None:
        self._since: dict[tuple[Connection, Cycle | None], float] = {}

    def give_up(self, connections: Iterable[Connection], now: float) -> int:
        """Close the connections whose request has been incomplete for too long.

        Args:
            connections: all that are open.
            now: monotonic seconds.

        Returns:
            How many were closed.
        """
        before, self._since, closed = self._since, {}, 0
        for connection in connections:
            # No cycle: not even the headers of a first request have come.
            cycle = connection.cycle
            if cycle is not None and not cycle.more_body:
                continue
            since = before.get((connection, cycle), now)
            if now - since < READ_TIMEOUT_S:
                self._since[connection, cycle] = since
            else:
                connection.transport.write(_ANSWER)
                connection.transport.close()
                closed += 1
        return closed
