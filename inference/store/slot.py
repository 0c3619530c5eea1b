"""The slot in which a worker keeps its model, always the one that CURRENT names.

Before each answer the worker looks at CURRENT, which costs one `stat`; a look holds for a
millisecond. When CURRENT changed, the new version is verified, loaded, warmed and swapped in whole
before that answer is given. Who replaces CURRENT lets more than a millisecond pass before it says
so (`trainer.store.registry`). So once a training has been answered, no worker answers with the old
model any more, without any message between processes.

A version that cannot be served leaves the last good one in place; a worker that starts meanwhile
takes the newest one before it that can.
"""

import logging
import sys
import time
from collections.abc import Callable
from typing import Final

from inference.errors import (
    BrokenVersionError,
    InferenceError,
    ModelNotLoadedError,
    NoModelError,
)
from inference.model.model import Model
from inference.store.versions import ModelStore

LOOK_S: Final = 0.001
"""How long a look at CURRENT holds. A `stat` takes as long as all else that a verdict needs."""

RETRY_S: Final = 1.0
"""A version that failed is tried again this often: its files may arrive late on a shared disk."""

_log = logging.getLogger(__name__)


class ModelSlot:
    """Holds the serving model of one worker; to be used from one thread.

    Args:
        store: where versions come from.
        memo_capacity: size of each model's memo.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        store: ModelStore,
        *,
        memo_capacity: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.store = store
        self.fault = ""
        self.failed_loads = 0
        self._memo_capacity = memo_capacity
        self._clock = clock
        self._model: Model | None = None
        self._signature: object = object()  # equal to nothing: the first look always loads
        self._look_at = self._retry_at = float("-inf")

    def current(self) -> Model:
        """The model to answer with, loaded anew first if CURRENT changed.

        Raises:
            ModelNotLoadedError: none could ever be loaded; says why and what to do.
        """
        now = self._clock()
        if self._model is not None and now < self._look_at:
            return self._model
        # From before the look: what it does not see was replaced after this moment.
        self._look_at = now + LOOK_S
        signature = self.store.signature()
        if signature != self._signature or (self.fault and now >= self._retry_at):
            self._signature = signature
            self._refresh()
        if self._model is None:
            raise ModelNotLoadedError(
                f"{self.fault}; train a model first: POST /api/v1/train, or run "
                f"`python -m trainer fit FILE` with the same MODEL_DIR"
            )
        return self._model

    def _refresh(self) -> None:
        try:
            version = self.store.current_version()
            if self._model is None or self._model.version != str(version):
                self._model = self._load(version)
        except InferenceError as error:
            # An empty store is a state, not a failure; a damaged version is one.
            if isinstance(error, BrokenVersionError) and str(error) != self.fault:
                self.failed_loads += 1
                _log.error("model.load_failed", extra={"reason": str(error)})
            self.fault = str(error)
            self._retry_at = self._clock() + RETRY_S
            if self._model is None:
                self._model = self._last_good()
        else:
            self.fault = ""

    def _last_good(self) -> Model | None:
        """For a worker that starts while CURRENT is broken: the newest version that serves.

        Other workers still hold the last good one in memory; a restart must not be worse off.
        """
        try:
            before = self.store.current_version()
        except NoModelError:
            return None
        except BrokenVersionError:
            before = sys.maxsize
        for version in reversed(self.store.versions()):
            if version < before:
                try:
                    return self._load(version)
                except BrokenVersionError as error:
                    _log.error("model.load_failed", extra={"reason": str(error)})
        return None

    def _load(self, version: int) -> Model:
        started = self._clock()
        model = Model(self.store.bundle(version), memo_capacity=self._memo_capacity)
        _log.info(
            "model.loaded",
            extra={
                "model_version": model.version,
                "replaces": self._model.version if self._model else None,
                "duration_s": round(self._clock() - started, 4),
            },
        )
        if model.notice:
            _log.warning("model.notice", extra={"reason": model.notice})
        return model
