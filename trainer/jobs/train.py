"""Trains on a table and publishes the model: what a REST call asks for."""

import time
from collections.abc import Callable

from schemas.api.training import TrainResponse
from schemas.bundle.budget import AlertBudget
from schemas.bundle.options import TrainOptions
from trainer.counting.table import CountTable
from trainer.store.registry import ModelRegistry


def train(
    table: CountTable,
    options: TrainOptions,
    registry: ModelRegistry,
    *,
    budget: AlertBudget | None = None,
    activate: bool = True,
    go_on: Callable[[], None] = lambda: None,
) -> TrainResponse:
    """Train on a table and publish the model.

    Args:
        table: the records.
        options: how to fit.
        registry: where to publish.
        budget: what the contamination follows from, in the place of that of the options.
        activate: make the model current.
        go_on: called before each step; what it raises stops the training there.

    Raises:
        TrainingError: nothing was published; says why.
    """
    from trainer.fitting.pipeline import fit, prove  # noqa: PLC0415 - seconds of imports

    started = time.perf_counter()
    go_on()
    fitted = fit(table, options, budget)
    go_on()
    files = prove(fitted)
    go_on()
    version = registry.publish(files, activate=activate)
    manifest = fitted.candidate.model.manifest
    return TrainResponse(
        model_version=str(version),
        model_hash=registry.digest(version),
        is_current=activate,
        n_samples=manifest.training.n_samples,
        n_distinct=manifest.training.n_distinct,
        n_anomalies=fitted.n_anomalies,
        options=manifest.options,
        threshold=manifest.main_threshold,
        duration_s=round(time.perf_counter() - started, 4),
        warnings=fitted.warnings,
    )
