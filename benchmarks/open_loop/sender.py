"""An open-loop load generator: requests leave at a fixed rate, whatever is answered.

wrk is closed-loop: a connection waits for its answer before it sends again, so a service that
stalls is asked less while it stalls, and the stall is counted once per connection. Here request k
is due at `started + k / rate` and its latency counts from that moment, whether a connection was
free then or not (G. Tene, "How NOT to Measure Latency": coordinated omission).
"""

import re
import select
import socket
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from benchmarks.results import Run

PERCENTILES: Final = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "p99.9": 0.999, "max": 1.0}

TICK_S: Final = 0.0001
"""The sender sleeps no longer, and wakes up for no answer: half the processor time, and latencies
that are at most so much (and the kernel's slack, 0.05 ms) too long."""

_ANSWER_BYTES: Final = 262_144
_HEAD_END: Final = b"\r\n\r\n"
_IDLE: Final = -1
_OK: Final = b"HTTP/1.1 200 "
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSE: Final = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)

OnAnswer = Callable[[int, bytes], None]
"""Gets the index of a request and the body of its answer, of answers with status 200 alone."""


class PacedRun(msgspec.Struct, frozen=True):
    """What came of a round, and what sending it cost.

    Attributes:
        run: as of any load generator; a latency counts from when its request was due.
        sender_cpu_s: processor time of the sender.
        lag_ms: 99th percentile of how late the sender was where a connection was free.
    """

    run: Run
    sender_cpu_s: float
    lag_ms: float


class _Connection:
    """A kept-alive connection and the request that is under way on it."""

    __slots__ = ("due", "index", "received", "socket")

    def __init__(self) -> None:
        self.socket: socket.socket | None = None
        self.index = _IDLE
        self.due = 0.0
        self.received = b""


class Sender:
    """Sends requests to one port and reads their answers, all in the calling thread.

    Args:
        port: on 127.0.0.1.
        requests: whole HTTP requests, sent in order, over and over.
        connections: how many to keep open.
        on_answer: is called with each answer.
        tick_s: how long to sleep at most before looking for answers.
        timeout_s: how long to wait for the last answers.
    """

    def __init__(
        self,
        port: int,
        requests: Sequence[bytes],
        *,
        connections: int,
        on_answer: OnAnswer | None = None,
        tick_s: float = TICK_S,
        timeout_s: float = 30.0,
    ) -> None:
        self._address = ("127.0.0.1", port)
        self._requests = requests
        self._on_answer = on_answer
        self._tick_s = tick_s
        self._timeout_s = timeout_s
        self._free = deque(_Connection() for _ in range(connections))
        self._open: dict[int, _Connection] = {}
        self._under_way = 0
        self._poll = select.epoll()
        self._failures: Counter[str] = Counter()
        self._latencies = array("d")
        self._lags = array("d")

    def send(self, rate: float, seconds: float) -> PacedRun:
        """Send `rate` requests a second for a while, and wait for the last answers."""
        total = int(rate * seconds)
        cpu = time.process_time()
        clock = time.perf_counter
        sent = 0
        started = now = none_free = clock()
        end = started + seconds + self._timeout_s
        while (sent < total or self._under_way) and now < end:
            now = clock()
            while self._free and sent < total and (due := started + sent / rate) <= now:
                if due > none_free:
                    self._lags.append(now - due)
                self._send(sent, due)
                sent += 1
            if not self._free:
                none_free = now
            until_due = max(started + sent / rate - now, 0.0) if self._free else self._tick_s
            time.sleep(min(until_due, self._tick_s))
            now = clock()
            for handle, _ in self._poll.poll(0):
                self._receive(self._open[handle], now)
        self._failures["unanswered"] += total - len(self._latencies) - self._failures.total()
        length = max(seconds, clock() - started)
        self._close()
        latency_ms = percentiles_ms(self._latencies)
        run = Run(len(self._latencies), length, dict(self._failures), latency_ms)
        lag_ms = percentiles_ms(self._lags).get("p99", 0.0)
        return PacedRun(run, time.process_time() - cpu, lag_ms)

    def _send(self, number: int, due: float) -> None:
        connection = self._free.popleft()
        connection.index = number % len(self._requests)
        connection.due = due
        self._under_way += 1
        try:
            if connection.socket is None:
                connection.socket = self._connect(connection)
            connection.socket.sendall(self._requests[connection.index])
        except OSError:
            self._fail(connection, "connect" if connection.socket is None else "write")

    def _connect(self, connection: _Connection) -> socket.socket:
        made = socket.create_connection(self._address, timeout=self._timeout_s)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._poll.register(made, select.EPOLLIN)
        self._open[made.fileno()] = connection
        return made

    def _receive(self, connection: _Connection, now: float) -> None:
        assert connection.socket is not None
        try:
            part = connection.socket.recv(_ANSWER_BYTES)
        except OSError:
            part = b""
        if connection.index == _IDLE:
            self._drop(connection)  # the service may close it; the next request opens another
            return
        received = connection.received = connection.received + part
        body = received.find(_HEAD_END) + len(_HEAD_END)
        length = _LENGTH.search(received, 0, body)
        if length is not None and len(received) >= body + int(length[1]):
            self._answered(connection, received[:body], received[body:], now)
        elif not part:
            self._fail(connection, "closed")

    def _answered(self, connection: _Connection, head: bytes, body: bytes, now: float) -> None:
        if not head.startswith(_OK):
            self._fail(connection, "status")
            return
        self._latencies.append(now - connection.due)
        if self._on_answer:
            self._on_answer(connection.index, body)
        if _CLOSE.search(head):
            self._drop(connection)
        self._release(connection)

    def _fail(self, connection: _Connection, kind: str) -> None:
        self._failures[kind] += 1
        self._drop(connection)
        self._release(connection)

    def _release(self, connection: _Connection) -> None:
        connection.index = _IDLE
        connection.received = b""
        self._under_way -= 1
        self._free.append(connection)

    def _drop(self, connection: _Connection) -> None:
        if connection.socket is not None:
            del self._open[connection.socket.fileno()]
            connection.socket.close()  # which takes it out of the poll as well
            connection.socket = None

    def _close(self) -> None:
        for connection in list(self._open.values()):
            self._drop(connection)
        self._poll.close()


def percentiles_ms(seconds: Sequence[float]) -> dict[str, float]:
    """Percentiles by rank, in milliseconds: of 1,000 values the 991st is the p99."""
    ordered = sorted(seconds)
    last = len(ordered) - 1
    return {
        name: round(1e3 * ordered[min(int(share * len(ordered)), last)], 3)
        for name, share in PERCENTILES.items()
        if ordered
    }
