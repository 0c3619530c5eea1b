"""Trains on a table and publishes the model: what a REST call asks for."""

import time

from schemas.api.training import TrainResponse
from schemas.bundle.options import TrainOptions
from trainer.counting.table import CountTable
from trainer.store.registry import ModelRegistry


def train(table: CountTable, options: TrainOptions, registry: ModelRegistry) -> TrainResponse:
    """Train on a table and publish the model.

    Raises:
        TrainingError: nothing was published; says why.
    """
    from trainer.fitting.pipeline import fit, prove  # noqa: PLC0415 - seconds of imports

    started = time.perf_counter()
    fitted = fit(table, options)
    version = registry.publish(prove(fitted))
    manifest = fitted.candidate.model.manifest
    return TrainResponse(
        model_version=str(version),
        model_hash=registry.digest(version),
        n_samples=manifest.training.n_samples,
        n_distinct=manifest.training.n_distinct,
        n_anomalies=fitted.n_anomalies,
        options=manifest.options,
        threshold=manifest.scores.threshold,
        duration_s=round(time.perf_counter() - started, 4),
        warnings=fitted.warnings,
    )
