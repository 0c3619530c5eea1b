"""Ends seen from a resource: of the client that waits, and of the process that answers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import falcon
import falcon.asgi

from inference.errors import ClientLeftError

DRAINING: Final = "draining"
"""Key of the lifespan's state that the server sets when its process is about to end."""


T = TypeVar("T")


async def while_client_waits(req: falcon.asgi.Request, work: Coroutine[Any, Any, T]) -> T:
    """Do work for a request whose body has been read, and cancel it when the client leaves.

    Raises:
        ClientLeftError: the client has gone.
    """
    working, watching = asyncio.ensure_future(work), asyncio.ensure_future(_until_left(req))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientLeftError("the client did not wait for the answer")
        return await working
    finally:
        working.cancel()
        watching.cancel()


@asynccontextmanager
async def watched_client(req: falcon.asgi.Request) -> AsyncIterator[Callable[[], bool]]:
    """Watch the client of a request whose body has been read.

    Yields:
        Says whether the client has gone; may be asked from any thread.
    """
    watching = asyncio.create_task(_until_left(req))
    try:
        yield watching.done
    finally:
        watching.cancel()


async def _until_left(req: falcon.asgi.Request) -> None:
    receive = req._receive  # noqa: SLF001 - Falcon offers it for server-sent events alone
    while (await receive())["type"] != "http.disconnect":
        pass


def refuse_if_draining(req: falcon.asgi.Request) -> None:
    """Have balancers send nothing more to a process that is about to end.

    Raises:
        falcon.HTTPServiceUnavailable: the process is about to end.
    """
    if req.scope.get("state", {}).get(DRAINING):
        raise falcon.HTTPServiceUnavailable(
            title="The service is ending",
            description="this process answers what has begun and takes no more; ask another",
            retry_after=1,
        )
