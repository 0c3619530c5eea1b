"""Composition root of the trainer service."""

import asyncio
import contextlib
from http import HTTPStatus
from typing import Any, Final

from inference.metrics.board import Board
from inference.web.app import make_app
from inference.web.calls import App
from inference.web.problems import ProblemSpec, ProblemTable, problem_names
from schemas.api.operations import paths_of
from trainer.errors import (
    AbandonedError,
    BudgetError,
    ExportError,
    ForestTooLargeError,
    InsensitiveModelError,
    NoVersionError,
    ParityError,
    StoreError,
    TooFewRowsError,
    TooManyCorrectionsError,
    TrainerBusyError,
    UnfitVersionError,
    UnwritableStoreError,
)
from trainer.metrics import TrainerMetrics
from trainer.resources import routes
from trainer.service import TrainingService
from trainer.settings import TrainerSettings
from trainer.store.opening import Keys, open_registry
from trainer.store.registry import ModelRegistry

PROBLEMS: Final[ProblemTable] = {
    TooFewRowsError: ProblemSpec(
        HTTPStatus.UNPROCESSABLE_ENTITY, "too-few-rows", "Too few distinct rows"
    ),
    ForestTooLargeError: ProblemSpec(
        HTTPStatus.UNPROCESSABLE_ENTITY, "forest-too-large", "The forest would be too large"
    ),
    BudgetError: ProblemSpec(
        HTTPStatus.UNPROCESSABLE_ENTITY, "alert-budget", "The alert budget cannot be kept"
    ),
    ExportError: ProblemSpec(
        HTTPStatus.INTERNAL_SERVER_ERROR, "export-failed", "The forest cannot be exported exactly"
    ),
    ParityError: ProblemSpec(
        HTTPStatus.INTERNAL_SERVER_ERROR, "parity-failed", "The export disagrees with scikit-learn"
    ),
    InsensitiveModelError: ProblemSpec(
        HTTPStatus.UNPROCESSABLE_ENTITY, "insensitive-model", "The model has learned nothing"
    ),
    NoVersionError: ProblemSpec(
        HTTPStatus.NOT_FOUND, "no-such-version", "The store has no such version"
    ),
    UnfitVersionError: ProblemSpec(
        HTTPStatus.CONFLICT, "version-unfit", "The version cannot be made current"
    ),
    TooManyCorrectionsError: ProblemSpec(
        HTTPStatus.UNPROCESSABLE_ENTITY, "too-many-corrections", "The model has enough corrections"
    ),
    UnwritableStoreError: ProblemSpec(
        HTTPStatus.SERVICE_UNAVAILABLE, "store-unwritable", "The model store cannot be written"
    ),
    AbandonedError: ProblemSpec(
        HTTPStatus.SERVICE_UNAVAILABLE, "training-abandoned", "The client did not wait"
    ),
    TrainerBusyError: ProblemSpec(
        HTTPStatus.SERVICE_UNAVAILABLE, "trainer-busy", "Another training is at work", 5
    ),
}


class TidyMiddleware:
    """Falcon lifespan hook: what a crashed trainer left goes, and what others published comes."""

    def __init__(self, registry: ModelRegistry) -> None:
        self._registry = registry

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Tidy up; /ready reports a store that cannot be written."""
        with contextlib.suppress(StoreError):
            await asyncio.to_thread(self._registry.tidy)
            await asyncio.to_thread(self._registry.pull)


def create_app(settings: TrainerSettings, board: Board | None = None) -> App:
    """Build the app.

    Args:
        settings: of the service.
        board: where this process and its successor count; None for this process alone.
    """
    metrics = None
    if settings.allow_metrics:
        metrics = TrainerMetrics(board or Board(), paths_of("trainer"), problem_names(PROBLEMS))
    keys = Keys(settings.signing_key_file, settings.public_key_file)
    registry = open_registry(settings.model_dir, settings.model_store, keys)
    service = TrainingService(registry, settings.wait_s, settings.max_nodes)
    app = make_app(
        "trainer",
        PROBLEMS,
        settings,
        [TidyMiddleware(registry)],
        metrics.traffic if metrics else None,
    )
    app.add_routes(routes(settings, registry, service, metrics))
    return app
