"""Publishes another threshold for a published model."""

import msgspec

from schemas.bundle.budget import AlertBudget
from schemas.bundle.manifest import Manifest
from trainer.jobs.data import Data
from trainer.jobs.listener import SILENCE, Listener
from trainer.store.candidate import current_version, load_candidate
from trainer.store.opening import Models, registry_over


class Recalibration(msgspec.Struct, frozen=True):
    """A model that was published with other thresholds.

    Attributes:
        version: its number.
        origin: the number of the model that it comes from.
        before: the manifest of that model.
        after: its own manifest.
        warnings: what the user should know, a sentence each.
    """

    version: int
    origin: int
    before: Manifest
    after: Manifest
    warnings: list[str]


def recalibrate(
    contamination: float | AlertBudget,
    data: Data | None = None,
    *,
    model_dir: Models = "models",
    version: int | None = None,
    listener: Listener = SILENCE,
) -> Recalibration:
    """Publish a version with the same forest and the thresholds that flag another share.

    Args:
        contamination: the share, in (0, 0.5], or the alert budget that it follows from, with the
            lines a day of the data, or else of the training records.
        data: the records to find the thresholds on; None for those that the model was trained
            on, of which it keeps thousandths.
        model_dir: the model store, or a registry over it.
        version: the model; None for the current version.
        listener: receives the job's progress.

    Raises:
        TrainingError: nothing was published; says why.
    """
    from trainer.fitting import recalibration  # noqa: PLC0415 - seconds of imports

    registry = registry_over(model_dir)
    origin = version or current_version(registry)
    candidate = load_candidate(registry, origin)
    table = None if data is None else data.count(listener).table
    renewed = recalibration.recalibrate(registry.bundle(origin), contamination, table)
    published = registry.publish(renewed.files)
    return Recalibration(
        published, origin, candidate.model.manifest, renewed.model.manifest, renewed.warnings
    )
