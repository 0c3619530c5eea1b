"""The REST calls of the trainer service."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Final

import falcon.asgi

from inference.resources.metrics import MetricsResource
from inference.resources.models import MAX_BODY_BYTES, MAX_FEEDBACK_BYTES, ModelsResource
from inference.resources.status import HealthResource
from inference.web.answers import answer_json
from inference.web.body import read_body
from inference.web.leaving import refuse_if_draining, watched_client
from inference.web.load import Limits, Load
from inference.web.routing import Route
from schemas.api.operations import API_PREFIX, METRICS_PATH
from schemas.api.status import Ready
from schemas.api.training import TrainResponse
from trainer.metrics import TrainerMetrics
from trainer.service import TrainingService
from trainer.settings import TrainerSettings
from trainer.store.registry import ModelRegistry

MAX_TRAININGS: Final = 16
"""Train calls in hand: the first is at work, the others wait for it."""


def routes(
    settings: TrainerSettings,
    registry: ModelRegistry,
    service: TrainingService,
    metrics: TrainerMetrics | None,
) -> Iterator[Route]:
    """The routes of the service."""
    limit = settings.max_body_bytes
    load = Load(Limits(requests=MAX_TRAININGS, held_bytes=max(settings.max_held_bytes, limit)))
    yield Route(f"{API_PREFIX}/train", TrainingResource(service, limit, load, metrics))
    if metrics is not None:
        yield Route(METRICS_PATH, MetricsResource(metrics.families))
    yield Route(f"{API_PREFIX}/models", ModelsResource(registry))
    yield Route(f"{API_PREFIX}/models/{{version}}/activate", ActivateResource(service, load))
    yield Route(f"{API_PREFIX}/feedback", FeedbackResource(service, load))
    yield Route(f"{API_PREFIX}/models/rollback", RollbackResource(service, load))
    yield Route(f"{API_PREFIX}/health", HealthResource())
    yield Route(f"{API_PREFIX}/ready", StoreReadyResource(registry))


class TrainingResource:
    """Trains."""

    def __init__(
        self,
        service: TrainingService,
        max_body_bytes: int,
        load: Load,
        metrics: TrainerMetrics | None = None,
    ) -> None:
        self._service = service
        self._max_body_bytes = max_body_bytes
        self._load = load
        self._metrics = metrics

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/train"""
        body = await read_body(req, self._max_body_bytes, self._load)
        with self._load:
            async with watched_client(req) as has_left:
                answer_json(resp, await self._train(body, has_left))

    async def _train(self, body: bytes, has_left: Callable[[], bool]) -> TrainResponse:
        try:
            trained = await self._service.train(body, has_left)
        except Exception as error:
            if self._metrics is not None:
                self._metrics.failed(error)
            raise
        if self._metrics is not None:
            self._metrics.published(trained)
        return trained


class StoreReadyResource:
    """Readiness: the store can be written."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/ready"""
        refuse_if_draining(req)
        await asyncio.to_thread(self._registry.check_writable)
        answer_json(resp, Ready("ready"))


class ActivateResource:
    """Makes a version current."""

    def __init__(self, service: TrainingService, load: Load) -> None:
        self._service = service
        self._load = load

    async def on_post(
        self, req: falcon.asgi.Request, resp: falcon.asgi.Response, version: str
    ) -> None:
        """POST /api/v1/models/{version}/activate"""
        await read_body(req, MAX_BODY_BYTES, self._load)
        with self._load:
            answer_json(resp, await self._service.activate(version))


class RollbackResource:
    """Makes the version that served before current again."""

    def __init__(self, service: TrainingService, load: Load) -> None:
        self._service = service
        self._load = load

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/models/rollback"""
        await read_body(req, MAX_BODY_BYTES, self._load)
        with self._load:
            answer_json(resp, await self._service.rollback())


class FeedbackResource:
    """Takes a person's correction of a verdict."""

    def __init__(self, service: TrainingService, load: Load) -> None:
        self._service = service
        self._load = load

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/feedback"""
        body = await read_body(req, MAX_FEEDBACK_BYTES, self._load)
        with self._load:
            answer_json(resp, await self._service.correct(body))
