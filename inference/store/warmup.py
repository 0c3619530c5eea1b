"""Loads the model when a worker starts, before its first request."""

import contextlib
import ctypes
import gc
from typing import Any

from inference.errors import ModelNotLoadedError
from inference.store.slot import ModelSlot


class WarmUpMiddleware:
    """Falcon lifespan hook; runs in the worker, after the fork."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Load what CURRENT names; an empty store is no reason not to start."""
        with contextlib.suppress(ModelNotLoadedError):
            self._slot.current()
        # What was loaded lives for good: no collection need walk it.
        gc.freeze()
        _give_back_memory()


def _give_back_memory() -> None:
    """Return to the system what loading needed for a moment: 4 MB a worker, with glibc."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
