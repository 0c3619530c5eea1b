"""What a worker has in hand."""

import asyncio
from collections.abc import Callable
from typing import Any

import falcon.asgi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.web.calls import App
from inference.web.load import DRAIN, Limits, Load, OverloadedError

LIMITS = Limits(requests=2, held_bytes=1_000, waiting=1)


class Resource:
    """Holds bytes while it answers."""

    def __init__(self, load: Load, n_bytes: int) -> None:
        self._load = load
        self._n_bytes = n_bytes

    async def on_get(self, req: falcon.asgi.Request, _resp: falcon.asgi.Response) -> None:
        """Answer nothing."""
        self._load.hold(req.scope, self._n_bytes)


async def call(load: Load, n_bytes: int, wait: Callable[[], Any]) -> int:
    """Ask an app that holds so many bytes; `wait` is how the client takes the answer."""
    app = App()
    app.add_route("/", Resource(load, n_bytes))
    app.add_error_handler(OverloadedError, _refuse)
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(event: dict[str, Any]) -> None:
        statuses.append(event.get("status", 0))

    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "asgi": {"version": "3.0"},
        "extensions": {DRAIN: {"wait": wait}},
    }
    await app(scope, receive, send)
    return statuses[0]


async def _refuse(
    _req: falcon.asgi.Request, resp: falcon.asgi.Response | None, *_more: object
) -> None:
    assert resp is not None
    resp.status = 503


def fits(load: Load, n_bytes: int) -> bool:
    """Whether so many bytes more would be held."""
    try:
        load.hold({}, n_bytes)
    except OverloadedError:
        return False
    return True


@given(st.lists(st.integers(1, 400), max_size=20))
def test_bytes_are_bounded_and_given_back(sizes: list[int]) -> None:
    """Never more than the limit is held, and all of it is there again afterwards."""
    load = Load(LIMITS)

    async def run() -> None:
        taken = asyncio.Event()
        calls = [asyncio.create_task(call(load, size, taken.wait)) for size in sizes]
        await asyncio.sleep(0)
        taken.set()
        await asyncio.gather(*calls)

    asyncio.run(run())
    assert fits(load, LIMITS.held_bytes)


def test_an_answer_is_held_until_it_is_taken() -> None:
    """A client that does not read keeps its bytes counted, but its place among calls is free."""

    async def run() -> None:
        load = Load(LIMITS)
        taken = asyncio.Event()
        slow = asyncio.create_task(call(load, 900, taken.wait))
        for _ in range(3):  # until its answer is sent
            await asyncio.sleep(0)
        assert await call(load, 200, taken.wait) == 503
        with load, load, pytest.raises(OverloadedError), load:
            pass
        taken.set()
        assert await slow == 200
        assert fits(load, 900)

    asyncio.run(run())


def test_a_client_that_goes_away_gives_all_back() -> None:
    """Also when waiting for it ends in an error."""

    async def run() -> None:
        load = Load(LIMITS)

        async def gone() -> None:
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            await call(load, 900, gone)
        assert fits(load, LIMITS.held_bytes)

    asyncio.run(run())


def test_large_bodies_take_turns() -> None:
    """One body is worked on, a few wait, more are refused."""

    async def run() -> None:
        load = Load(LIMITS)
        at_work = 0
        go = asyncio.Event()

        async def work() -> None:
            nonlocal at_work
            async with load.turn():
                at_work += 1
                assert at_work == 1
                await go.wait()
                at_work -= 1

        tasks = [asyncio.create_task(work()) for _ in range(3)]
        async with asyncio.timeout(10):
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            assert [isinstance(request.exception(), OverloadedError) for request in done] == [True]
            assert at_work == 1
            go.set()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(result, OverloadedError) for result in results) == 1

    asyncio.run(run())


def test_a_turn_that_is_given_up_is_the_next_ones() -> None:
    """Whoever is cancelled while waiting leaves no place taken."""

    async def run() -> None:
        load = Load(LIMITS)
        async with load.turn():
            waiting = load.turn()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await waiting.__aenter__()
        async with asyncio.timeout(10), load.turn():
            pass

    asyncio.run(run())
