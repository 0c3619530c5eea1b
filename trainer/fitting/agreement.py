"""The proof that the loaded model says what training computed.

Training judges a whole table in columns, spread over threads; thresholds and the number of flagged
records come from that. A service judges singly and in small batches, by other code. Here the loaded
model judges some thousand records as a service does, and every verdict must be training's.
"""

from collections.abc import Iterator, Sequence
from itertools import cycle
from typing import Final

import msgspec
import numpy as np

from inference.detectors.judgements import Judgements
from inference.model.model import Model
from schemas.bundle.manifest import ParitySummary
from schemas.record.features import LogFeatures
from schemas.record.key import Ints, unpack_record, without_traits
from trainer.counting.table import CountTable
from trainer.errors import ParityError
from trainer.fitting.learners.learner import FittedDetector
from trainer.fitting.names import service_names

TABLE_RECORDS: Final = 32_768
"""Distinct records that are compared as jobs judge them, with their message and without it."""

SERVED_RECORDS: Final = 4_096
"""Records among them that are compared as a service judges them."""

SINGLE_RECORDS: Final = 512
"""Records among these that are judged singly; the others in small batches."""

NEAREST_RECORDS: Final = 256
"""Records closest to the threshold: compared however large the table is."""

_BATCHES: Final = (2, 3, 17, 100)
_ROUNDING: Final = 1e-9


def prove_agreement(
    model: Model,
    fitted: FittedDetector,
    table: CountTable,
    judgements: Judgements,
    summary: ParitySummary,
) -> ParitySummary:
    """Compare the verdicts of the loaded model with those of the training code.

    Args:
        model: the bundle, loaded as a service loads it.
        fitted: what training made of the table.
        table: the records; not empty.
        judgements: training's judgements on them; thresholds and counts come from these.
        summary: of the detector's own proof.

    Returns:
        The summary of both proofs.

    Raises:
        ParityError: a label, a decision or a percentile differs.
    """
    chosen = _choose(judgements)
    keys = table.keys[chosen]
    few = keys[:SERVED_RECORDS]
    names = service_names(few, table.services)
    logs = [unpack_record(key, name) for key, name in zip(few.tolist(), names, strict=True)]
    served = _as_served(model, logs)
    errors = [_compare(served, judgements.take(chosen[:SERVED_RECORDS]), fitted.noise)]
    both = np.unique(np.concatenate([keys, without_traits(keys)]))
    errors.append(_compare(model.judge_keys(both), fitted.judge(both), fitted.noise))
    return msgspec.structs.replace(
        summary, n_verdicts=len(served.decisions) + len(both), max_verdict_error=max(errors)
    )


def _choose(judgements: Judgements) -> Ints:
    """Indices of the records to compare: those nearest to the threshold, then any others."""
    nearness = np.abs(judgements.decisions)
    n = len(nearness)
    nearest = np.argsort(nearness, kind="stable")[:NEAREST_RECORDS]
    others = np.random.default_rng(0).permutation(n)
    others = others[~np.isin(others, nearest)]
    return np.concatenate([nearest, others])[:TABLE_RECORDS]


def _as_served(model: Model, logs: Sequence[LogFeatures]) -> Judgements:
    """The model's judgements on logs that come singly, then in batches of several sizes."""
    judged = [verdict for part in _parts(logs) for verdict in model.judge_logs(part)]
    n = len(judged)
    return Judgements(
        np.array([verdict.is_anomaly for verdict in judged]),
        np.array([verdict.anomaly_score for verdict in judged]),
        np.array([verdict.decision for verdict in judged]),
        np.array([verdict.percentile for verdict in judged]),
        np.empty((n, 0), np.float32),  # an input that no detector uses
        np.frombuffer(b"".join(verdict.terms for verdict in judged), np.float64).reshape(n, -1),
    )


def _parts(logs: Sequence[LogFeatures]) -> Iterator[Sequence[LogFeatures]]:
    at = 0
    for size in cycle(_BATCHES):
        size = 1 if at < SINGLE_RECORDS else size  # noqa: PLW2901 - singly first
        if at >= len(logs):
            return
        yield logs[at : at + size]
        at += size


def _compare(judged: Judgements, expected: Judgements, noise: float) -> float:
    """The largest difference of two decisions."""
    errors = np.abs(judged.decisions - expected.decisions)
    wrong = (
        ((judged.is_anomaly != expected.is_anomaly) & (np.abs(expected.decisions) >= noise))
        | ~(errors <= max(noise, _ROUNDING))
        | ((judged.percentiles != expected.percentiles) & (noise == 0))
    )
    if wrong.any():
        raise ParityError(
            f"the loaded model disagrees with the training code on {int(wrong.sum())} of "
            f"{len(wrong)} records, by up to {float(errors.max()):g}; nothing was published"
        )
    return float(errors.max(initial=0.0))
