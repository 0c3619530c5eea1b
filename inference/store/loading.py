"""Finds the version to serve and loads it; a slot has this done in a thread."""

import logging
import sys
import time
from collections.abc import Callable
from typing import Final

import msgspec

from inference.errors import BrokenVersionError, NoModelError
from inference.model.marker import Marker
from inference.model.model import Model
from inference.store.turns import Turns
from inference.store.versions import NEXT_FILE, ModelStore

_log = logging.getLogger(__name__)

_CURRENT_IS_NO_NUMBER: Final = sys.maxsize


class Outcome(msgspec.Struct, frozen=True):
    """The result of a check of the store.

    Attributes:
        model: what is to serve; None if nothing can.
        fault: why it is not the version that CURRENT names; empty if it is.
        is_broken: whether that version is damaged; false if there is none.
    """

    model: Model | None
    fault: str = ""
    is_broken: bool = False


class Loader:
    """Loads versions for a worker; must be used from a single thread.

    Args:
        store: where versions come from.
        memo_capacity: size of each model's memo.
        turns: shared with the other workers of the service.
        clock: monotonic seconds.
        marker: marks the verdicts of each model for metrics; None without metrics.
    """

    def __init__(
        self,
        store: ModelStore,
        *,
        memo_capacity: int,
        turns: Turns,
        clock: Callable[[], float] = time.monotonic,
        marker: Marker | None = None,
    ) -> None:
        self._store = store
        self._marker = marker
        self._memo_capacity = memo_capacity
        self._turns = turns
        self._clock = clock
        self._prepared: Model | None = None

    def find(self, held: Model | None) -> Outcome:
        """The model to serve from now on, which may be the model that is held.

        It is the version that CURRENT names, or else the newest version below it that loads. So all
        workers answer with the same version, whatever each of them holds.
        """
        try:
            version = self._store.current_version()
        except NoModelError as error:
            return Outcome(held, str(error))
        except BrokenVersionError as error:
            below, fault = _CURRENT_IS_NO_NUMBER, error
        else:
            try:
                model = self._load_unless_held(version, held)
                if model is self._prepared:
                    self.forget()
                return Outcome(model)
            except BrokenVersionError as error:
                below, fault = version, error
        return Outcome(self._newest_below(below, held) or held, str(fault), is_broken=True)

    def prepare(self, held: Model | None) -> None:
        """Load the version that is about to become current, if a writer has announced it."""
        self._prepared = None
        try:
            version = self._store.current_version(NEXT_FILE)
            self._prepared = self._load_unless_held(version, held)
        except (NoModelError, BrokenVersionError) as error:
            # Nothing to report: a fault is reported once the version is to serve.
            _log.debug("model.not_prepared", extra={"reason": str(error)})

    def forget(self) -> None:
        """Drop the prepared model: it serves by now, or never will."""
        self._prepared = None

    def _newest_below(self, version: int, held: Model | None) -> Model | None:
        for other in reversed(self._store.versions()):
            if other < version:
                try:
                    # Read whole, even if it is held: another worker may hold another, and what
                    # decides for both is what is in the store.
                    self._store.bundle(other)
                    return self._load_unless_held(other, held)
                except BrokenVersionError as error:
                    _log.error("model.load_failed", extra={"reason": str(error)})
        return None

    def _load_unless_held(self, version: int, held: Model | None) -> Model:
        digest = self._store.digest(version)
        for model in (held, self._prepared):
            if (
                model is not None
                and (model.version, model.digest) == (str(version), digest)
                and not model.is_outdated
            ):
                return model
        started = self._clock()
        try:
            with self._turns.turn():
                model = Model(
                    self._store.bundle(version),
                    memo_capacity=self._memo_capacity,
                    marker=self._marker,
                )
        except BrokenVersionError:
            raise
        except Exception as error:  # of whatever kind: another version may load
            raise BrokenVersionError(f"version {version}: {error!r}") from error
        _log.info(
            "model.loaded",
            extra={
                "model_version": model.version,
                "model_hash": model.digest,
                "replaces": held.version if held else None,
                "duration_s": round(self._clock() - started, 4),
            },
        )
        if model.notice:
            _log.warning("model.notice", extra={"reason": model.notice})
        return model
