"""Loads the model when a worker starts, before its first request, and follows the store then."""

import asyncio
import contextlib
import gc
from typing import Any

from inference.errors import ModelNotLoadedError
from inference.store.slot import ModelSlot


class WarmUpMiddleware:
    """Falcon lifespan hooks; they run in the worker, after the fork."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot
        self._watching: asyncio.Task[None] | None = None

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Load the version that CURRENT names; a worker starts with an empty store as well."""
        with contextlib.suppress(ModelNotLoadedError):
            await self._slot.current()
        # Objects loaded by now live for ever: the garbage collector need not visit them.
        gc.freeze()
        self._slot.give_back_memory()
        self._watching = asyncio.create_task(self._slot.watch())

    async def process_shutdown(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Stop following the store."""
        if self._watching is not None:
            self._watching.cancel()
