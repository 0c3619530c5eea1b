"""Composition root of the inference service."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

from prometheus_client.core import Metric

from inference import resources
from inference.errors import (
    ClientLeftError,
    MalformedProtobufError,
    ModelNotLoadedError,
    NotForwardedError,
    NotServingError,
    TooManyRecordsError,
    TrainerRefusedError,
    TrainerTimeoutError,
    TrainerUnreachableError,
)
from inference.metrics.board import Board
from inference.metrics.inference_metrics import InferenceMetrics
from inference.metrics.reports import Reports
from inference.model.verdicts import VerdictCounter
from inference.resources.components import Components
from inference.resources.metrics import WatchMiddleware
from inference.resources.open_inference import inference_fault
from inference.resources.otlp import otlp_fault
from inference.resources.passing_on import PassingOn
from inference.resources.predictor import Predictor
from inference.settings import InferenceSettings
from inference.store.signed import verifier_by
from inference.store.slot import ModelSlot
from inference.store.versions import ModelStore
from inference.store.warmup import WarmUpMiddleware
from inference.trainer_client import TrainerClient
from inference.web.app import make_app
from inference.web.calls import App
from inference.web.load import Limits, Load
from inference.web.problems import ProblemSpec, ProblemTable, problem_names
from inference.web.routing import Route
from schemas.api import open_inference
from schemas.api.operations import OTLP_PREFIX, paths_of

if TYPE_CHECKING:
    from inference.incidents.incidents import Incidents
    from inference.incidents.shared_counts import SharedCounts
    from inference.shadow.figures import Figures
    from inference.shadow.shadow import Shadow

MAX_TRAININGS: Final = 16
"""Train calls that a worker has in hand; the trainer does them one at a time."""

PROBLEMS: Final[ProblemTable] = {
    ModelNotLoadedError: ProblemSpec(
        HTTPStatus.SERVICE_UNAVAILABLE, "model-not-loaded", "No model is loaded", retry_after_s=5
    ),
    MalformedProtobufError: ProblemSpec(
        HTTPStatus.BAD_REQUEST, "malformed-protobuf", "The body is no OTLP message"
    ),
    TooManyRecordsError: ProblemSpec(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-many-records", "Too many records at once"
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
    ClientLeftError: ProblemSpec(
        HTTPStatus.SERVICE_UNAVAILABLE, "training-abandoned", "The client did not wait"
    ),
    NotForwardedError: ProblemSpec(
        HTTPStatus.SERVICE_UNAVAILABLE, "not-forwarded", "Not passed on", retry_after_s=1
    ),
    NotServingError: ProblemSpec(
        HTTPStatus.BAD_GATEWAY, "trained-but-not-serving", "Trained, but not serving here"
    ),
}


def create_app(settings: InferenceSettings, board: Board | None = None) -> App:
    """Build the app; nothing is loaded before the worker that runs it starts.

    Args:
        settings: of the service.
        board: where its workers count; None for a service of a single process.
    """
    board = board or Board()
    figures = _figures(board) if settings.shadow else None
    shared = (
        _shared_counts(board, settings)
        if settings.alertmanager_url or settings.stdout_per_s
        else None
    )
    metrics = _metrics(settings, board) if settings.allow_metrics else None
    store = ModelStore(
        Path(settings.model_dir),
        max_graph_bytes=settings.max_graph_bytes,
        verifier=verifier_by(settings.public_key_file),
    )
    slot = ModelSlot(
        store,
        memo_capacity=settings.memo_capacity,
        marker=metrics.judged if metrics else None,
        reloads=metrics.reloads if metrics else None,
    )
    judged: VerdictCounter | None = metrics.judged if metrics else None
    shadow: Shadow | None = None
    if figures is not None:
        board.open()
        shadow = _shadow(settings, slot, figures, judged)
        judged = shadow.waiting
    incidents: Incidents | None = None
    if shared is not None:
        board.open()
        incidents = _incidents(settings, metrics, shared)
    limit = settings.max_body_bytes
    load = Load(
        Limits(requests=settings.max_requests, held_bytes=max(settings.max_held_bytes, limit))
    )
    app = make_app(
        "inference",
        PROBLEMS,
        settings,
        [
            WarmUpMiddleware(slot),
            *(WatchMiddleware(watched.watch) for watched in (metrics, shadow) if watched),
            *([incidents] if incidents else []),
        ],
        metrics.traffic if metrics else None,
        {open_inference.PREFIX: inference_fault, OTLP_PREFIX: otlp_fault},
    )
    components = Components(
        settings=settings,
        slot=slot,
        predictor=Predictor(slot, load, limit, judged, incidents),
        families=partial(_families, metrics, slot, figures) if metrics else None,
        shadow=shadow.report if shadow else None,
        passing_on=_passing_on(settings, slot) if settings.allow_training else None,
    )
    app.add_routes(_routes(components))
    return app


def _routes(components: Components) -> Iterator[Route]:
    """The routes of all modules of `inference.resources` that have a function `routes`."""
    for module in pkgutil.iter_modules(resources.__path__, f"{resources.__name__}."):
        routes_of: Callable[[Components], Iterator[Route]] | None = getattr(
            importlib.import_module(module.name), "routes", None
        )
        if routes_of is not None:
            yield from routes_of(components)


def _passing_on(settings: InferenceSettings, slot: ModelSlot) -> PassingOn:
    client = TrainerClient(
        settings.trainer_url, settings.train_timeout_s, settings.trainer_token_file
    )
    load = Load(Limits(requests=MAX_TRAININGS, held_bytes=settings.max_train_body_bytes))
    return PassingOn(slot, client, load, settings.follow_s if settings.model_store else 0)


def _shared_counts(board: Board, settings: InferenceSettings) -> "SharedCounts":
    from inference.incidents.shared_counts import SharedCounts  # noqa: PLC0415 - for who wants incidents

    return SharedCounts(board, settings.alerts + 1)


def _incidents(
    settings: InferenceSettings, metrics: InferenceMetrics | None, shared: "SharedCounts"
) -> "Incidents":
    from inference.incidents.incidents import make_incidents  # noqa: PLC0415 - for who wants them

    if metrics is not None:
        return make_incidents(settings, metrics.reports, shared)
    board = Board()  # never read
    reports = Reports(board)
    board.open()
    return make_incidents(settings, reports, shared)


def _figures(board: Board) -> "Figures":
    from inference.shadow.figures import Figures  # noqa: PLC0415 - only with a candidate

    return Figures(board)


def _shadow(
    settings: InferenceSettings,
    slot: ModelSlot,
    figures: "Figures",
    judged: VerdictCounter | None,
) -> "Shadow":
    from inference.shadow.shadow import Shadow  # noqa: PLC0415 - as above
    from inference.shadow.waiting import Waiting  # noqa: PLC0415 - as above

    capacity = settings.memo_capacity
    return Shadow(slot, settings.shadow, Waiting(judged), figures, memo_capacity=capacity)


def _families(
    metrics: InferenceMetrics, slot: ModelSlot, figures: "Figures | None"
) -> list[Metric]:
    return [*metrics.families(slot.model), *(figures.families() if figures else ())]


def _metrics(settings: InferenceSettings, board: Board) -> InferenceMetrics:
    return InferenceMetrics(
        board,
        routes=paths_of("inference"),
        problems=problem_names(PROBLEMS),
        n_services=settings.metrics_services,
        n_patterns=settings.metrics_patterns,
        window_s=settings.drift_window_s,
    )
