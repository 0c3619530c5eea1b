"""Clients that begin a request and do not finish it."""

from inference.serving.slow_clients import READ_TIMEOUT_S, SlowClients


class FakeTransport:
    """Remembers what was done to it."""

    def __init__(self) -> None:
        self.sent = b""
        self.closed = False

    def write(self, data: bytes, /) -> None:
        """Remember bytes."""
        self.sent += data

    def close(self) -> None:
        """Remember the close."""
        self.closed = True


class FakeCycle:
    """A request in progress."""

    def __init__(self, *, more_body: bool) -> None:
        self.more_body = more_body


class FakeConnection:
    """A connection with or without a request."""

    def __init__(self, cycle: FakeCycle | None) -> None:
        self.transport = FakeTransport()
        self.cycle = cycle


def looks(connection: FakeConnection, *times: float) -> list[int]:
    """How many connections each look closed."""
    clients = SlowClients()
    return [clients.give_up([connection], now) for now in times]


def test_half_a_request_is_given_up() -> None:
    """A body that does not end is answered with 408 and closed, not before its time."""
    connection = FakeConnection(FakeCycle(more_body=True))
    assert looks(connection, 0, READ_TIMEOUT_S - 1, READ_TIMEOUT_S) == [0, 0, 1]
    assert connection.transport.sent.startswith(b"HTTP/1.1 408 ")
    assert connection.transport.closed


def test_a_silent_connection_is_given_up() -> None:
    """A connection on which no request ever came is closed too."""
    assert looks(FakeConnection(None), 0, READ_TIMEOUT_S) == [0, 1]


def test_a_request_that_is_being_answered_is_left_alone() -> None:
    """Once the body is whole, an answer may take as long as it takes; so may idle keep-alive."""
    connection = FakeConnection(FakeCycle(more_body=False))
    assert looks(connection, 0, READ_TIMEOUT_S, 1000) == [0, 0, 0]
    assert not connection.transport.closed


def test_each_request_has_its_own_time() -> None:
    """A connection with one incomplete request after the other is not slow."""
    clients = SlowClients()
    connection = FakeConnection(None)
    for now in range(0, 1000, 10):
        connection.cycle = FakeCycle(more_body=True)
        assert clients.give_up([connection], now) == 0
