"""Composition root of the inference service."""

from http import HTTPStatus
from pathlib import Path
from typing import Final

from inference.errors import (
    ModelNotLoadedError,
    NotServingError,
    TrainerRefusedError,
    TrainerTimeoutError,
    TrainerUnreachableError,
)
from inference.resources.models import ChangeResource, ModelsResource
from inference.resources.passing_on import PassingOn
from inference.resources.predict import BatchResource, PredictResource
from inference.resources.status import HealthResource, ModelInfoResource, ReadyResource
from inference.resources.train import TrainResource
from inference.settings import InferenceSettings
from inference.store.slot import ModelSlot
from inference.store.versions import ModelStore
from inference.store.warmup import WarmUpMiddleware
from inference.trainer_client import TrainerClient
from inference.web.app import App, make_app
from inference.web.load import Limits, Load
from inference.web.problems import ProblemSpec, ProblemTable
from schemas.api.operations import API_PREFIX

MAX_TRAININGS: Final = 16
"""Train calls that a worker has in hand; the trainer does one at a time."""

PROBLEMS: Final[ProblemTable] = {
    ModelNotLoadedError: ProblemSpec(
        HTTPStatus.SERVICE_UNAVAILABLE, "model-not-loaded", "No model is loaded", retry_after_s=5
    ),
    TrainerUnreachableError: ProblemSpec(
        HTTPStatus.BAD_GATEWAY, "trainer-unreachable", "The trainer does not answer"
    ),
    TrainerTimeoutError: ProblemSpec(
        HTTPStatus.GATEWAY_TIMEOUT, "trainer-timeout", "The trainer takes too long"
    ),
    TrainerRefusedError: ProblemSpec(
        HTTPStatus.BAD_GATEWAY, "trainer-refused", "The trainer refuses this service"
    ),
    NotServingError: ProblemSpec(
        HTTPStatus.BAD_GATEWAY, "trained-but-not-serving", "Trained, but not serving here"
    ),
}


def create_app(settings: InferenceSettings) -> App:
    """Build the app; nothing is loaded before the worker that runs it starts."""
    store = ModelStore(Path(settings.model_dir), max_graph_bytes=settings.max_graph_bytes)
    slot = ModelSlot(store, memo_capacity=settings.memo_capacity)
    limit = settings.max_body_bytes
    load = Load(
        Limits(requests=settings.max_requests, held_bytes=max(settings.max_held_bytes, limit))
    )
    app = make_app("inference", PROBLEMS, settings, [WarmUpMiddleware(slot)])
    app.add_route(f"{API_PREFIX}/predict", PredictResource(slot, limit, load))
    app.add_route(f"{API_PREFIX}/predict/batch", BatchResource(slot, limit, load))
    if settings.allow_training:
        client = TrainerClient(
            settings.trainer_url, settings.train_timeout_s, settings.trainer_token_file
        )
        train_limit = settings.max_train_body_bytes
        trainings = Load(Limits(requests=MAX_TRAININGS, held_bytes=train_limit))
        passing_on = PassingOn(slot, client)
        change = ChangeResource(passing_on, trainings)
        app.add_route(f"{API_PREFIX}/train", TrainResource(passing_on, train_limit, trainings))
        app.add_route(f"{API_PREFIX}/models/{{version}}/activate", change)
        app.add_route(f"{API_PREFIX}/models/rollback", change)
    app.add_route(f"{API_PREFIX}/models", ModelsResource(store))
    app.add_route(f"{API_PREFIX}/health", HealthResource())
    app.add_route(f"{API_PREFIX}/ready", ReadyResource(slot))
    app.add_route(f"{API_PREFIX}/model/info", ModelInfoResource(slot))
    return app
