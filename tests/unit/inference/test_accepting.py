"""Sharing connections out among workers."""

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from inference.serving.accepting import MAX_WORKERS, RETRY_S, Acceptor, Headcount


class Worker:
    """An acceptor with its connections, as one worker process would have.

    Its listening socket is a descriptor of its own, as behind a fork: a loop watches each once.
    """

    def __init__(self, listener: Any, headcount: Headcount) -> None:
        self.connections: set[asyncio.Transport] = set()
        self.broken = 0
        self.listener = listener.dup()
        place = headcount.join()
        self.acceptor = Acceptor(self.listener, self.protocol, self.connections, headcount, place)

    async def stop(self) -> None:
        """Close everything."""
        self.acceptor.close()
        await self.acceptor.wait_closed()
        self.listener.close()
        for connection in self.connections:
            connection.close()
        await until(lambda: not self.connections)

    def protocol(self) -> asyncio.Protocol:
        """A protocol that notes the connections made and lost; the first few break at once."""
        if self.broken:
            self.broken -= 1
            raise ConnectionResetError
        connections = self.connections

        class Noted(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                assert isinstance(transport, asyncio.Transport)
                self.transport = transport
                connections.add(transport)

            def connection_lost(self, _exc: Exception | None) -> None:
                connections.discard(self.transport)

        return Noted()


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until something holds."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - nothing announces what is waited for
            await asyncio.sleep(0.001)


def with_listener(test: Callable[[socket.socket], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine with a listening socket."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        asyncio.run(test(listener))


def test_places_are_given_and_freed() -> None:
    """A worker that left is not compared with, and its place is the next worker's."""
    headcount = Headcount()
    first, second = headcount.join(), headcount.join()
    assert first != second
    headcount.announce(second, 3)
    assert headcount.is_more_than_others(1)
    headcount.leave(first)
    assert not headcount.is_more_than_others(3)
    assert headcount.join() == first


def test_more_workers_than_places_serve_all_the_same() -> None:
    """A worker without a place reports nothing and disturbs nobody."""
    headcount = Headcount()
    places = [headcount.join() for _ in range(MAX_WORKERS + 1)]
    assert places == [*range(MAX_WORKERS), MAX_WORKERS]
    headcount.announce(places[-1], 7)
    headcount.leave(places[-1])
    assert not headcount.is_more_than_others(0)


@pytest.mark.parametrize("count", [8, 100])
def test_workers_hold_alike(count: int) -> None:
    """Connections that come one after the other are shared out, though not evenly to the last.

    To give way takes a moment, and on a busy machine a moment may be over before another came.
    """

    async def run(listener: socket.socket) -> None:
        headcount = Headcount()
        workers = [Worker(listener, headcount) for _ in range(2)]
        clients = []
        for number in range(1, count + 1):
            clients.append(await asyncio.open_connection(*listener.getsockname()))
            await until(lambda: sum(len(worker.connections) for worker in workers) == number)  # noqa: B023 - awaited at once
        shares = [len(worker.connections) for worker in workers]
        for _, writer in clients:
            writer.close()
        for worker in workers:
            await worker.stop()
        assert min(shares) >= count // 4

    with_listener(run)


@pytest.mark.parametrize("retreating", [1, 2])
def test_a_worker_that_is_about_to_end_comes_last(retreating: int) -> None:
    """It leaves clients to others, but none is left waiting when all workers are about to end."""

    async def run(listener: socket.socket) -> None:
        headcount = Headcount()
        workers = [Worker(listener, headcount) for _ in range(2)]
        for worker in workers[:retreating]:
            worker.acceptor.retreat()
        clients = []
        for number in range(1, 9):
            clients.append(await asyncio.open_connection(*listener.getsockname()))
            await until(lambda: sum(len(worker.connections) for worker in workers) == number)  # noqa: B023 - awaited at once
        held = len(workers[0].connections)
        for _, writer in clients:
            writer.close()
        for worker in workers:
            await worker.stop()
        if retreating == 1:
            assert held <= 2  # of 8; half of them, if it were treated as any other

    with_listener(run)


def test_connections_that_ended_are_not_held() -> None:
    """Once the worker says so, others give way to it again."""

    async def run(listener: socket.socket) -> None:
        headcount = Headcount()
        worker = Worker(listener, headcount)
        clients = [await asyncio.open_connection(*listener.getsockname()) for _ in range(8)]
        await until(lambda: len(worker.connections) == 8)
        headcount.announce(headcount.join(), 5)
        for _, writer in clients:
            writer.close()
        await until(lambda: not worker.connections)
        worker.acceptor.announce()
        gives_way = headcount.is_more_than_others(5)
        await worker.stop()
        assert gives_way

    with_listener(run)


def test_a_worker_whose_fellows_do_not_come_accepts_all() -> None:
    """To give way is to wait a moment, not to leave clients waiting."""

    async def run(listener: socket.socket) -> None:
        headcount = Headcount()
        headcount.join()  # holds nothing, and never accepts
        worker = Worker(listener, headcount)
        clients = [await asyncio.open_connection(*listener.getsockname()) for _ in range(50)]
        await until(lambda: len(worker.connections) == 50)
        for _, writer in clients:
            writer.close()
        await worker.stop()

    with_listener(run)


def test_no_client_is_accepted_after_the_close() -> None:
    """A closed acceptor leaves clients to the others, even in the middle of giving way."""

    async def run(listener: socket.socket) -> None:
        headcount = Headcount()
        headcount.join()
        worker = Worker(listener, headcount)
        _, first = await asyncio.open_connection(*listener.getsockname())
        await until(lambda: len(worker.connections) == 1)
        second = socket.create_connection(listener.getsockname())
        while worker.acceptor._timer is None:  # noqa: ASYNC110 - it may end a millisecond later
            await asyncio.sleep(0)
        worker.acceptor.close()
        await asyncio.sleep(0.05)  # fifty times what giving way takes: nothing may happen in it
        assert len(worker.connections) == 1
        first.close()
        second.close()
        await worker.stop()

    with_listener(run)


def test_a_client_that_goes_away_at_once_is_forgotten() -> None:
    """A connection that breaks before it is open is closed, and the next is accepted."""

    async def run(listener: socket.socket) -> None:
        worker = Worker(listener, Headcount())
        worker.broken = 1
        reader, first = await asyncio.open_connection(*listener.getsockname())
        assert await reader.read() == b""
        _, second = await asyncio.open_connection(*listener.getsockname())
        await until(lambda: len(worker.connections) == 1)
        first.close()
        second.close()
        await worker.stop()

    with_listener(run)


class Exhausted:
    """A listening socket of a process without a free descriptor, at first."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.refusals = 1

    def accept(self) -> tuple[socket.socket, Any]:
        """Fail once, then accept."""
        if self.refusals:
            self.refusals -= 1
            raise OSError(errno.EMFILE, "Too many open files")
        return self._listener.accept()

    def dup(self) -> "Exhausted":
        """The same with a descriptor of its own."""
        return Exhausted(self._listener.dup())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._listener, name)


def test_without_descriptors_it_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """Running out of descriptors is logged once a while and ends when some are free."""

    async def run(listener: socket.socket) -> None:
        worker = Worker(Exhausted(listener), Headcount())
        started = asyncio.get_running_loop().time()
        _, client = await asyncio.open_connection(*listener.getsockname())
        await until(lambda: len(worker.connections) == 1)
        assert asyncio.get_running_loop().time() - started >= RETRY_S
        client.close()
        await worker.stop()

    with_listener(run)
    assert [record.message for record in caplog.records] == ["connection.not_accepted"]
