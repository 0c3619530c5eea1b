"""Training on request: one at a time, beside the loop that answers the other calls."""

import asyncio
import logging
from collections.abc import Callable

from inference.web.load import LARGE_BYTES
from schemas.api.training import TrainRequest, TrainResponse
from schemas.api.validation import BodyDecoder
from trainer.counting.table import count_logs
from trainer.errors import AbandonedError, StoreError, TrainerBusyError
from trainer.fitting.size import check_size
from trainer.jobs.train import train
from trainer.store.registry import ModelRegistry

_log = logging.getLogger(__name__)


class TrainingService:
    """Decodes and runs trainings in a thread.

    Args:
        registry: where models are published.
        wait_s: how long a training waits for the one before it.
        max_nodes: bound for the nodes of a forest.
    """

    def __init__(self, registry: ModelRegistry, wait_s: float, max_nodes: int) -> None:
        self.registry = registry
        self._wait_s = wait_s
        self._max_nodes = max_nodes
        self._decoder = BodyDecoder(TrainRequest)
        self._turn = asyncio.Lock()

    async def train(
        self, body: bytes, has_left: Callable[[], bool] = lambda: False
    ) -> TrainResponse:
        """Train on the logs in a request's body and publish the model.

        Args:
            body: of the request.
            has_left: says whether whoever asked has gone; looked at before each step.

        Raises:
            AbandonedError: whoever asked has gone; nothing was published.
            MalformedJsonError, InvalidBodyError: the body is wrong.
            TrainerBusyError: another training did not end in time.
            TrainingError: nothing was published; says why.
        """
        # A large body is left as it is until its turn: decoded, it takes several times as much.
        request = await asyncio.to_thread(self._decode, body) if len(body) <= LARGE_BYTES else None
        try:
            async with asyncio.timeout(self._wait_s):
                await self._turn.acquire()
        except TimeoutError as error:
            raise TrainerBusyError(
                "another training is at work; try again in a few seconds"
            ) from error
        try:
            if request is None:
                request = await asyncio.to_thread(self._decode, body)
            trained = await asyncio.to_thread(self._train, request, has_left)
        except StoreError as error:  # where it is, is for the operator's eyes alone
            extra = {"store": str(self.registry.root), "reason": str(error.__cause__ or error)}
            _log.error("store.unwritable", extra=extra)
            raise
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

    def _decode(self, body: bytes) -> TrainRequest:
        request = self._decoder.decode(body)
        check_size(request.options, len(request.training_data), self._max_nodes)
        return request

    def _train(self, request: TrainRequest, has_left: Callable[[], bool]) -> TrainResponse:
        def go_on() -> None:
            if has_left():
                raise AbandonedError("whoever asked for the training did not wait for it")

        go_on()
        table = count_logs(request.training_data)
        return train(table, request.options, self.registry, go_on=go_on)
