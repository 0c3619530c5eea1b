"""A worker's load of calls with a body, and its bounds.

A worker is one loop and one interpreter: work on large bodies is done one at a time, beside the
loop, so that small calls are answered in between. What would be too much is refused with 503 at
once, before it costs anything: "later" in time is worth more than an answer for which nobody waits
any more. Health and readiness take no part in this.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec

SMALL_BYTES: Final = 65_536
"""A body or answer up to this size is not weighed: a connection's buffers hold as much anyway."""

LARGE_BYTES: Final = 262_144
"""A larger body is worked on in its turn, in a thread, so that it holds up nobody else."""

MAX_WAITING: Final = 32
"""Large bodies that wait for their turn: a second or two of work, which clients wait for."""

DRAIN: Final = "log_anomaly.drain"
"""Extension of an ASGI scope: waits until the client has taken the answers on its connection."""

PROGRESS: Final = "log_anomaly.progress"
"""In an ASGI scope: a number that changes while a long request, or its connection, gets on."""

_HELD: Final = "log_anomaly.held"


class OverloadedError(Exception):
    """The worker is at a bound of its load; says which."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of a worker's load.

    Attributes:
        requests: calls whose body is there and whose answer is not.
        held_bytes: of large bodies, as they come, and of large answers, until they are taken.
        waiting: large bodies that wait for their turn.
    """

    requests: int
    held_bytes: int
    waiting: int = MAX_WAITING


class Load:
    """Counts what a worker has in hand, and refuses what would be too much.

    `with load:` is around what is done for a call once its body is there.

    Args:
        limits: what is too much.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._requests = 0
        self._held_bytes = 0
        self._waiting = 0
        self._worker = asyncio.Semaphore(1)

    def hold(self, scope: dict[str, Any], n_bytes: int) -> None:
        """Count bytes that a call holds until its answer is taken.

        Args:
            scope: the call's ASGI scope; what it holds is noted there.
            n_bytes: how many more.

        Raises:
            OverloadedError: with them it would be too many.
        """
        if self._held_bytes + n_bytes > self._limits.held_bytes:
            raise OverloadedError(
                f"this worker holds {self._held_bytes} bytes of other calls' bodies and answers; "
                f"send this again, in smaller pieces if it is refused again"
            )
        self._held_bytes += n_bytes
        _share(scope, self).n_bytes += n_bytes

    @property
    def is_full(self) -> bool:
        """Whether another call would be refused, so that nothing can be answered at once."""
        return self._requests >= self._limits.requests

    def __enter__(self) -> None:
        """Count a call whose body is there, until the context ends.

        Raises:
            OverloadedError: too many wait for their answers already.
        """
        if self.is_full:
            raise OverloadedError(
                f"this worker has {self._requests} calls in hand; send this call again"
            )
        self._requests += 1

    def __exit__(self, *_error: object) -> None:
        """Stop counting the call."""
        self._requests -= 1

    @contextlib.asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until no other large body is worked on.

        Raises:
            OverloadedError: too many wait already.
        """
        if self._waiting >= self._limits.waiting:
            raise OverloadedError(
                f"{self._waiting} large bodies wait for this worker; send this body again"
            )
        self._waiting += 1
        try:
            await self._worker.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._worker.release()

    def taken(self, share: "_Share") -> None:
        """Stop counting what a call held."""
        self._held_bytes -= share.n_bytes
        share.n_bytes = 0


class _Share:
    """A call's share of a worker's load."""

    __slots__ = ("load", "n_bytes")

    def __init__(self, load: Load) -> None:
        self.load = load
        self.n_bytes = 0


def _share(scope: dict[str, Any], load: Load) -> _Share:
    share: _Share | None = scope.get(_HELD)
    if share is None:
        share = scope[_HELD] = _Share(load)
    return share


async def give_back(scope: dict[str, Any]) -> None:
    """Stop counting what a call held, once its client has taken the answer.

    A client that does not read is waited for: the server gives it up, and then it is over too.
    """
    share: _Share | None = scope.get(_HELD)
    if share is None:
        return
    try:
        drain = scope.get("extensions", {}).get(DRAIN)
        if share.n_bytes and drain is not None:
            await drain["wait"]()
    finally:
        share.load.taken(share)
