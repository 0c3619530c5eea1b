"""Accepts connections so that all workers of a service hold about as many of them.

The workers share a listening socket. The worker that wakes first would take all connections that
wait there. Clients that keep few connections would often have them all with a single worker, while
the others idle. So each worker publishes how many connections it holds, and a worker that holds
more than another gives way for a moment.
"""

import asyncio
import logging
import mmap
import socket
import ssl
from collections.abc import Callable, Sized
from typing import Final

GIVE_WAY_S: Final = 0.001
"""How long another worker has to come first; the shortest that uvloop's timers know."""

RETRY_S: Final = 1.0
"""How long nothing is accepted when the process or the system has no descriptor left."""

HANDSHAKE_TIMEOUT_S: Final = 10.0
"""How long a client may take to agree on TLS."""

MAX_WORKERS: Final = 64
"""Workers that have a place; any further worker gives way to these."""

_NOBODY: Final = 2**31 - 1
_LAST: Final = _NOBODY - 1
"""More than any worker holds: published by a worker that lets all others come first."""

_log = logging.getLogger(__name__)


class Headcount:
    """How many connections each worker holds, in memory that is made before the fork.

    Each worker writes to its own place only, so nothing needs a lock.
    """

    def __init__(self) -> None:
        self._held = memoryview(mmap.mmap(-1, 4 * MAX_WORKERS)).cast("i")
        for place in range(MAX_WORKERS):
            self._held[place] = _NOBODY

    def join(self) -> int:
        """A free place for a worker; MAX_WORKERS if there is none."""
        places = self._held.tolist()
        place = places.index(_NOBODY) if _NOBODY in places else MAX_WORKERS
        self.announce(place, 0)
        return place

    def leave(self, place: int) -> None:
        """Free the place of a worker that has ended."""
        self.announce(place, _NOBODY)

    def announce(self, place: int, held: int) -> None:
        """Say how many connections the worker with this place holds."""
        if place < MAX_WORKERS:
            self._held[place] = held

    def is_more_than_others(self, held: int) -> bool:
        """Whether another worker holds fewer."""
        return held > min(self._held)


class Acceptor:
    """Accepts from a listening socket for a worker; has what uvicorn uses of `asyncio.Server`.

    Args:
        listener: a listening socket, from which other processes accept as well.
        make_protocol: makes the protocol of a new connection.
        connections: those that this worker holds.
        headcount: where the workers tell each other how many they hold.
        place: the worker's place in it.
        tls: what to speak TLS with; None for plain connections.
    """

    def __init__(
        self,
        listener: socket.socket,
        make_protocol: Callable[[], asyncio.Protocol],
        connections: Sized,
        headcount: Headcount,
        place: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._listener = listener
        self._make_protocol = make_protocol
        self._connections = connections
        self._headcount = headcount
        self._place = place
        self._tls = tls
        self._opening: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._crowd = 1
        self._retreats = False
        listener.settimeout(0)
        self._wait()

    def retreat(self) -> None:
        """Let all others come first from now on: this worker is about to end.

        With fewer connections from moment to moment it would draw the very clients that it has just
        asked to leave. It goes on accepting if no other does.
        """
        self._retreats = True
        self.announce()

    def announce(self) -> None:
        """Say how many connections this worker holds, to be called now and then.

        Those that end are not noticed here. A worker that once held them all would else leave the
        next to another, which takes what waits before this worker is awake.
        """
        self._headcount.announce(self._place, self._held)

    @property
    def _held(self) -> int:
        return _LAST if self._retreats else len(self._connections) + len(self._opening)

    def close(self) -> None:
        """Accept no more; what was accepted stays."""
        self._loop.remove_reader(self._listener)
        if self._timer is not None:
            self._timer.cancel()

    async def wait_closed(self) -> None:
        """Nothing is left to wait for."""

    def _wait(self) -> None:
        self._loop.add_reader(self._listener, self._look)

    def _look(self) -> None:
        if self._gives_way():
            self._pause(GIVE_WAY_S, self._insist)
            return
        while self._accept() and not self._gives_way():
            pass

    def _gives_way(self) -> bool:
        self.announce()
        return self._headcount.is_more_than_others(self._held)

    def _pause(self, seconds: float, then: Callable[[], None]) -> None:
        self._loop.remove_reader(self._listener)
        self._timer = self._loop.call_later(seconds, then)

    def _insist(self) -> None:
        """Accept clients whom the others have left waiting: twice as many as the last time."""
        self._wait()
        for _ in range(self._crowd):
            if not self._accept():
                self._crowd = 1
                return
        self._crowd *= 2

    def _accept(self) -> bool:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False  # another worker, or a signal, was faster, or the client went away
        except OSError as error:
            _log.error("connection.not_accepted", extra={"reason": str(error)})
            self._pause(RETRY_S, self._wait)
            return False
        connection.settimeout(0)
        opening = self._loop.create_task(self._open(connection))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        return True

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(
                self._make_protocol,
                connection,
                ssl=self._tls,
                ssl_handshake_timeout=None if self._tls is None else HANDSHAKE_TIMEOUT_S,
            )
        except OSError:
            connection.close()  # the client went away meanwhile, or does not speak TLS as we do
