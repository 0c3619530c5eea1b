"""Finds the candidate and loads it, in a thread: whatever is wrong with it, the worker goes on."""

import time
from typing import Final

import msgspec

from inference.errors import BrokenVersionError, NoModelError
from inference.model.model import Model
from inference.store.turns import Turns
from inference.store.versions import CANDIDATE_FILE, ModelStore

FOLLOW: Final = "candidate"
"""The value of ANOMALY_SHADOW that means: whatever the file CANDIDATE names."""

RETRY_S: Final = 5.0
RETRY_SHARE: Final = 10
"""A candidate that did not load is tried again after so long, and as many times its loading."""


class Candidate(msgspec.Struct, frozen=True):
    """The candidate that judges beside the model.

    Attributes:
        model: None if there is none.
        version: its number, if a candidate is named.
        fault: why it cannot judge; empty if it can or none is named.
    """

    model: Model | None = None
    version: int | None = None
    fault: str = ""


class CandidateLoader:
    """Loads the candidate of a worker; must be used from a single thread.

    Args:
        store: where versions come from.
        which: the number of a version, or FOLLOW.
        memo_capacity: size of its memo.
        turns: shared with the other workers of the service.
    """

    def __init__(self, store: ModelStore, which: str, *, memo_capacity: int, turns: Turns) -> None:
        self._store = store
        self._which = which
        self._memo_capacity = memo_capacity
        self._turns = turns
        self._failed: tuple[int, str] | None = None
        self._retry_at = 0.0

    def find(self, held: Candidate) -> Candidate:
        """The candidate that is named now, which may be the candidate that is held."""
        try:
            version = (
                self._store.current_version(CANDIDATE_FILE)
                if self._which == FOLLOW
                else int(self._which)
            )
        except NoModelError:
            return Candidate()
        except BrokenVersionError as error:
            return Candidate(fault=str(error))
        began = time.monotonic()
        digest = ""
        try:
            digest = self._store.digest(version)
            model = held.model
            if model is not None and (model.version, model.digest) == (str(version), digest):
                return self.outdated(held)
            if self._failed == (version, digest) and began < self._retry_at:
                return held
            with self._turns.turn():
                loaded = Model(self._store.bundle(version), memo_capacity=self._memo_capacity)
        except Exception as error:  # noqa: BLE001 - of whatever kind: it must harm nothing
            ended = time.monotonic()
            self._failed = (version, digest)
            self._retry_at = ended + max(RETRY_S, RETRY_SHARE * (ended - began))
            known = isinstance(error, BrokenVersionError)
            fault = str(error) if known else f"version {version}: {type(error).__name__}"
            return Candidate(version=version, fault=fault)
        return Candidate(loaded, version)

    def outdated(self, held: Candidate) -> Candidate:
        """The same candidate, made anew if a correction of it has ended."""
        if held.model is None or not held.model.is_outdated:
            return held
        bundle = self._store.bundle(int(held.model.version))
        return Candidate(Model(bundle, memo_capacity=self._memo_capacity), held.version)
