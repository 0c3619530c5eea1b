"""Loads the model when a worker starts, before its first request."""

import contextlib
import gc
from typing import Any

from inference.errors import ModelNotLoadedError
from inference.slot import ModelSlot


class WarmUpMiddleware:
    """Falcon lifespan hook; runs in the worker, after the fork."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Load what CURRENT names; an empty store is no reason not to start."""
        with contextlib.suppress(ModelNotLoadedError):
            self._slot.current()
        # All that lives now lives for good: later collections need not walk it again.
        gc.collect()
        gc.freeze()
