"""The slot in which a worker keeps its model, always the model that CURRENT names.

Before each answer the worker checks CURRENT, which costs a `stat`; a check holds for a millisecond.
When CURRENT changed, the new version is verified, loaded, warmed and swapped in whole before that
answer is given. This happens in a thread, so that answers that need no model, or were about to be
given, do not wait. A publisher that replaces CURRENT waits for more than a millisecond before it
reports success (`trainer.store.registry`). So once a training has been answered, no worker answers
with the old model any more, without any message between processes.

A writer names the next version a moment before it becomes current. Workers watch for that and load
it in advance, so that mostly nothing is left to wait for.

When the version that CURRENT names cannot be served, all workers take the newest version below it
that can.
"""

import asyncio
import contextlib
import ctypes
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from inference.errors import ModelNotLoadedError
from inference.metrics.reloads import Reloads
from inference.model.marker import Marker
from inference.model.model import Model
from inference.store.loading import Loader, Outcome
from inference.store.turns import Turns
from inference.store.versions import ModelStore

LOOK_S: Final = 0.001
"""How long a `stat` of CURRENT is valid: it takes as long as the rest of a verdict together."""

WATCH_S: Final = 0.02
"""How often an idle worker checks CURRENT, and whether a next version is announced."""

RETRY_S: Final = 1.0
"""A version that failed is tried again this often: its files may arrive late on a shared disk."""

RETRY_SHARE: Final = 10
"""A try that took long is repeated after this many times as long."""

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger(__name__)


class ModelSlot:
    """Holds the serving model of a worker; must be used from a single event loop.

    Attributes:
        model: the model that is held, however old; None before the first.
        fault: why it is not of the version that CURRENT names; empty if it is.

    Args:
        store: where versions come from.
        memo_capacity: size of each model's memo.
        clock: monotonic seconds.
        turns: shared with the other workers of the service; made before they are.
        marker: marks the verdicts of each model for metrics; None without metrics.
        reloads: counts models that are loaded; None without metrics.
    """

    def __init__(
        self,
        store: ModelStore,
        *,
        memo_capacity: int,
        clock: Callable[[], float] = time.monotonic,
        turns: Turns | None = None,
        marker: Marker | None = None,
        reloads: Reloads | None = None,
    ) -> None:
        self.store = store
        self.model: Model | None = None
        self.fault = ""
        self._clock = clock
        self._loader = Loader(
            store, memo_capacity=memo_capacity, turns=turns or Turns(), clock=clock, marker=marker
        )
        self._reloads = reloads
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model-loader")
        self._loading: asyncio.Task[None] | None = None
        self._signature: object = object()  # equal to nothing: the first look always loads
        self._announced: object = None
        self._look_at = self._retry_at = float("-inf")

    async def current(self) -> Model:
        """The model to answer with: of the version that CURRENT names, loaded first if need be.

        Raises:
            ModelNotLoadedError: no model could be loaded yet; says why and what to do.
        """
        model = self.model
        if model is not None and self._clock() < self._look_at:
            return model
        await self._follow()
        if self.model is None:
            raise self.not_loaded()
        return self.model

    def at_hand(self) -> Model | None:
        """The model that `current` would return without waiting; None if it would wait."""
        if self._clock() < self._look_at or self.look() is None:
            return self.model
        return None

    def look(self) -> asyncio.Task[None] | None:
        """Check CURRENT, and begin to load if it changed.

        Returns:
            The task that an answer has to wait for; None if the model that is held may answer.
        """
        # From before the look: what it does not see was replaced after this moment.
        now = self._clock()
        signature = self.store.signature()
        if signature == self._signature:
            self._look_at = now + LOOK_S
            if self.fault and now >= self._retry_at and not self.is_loading:
                self._begin(signature, now)  # in the background
            return None
        self._look_at = float("-inf")
        return self._loading if self.is_loading else self._begin(signature, now)

    @property
    def is_loading(self) -> bool:
        """Whether a version is being loaded to be swapped in."""
        return self._loading is not None and not self._loading.done()

    @property
    def is_behind(self) -> bool:
        """Whether CURRENT has changed since the model that is held was found."""
        return self.is_loading and self.store.signature() != self._signature

    async def held(self, wait_s: float) -> Model | None:
        """The model that is held, or the model that takes its place within so many seconds."""
        loading = self.look()
        if loading is not None:
            await asyncio.wait({loading}, timeout=wait_s)
        return self.model

    def not_loaded(self) -> ModelNotLoadedError:
        """Why there is no model, and what to do."""
        return ModelNotLoadedError(
            f"{self.fault or 'the model is being loaded'}; train a model first: "
            f"POST /api/v1/train, or run `python -m trainer fit FILE` with the same MODEL_DIR"
        )

    async def watch(self) -> None:
        """Follow the store for ever, asked or not."""
        while True:
            announced = self.store.next_signature()
            if announced != self._announced:
                self._announced = announced
                if announced is None:
                    # It became current just now, and what was prepared is what is needed.
                    if (loading := self.look()) is not None:
                        await asyncio.wait({loading})
                    await self._run(self._loader.forget)
                else:
                    await self._run(self._loader.prepare, self.model)
            self.look()
            if self.model is not None and self.model.is_outdated and not self.is_loading:
                self._begin(self._signature, self._clock())
            await asyncio.sleep(WATCH_S)

    def give_back_memory(self) -> None:
        """Return memory that only loading needed to the system, in a thread."""
        self._thread.submit(_trim)

    async def _follow(self) -> None:
        """Wait until a look finds nothing new, or a load that began after now is done."""
        begun_before = self._loading if self.is_loading else None
        while (loading := self.look()) is not None:
            # Others wait for it as well: none of them may cancel it.
            await asyncio.shield(loading)
            if loading is not begun_before:
                return

    def _begin(self, signature: object, seen_at: float) -> asyncio.Task[None]:
        refreshing = self._refresh(signature, seen_at)
        self._loading = asyncio.get_running_loop().create_task(refreshing)
        return self._loading

    async def _refresh(self, signature: object, seen_at: float) -> None:
        """Find the model to serve and swap it in.

        Args:
            signature: of CURRENT, from before it is read.
            seen_at: when the look began that saw it.
        """
        began = self._clock()
        outcome = await self._run(self._loader.find, self.model)
        if outcome.is_broken and outcome.fault != self.fault:
            _log.error("model.load_failed", extra={"reason": outcome.fault})
        self._count(outcome)
        self.fault = outcome.fault
        ended = self._clock()
        self._retry_at = ended + max(RETRY_S, RETRY_SHARE * (ended - began))
        self._signature, self._look_at = signature, seen_at + LOOK_S
        if outcome.model is not self.model:
            retired = [self.model]
            self.model = outcome.model
            self._thread.submit(_release, retired)

    def _count(self, outcome: Outcome) -> None:
        if self._reloads is None:
            return
        if outcome.is_broken:
            self._reloads.failed()
        if outcome.model is not None and outcome.model is not self.model:
            self._reloads.loaded(outcome.model.version)

    def _run(self, work: Callable[P, T], *arguments: P.args, **_none: P.kwargs) -> Awaitable[T]:
        return asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)


def _release(retired: list[Model | None]) -> None:
    """Free a model in a thread, and give its memory back."""
    retired.clear()
    _trim()


def _trim() -> None:
    """Return free memory to the system, which glibc does not do by itself."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
