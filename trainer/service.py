"""Training on request: one at a time, beside the loop that answers the other calls."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable, Iterator
from typing import Final

from inference.errors import BrokenVersionError, NoModelError
from inference.web.load import LARGE_BYTES
from schemas.api.feedback import FeedbackRequest, FeedbackResponse
from schemas.api.models import Activated
from schemas.api.training import TrainRequest, TrainResponse
from schemas.api.validation import BodyDecoder
from schemas.bundle.options import DEFAULT_DETECTOR
from trainer.counting.table import CountTable
from trainer.errors import (
    AbandonedError,
    NoVersionError,
    TrainerBusyError,
    UnwritableStoreError,
)
from trainer.feedback import read_feedback
from trainer.jobs.correct import correct
from trainer.jobs.train import train
from trainer.store.carrying import no_longer_holding
from trainer.store.history import Change
from trainer.store.registry import ModelRegistry
from trainer.training_data import count_training_data

_VERSION: Final = re.compile("[1-9][0-9]{0,8}")

_log = logging.getLogger(__name__)


class TrainingService:
    """Decodes and runs trainings in a thread.

    Args:
        registry: where models are published.
        wait_s: how long a training waits for the training before it.
        max_nodes: bound for the nodes of a forest.
    """

    def __init__(self, registry: ModelRegistry, wait_s: float, max_nodes: int) -> None:
        self.registry = registry
        self._wait_s = wait_s
        self._max_nodes = max_nodes
        self._decoder = BodyDecoder(TrainRequest)
        self._feedback_decoder = BodyDecoder(FeedbackRequest)
        self._turn = asyncio.Lock()

    async def train(
        self, body: bytes, has_left: Callable[[], bool] = lambda: False
    ) -> TrainResponse:
        """Train on the logs in a request's body and publish the model.

        Args:
            body: of the request.
            has_left: whether the client has gone; checked before each step.

        Raises:
            AbandonedError: the client has gone; nothing was published.
            MalformedJsonError, InvalidBodyError: the body is wrong.
            TrainerBusyError: another training did not end in time.
            TrainingError: nothing was published; says why.
        """
        # A large body is left as it is until its turn: decoded, it takes several times as much.
        asked = await asyncio.to_thread(self._decode, body) if len(body) <= LARGE_BYTES else None
        try:
            async with asyncio.timeout(self._wait_s):
                await self._turn.acquire()
        except TimeoutError as error:
            raise TrainerBusyError(
                "another training is at work; try again in a few seconds"
            ) from error
        try:
            if asked is None:
                asked = await asyncio.to_thread(self._decode, body)
            with self._store_faults_logged():
                trained = await asyncio.to_thread(self._train, *asked, has_left)
        finally:
            self._turn.release()
        _log.info(
            "model.published",
            extra={
                "model_version": trained.model_version,
                "n_samples": trained.n_samples,
                "duration_s": trained.duration_s,
            },
        )
        return trained

    async def activate(self, version: str) -> Activated:
        """Make a version current.

        Raises:
            NoVersionError: there is none of that number.
            UnfitVersionError: it does not load.
            UnwritableStoreError: the store cannot be written.
        """
        if not _VERSION.fullmatch(version):
            raise NoVersionError(f"a version is a whole number, not {version[:40]!r}")
        return await self._change(lambda: self.registry.activate(int(version)))

    async def correct(self, body: bytes) -> FeedbackResponse:
        """Publish a person's correction of a verdict.

        Raises:
            MalformedJsonError, InvalidBodyError: the body is wrong.
            TooManyCorrectionsError: the model has as many as it may.
            StoreError: there is no model, or the store cannot be written.
        """
        with self._store_faults_logged():
            answer = await asyncio.to_thread(self._correct, body)
        _log.info("model.corrected", extra={"model_version": answer.model_version})
        return answer

    def _correct(self, body: bytes) -> FeedbackResponse:
        log, correction = read_feedback(self._feedback_decoder.decode(body))
        done = correct(log, correction, model_dir=self.registry)
        return FeedbackResponse(
            str(done.version), self.registry.digest(done.version), correction, len(done.corrections)
        )

    async def rollback(self) -> Activated:
        """Make the version that served before current again.

        Raises:
            NoVersionError: none did.
            UnfitVersionError: it does not load.
            UnwritableStoreError: the store cannot be written.
        """
        return await self._change(self.registry.rollback)

    async def _change(self, change: Callable[[], Change]) -> Activated:
        """Changes what is current, beside trainings: the store has a lock of its own."""
        with self._store_faults_logged():
            made = await asyncio.to_thread(change)
        _log.info(
            "model.activated", extra={"model_version": made.version, "replaces": made.replaced}
        )
        return Activated(
            str(made.version),
            await asyncio.to_thread(self.registry.digest, made.version),
            None if made.replaced is None else str(made.replaced),
            await asyncio.to_thread(no_longer_holding, self.registry, made),
        )

    @contextlib.contextmanager
    def _store_faults_logged(self) -> Iterator[None]:
        """An error for callers; the store's place and the system's message are for operators."""
        try:
            yield
        except UnwritableStoreError as error:
            extra = {"store": str(self.registry.root), "reason": str(error.__cause__ or error)}
            _log.error("store.unwritable", extra=extra)
            raise

    def _decode(self, body: bytes) -> tuple[TrainRequest, CountTable]:
        request = self._decoder.decode(body)
        return request, count_training_data(request, self._max_nodes)

    def _current_detector(self) -> str:
        """The detector of the current model; the default if there is none or it is unknown."""
        try:
            return self.registry.manifest(self.registry.current_version()).detector
        except (NoModelError, BrokenVersionError):
            return DEFAULT_DETECTOR

    def _train(
        self, request: TrainRequest, table: CountTable, has_left: Callable[[], bool]
    ) -> TrainResponse:
        def go_on() -> None:
            if has_left():
                raise AbandonedError("the client did not wait for the training")

        go_on()
        self.registry.pull()  # another trainer may have made another detector's model current
        options = request.options(self._current_detector())
        return train(
            table,
            options,
            self.registry,
            budget=request.budget,
            activate=request.activate,
            go_on=go_on,
        )
