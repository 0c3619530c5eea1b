"""Models of each detector to recalibrate, and what new thresholds flag."""

from typing import Any

from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    Manifest,
)
from schemas.bundle.options import TrainOptions
from schemas.record.key import NO_TRAITS
from trainer.counting.table import CountTable
from trainer.fitting.pipeline import fit, prove
from trainer.fitting.quantiles import MARGIN
from trainer.fitting.recalibration import recalibrate

DETECTORS: tuple[str, ...] = ("isolation_forest", "surprisal")


SHARES = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5)


def publish(table: CountTable, **options: object) -> Bundle:
    """A trained and proved model as it would lie in the store."""
    chosen: dict[str, Any] = {"detector": "isolation_forest", "contamination": 0.05, **options}
    fitted = fit(table, TrainOptions(**chosen))
    files = prove(fitted)
    return Bundle(1, fitted.candidate.model.manifest, files)


def renewed(bundle: Bundle, contamination: float, table: CountTable | None = None) -> Bundle:
    """The bundle with another threshold."""
    new = recalibrate(bundle, contamination, table)
    return Bundle(2, new.model.manifest, new.files)


def kinds_of(table: CountTable, manifest: Manifest) -> list[CountTable]:
    """The records that are held against each threshold of a model."""
    bare = table.without_traits()
    written = table.traits != NO_TRAITS
    if manifest.detector == "isolation_forest" or not written.any():
        return [bare]
    return [bare, CountTable(keys=table.keys[written], counts=table.counts[written])]


def shares_flagged(bundle: Bundle, table: CountTable) -> list[tuple[float, float]]:
    """For each threshold, the share of a table's records that it flags.

    And the share that it would flag together with the records that lie on the threshold.
    """
    model = Model(bundle, memo_capacity=1)
    found = []
    for kind in kinds_of(table, bundle.manifest):
        judged = model.judge_keys(kind.keys)
        n = kind.n_samples
        # On the threshold itself a decision is 0, or within the margin that a forest is given.
        on_it = judged.is_anomaly | (judged.decisions < 2 * MARGIN)
        found.append(
            (kind.counts[judged.is_anomaly].sum() / n, kind.counts[on_it].sum() / n),
        )
    return found
