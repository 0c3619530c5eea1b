"""Sums over judged logs, feature by feature."""

import msgspec
import numpy as np
import numpy.typing as npt

from inference.detectors.judgements import NOVELTIES
from schemas.record.key import FLAG_VALUES, FLAGS

__all__ = ["Counts", "Spread", "spread_of"]

Counts = npt.NDArray[np.float64]


class Spread(msgspec.Struct, frozen=True):
    """Counts of judged logs, as `inference.metrics.drift` reads them.

    Attributes:
        features: counts by bin of each feature, in the order of the features.
        n_logs, n_anomalies, n_messages: how many.
        unseen_signatures, unseen_templates: logs whose signature, or template, is new.
    """

    features: tuple[npt.NDArray[np.float64], ...]
    n_logs: float
    n_anomalies: float
    n_messages: float
    unseen_signatures: float
    unseen_templates: float


def spread_of(by_service: Counts, by_score: Counts, by_length: Counts) -> Spread:
    """The sums over tables of counts.

    Args:
        by_service: by service, level and whether a log is an anomaly.
        by_score: by bin of the score, flags and `Novelty.number`.
        by_length: by bin of the length and bin of the service.
    """
    by_flags = by_score.sum(axis=(0, 2))
    flags = [
        np.array([by_flags[[not value for value in values]].sum(), by_flags[values].sum()])
        for values in (
            [FLAG_VALUES[number][place] for number in range(FLAGS)]
            for place in range(len(FLAG_VALUES[0]))
        )
    ]
    novelties = by_score.sum(axis=(0, 1))
    return Spread(
        (by_length.sum(axis=1), by_service.sum(axis=(0, 2)), by_length.sum(axis=0), *flags),
        n_logs=float(by_score.sum()),
        n_anomalies=float(by_service[:, :, 1].sum()),
        n_messages=float(novelties[[novelty.has_template for novelty in NOVELTIES]].sum()),
        unseen_signatures=float(novelties[[novelty.new_signature for novelty in NOVELTIES]].sum()),
        unseen_templates=float(novelties[[novelty.new_template for novelty in NOVELTIES]].sum()),
    )
