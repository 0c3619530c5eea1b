"""Clients that keep the server waiting."""

import dataclasses
from typing import Any

import pytest

from inference.serving.slow_clients import WAIT_S, SlowClients, Wait, waits_for
from inference.web.load import PROGRESS

KEEP_ALIVE_S = 75.0


@dataclasses.dataclass(eq=False)
class FakeTransport:
    """Remembers what was done to it."""

    unsent: int = 0
    sent: bytes = b""
    closed: bool = False
    aborted: bool = False

    def write(self, data: bytes, /) -> None:
        """Remember bytes."""
        self.sent += data

    def close(self) -> None:
        """Remember the close."""
        self.closed = True

    def abort(self) -> None:
        """Remember the end."""
        self.aborted = True

    def get_write_buffer_size(self) -> int:
        """As set."""
        return self.unsent


@dataclasses.dataclass(eq=False)
class FakeCycle:
    """A request in progress."""

    more_body: bool = False
    response_complete: bool = False
    response_started: bool = False
    scope: dict[str, Any] = dataclasses.field(default_factory=dict)


class FakeConnection:
    """A connection in any state."""

    def __init__(self, cycle: FakeCycle | None, *, in_head: bool = False, unsent: int = 0) -> None:
        self.fake = FakeTransport(unsent)
        self._cycle = cycle
        self._in_head = in_head

    @property
    def transport(self) -> FakeTransport:
        """Where its bytes go."""
        return self.fake

    @property
    def cycle(self) -> FakeCycle | None:
        """The last request."""
        return self._cycle

    @property
    def in_head(self) -> bool:
        """As set."""
        return self._in_head


ANSWERED = FakeCycle(response_complete=True)
HALF = FakeCycle(more_body=True)
AT_WORK = FakeCycle()
ANSWERED_EARLY = FakeCycle(more_body=True, response_complete=True)

STATES = [
    (FakeConnection(None), Wait.CLIENT),
    (FakeConnection(None, in_head=True), Wait.REQUEST),
    (FakeConnection(HALF), Wait.REQUEST),
    (FakeConnection(ANSWERED, in_head=True), Wait.REQUEST),
    (FakeConnection(ANSWERED_EARLY), Wait.CLIENT),
    (FakeConnection(ANSWERED), Wait.NEXT),
    (FakeConnection(AT_WORK), Wait.ANSWER),
    (FakeConnection(AT_WORK, unsent=9), Wait.READER),
    (FakeConnection(ANSWERED, unsent=9), Wait.READER),
]


@pytest.mark.parametrize(("connection", "expected"), STATES)
def test_what_a_connection_waits_for(connection: FakeConnection, expected: Wait) -> None:
    """Every state of a connection is distinguished from the others."""
    assert waits_for(connection) is expected


@pytest.mark.parametrize(("connection", "wait"), STATES)
def test_what_is_done_when_it_waits_too_long(connection: FakeConnection, wait: Wait) -> None:
    """Half a request gets a 408, all else is closed without a word, and nothing before its time."""
    transport = FakeTransport(connection.transport.unsent)
    connection.fake = transport
    patience = KEEP_ALIVE_S + WAIT_S if wait is Wait.NEXT else WAIT_S
    clients = SlowClients(KEEP_ALIVE_S)
    assert [clients.give_up([connection], now) for now in (0, patience - 1)] == [0, 0]
    given_up = clients.give_up([connection], patience)
    assert given_up == (wait is not Wait.ANSWER)
    assert transport.sent.startswith(b"HTTP/1.1 408 ") == (wait is Wait.REQUEST)
    assert bool(transport.sent) == (wait is Wait.REQUEST)
    assert transport.aborted == (wait is Wait.READER)
    assert transport.closed == (wait not in {Wait.READER, Wait.ANSWER})


def test_a_client_that_reads_on_is_left_alone() -> None:
    """However slowly, as long as there is less to send each time."""
    clients = SlowClients(KEEP_ALIVE_S)
    connection = FakeConnection(AT_WORK)
    for now in range(1000):
        connection.transport.unsent = 2000 - now
        assert clients.give_up([connection], now * 10.0) == 0


def test_a_stream_may_take_long_while_it_gets_on() -> None:
    """A body that is judged as it comes; when nothing comes any more, its answer is cut off."""
    clients = SlowClients(KEEP_ALIVE_S)
    cycle = FakeCycle(more_body=True, response_started=True)
    connection = FakeConnection(cycle)
    for now in range(0, 1000, 10):
        cycle.scope[PROGRESS] = now
        assert clients.give_up([connection], now) == 0
    assert clients.give_up([connection], 1000 + WAIT_S) == 1
    assert connection.fake.closed
    assert connection.fake.sent == b""


def test_each_request_has_its_own_time() -> None:
    """A connection with one incomplete request after the other is not slow."""
    clients = SlowClients(KEEP_ALIVE_S)
    connection = FakeConnection(None)
    for now in range(0, 1000, 10):
        connection._cycle = FakeCycle(more_body=True)
        assert clients.give_up([connection], now) == 0
