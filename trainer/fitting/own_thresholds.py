"""Thresholds of single services: quantiles of what each of them writes.

They are kept as offsets from the threshold for all records, by number of the service. So a service
without its own has offset 0, and a recalibration, which moves the threshold for all, moves them
along.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.bundle.manifest import MAX_OWN_THRESHOLDS, OwnThreshold, ScoreSpec
from schemas.bundle.tables import Tables
from schemas.record.encoding import SERVICE_BUCKETS
from schemas.record.key import Bools, unpack
from trainer.counting.table import CountTable
from trainer.fitting.forward import MIN_RECORDS, Calibration, Measured
from trainer.fitting.quantiles import Floats

MIN_FLAGGED: Final = 10
"""A quantile with fewer records above it is chance."""

NONE_LARGE_ENOUGH: Final = (
    f"no service has a threshold of its own: each needs {MIN_RECORDS:,} records, and as many that "
    f"the contamination is {MIN_FLAGGED} of them; all are judged by the threshold of the whole"
)
"""A warning where thresholds by service were asked for."""


def find_offsets(
    present: Measured, later: Sequence[Measured], threshold: float, contamination: float
) -> Floats:
    """How far the threshold of each service lies above the threshold for all records.

    Args:
        present: the training records.
        later: the same as they came, see `trainer.fitting.forward`.
        threshold: for all records.
        contamination: the share of a service's records to flag.

    Returns:
        float64 of shape (SERVICE_BUCKETS,): 0 for services with too few records.
    """
    n_records = np.bincount(present.services, present.counts, SERVICE_BUCKETS)
    enough = (n_records >= MIN_RECORDS) & (n_records * contamination >= MIN_FLAGGED)
    parts = [_by_service(measured) for measured in (present, *later)]
    offsets = np.zeros(SERVICE_BUCKETS)
    for service in np.flatnonzero(enough).tolist():
        own, *own_later = [part[service] for part in parts if service in part]
        offsets[service] = Calibration.of(own, own_later).threshold(contamination) - threshold
    return offsets


def _by_service(measured: Measured) -> dict[int, Measured]:
    order = np.argsort(measured.services, kind="stable")
    services, starts = np.unique(measured.services[order], return_index=True)
    return {
        service: measured.take(rows)
        for service, rows in zip(services.tolist(), np.split(order, starts[1:]), strict=True)
    }


def taus(
    scores: ScoreSpec, tables: Tables, services: npt.NDArray[np.integer], has_message: Bools
) -> npt.NDArray[np.float64]:
    """The threshold of each record: float64 of shape (n,).

    Args:
        scores: thresholds for all records.
        tables: with offsets, or without any.
        services: number of each record's service, int64 of shape (n,).
        has_message: which records are held against the threshold for messages.
    """
    thresholds = scores.threshold + offsets_of(tables, services, np.zeros(len(services), np.bool_))
    if scores.message_threshold is None:
        return thresholds
    written = np.ones(len(services), np.bool_)
    with_message = scores.message_threshold + offsets_of(tables, services, written)
    return np.where(has_message, with_message, thresholds)


def offsets_of(
    tables: Tables, services: npt.NDArray[np.integer], has_message: Bools
) -> npt.NDArray[np.float64]:
    """How far each record's threshold lies above the common threshold: float64 of shape (n,)."""
    offsets = np.zeros(len(services))
    if tables.service_offsets is not None:
        offsets = tables.service_offsets[services]
    if tables.message_service_offsets is not None:
        offsets = np.where(has_message, tables.message_service_offsets[services], offsets)
    return offsets


def listed(table: CountTable, scores: ScoreSpec, tables: Tables) -> ScoreSpec:
    """The thresholds with those of services, the services with the most records first."""
    if tables.service_offsets is None:
        return scores
    services = unpack(table.keys)[2]
    n_records = np.bincount(services, table.counts, SERVICE_BUCKETS).astype(np.int64)
    has_own = tables.service_offsets != 0
    if tables.message_service_offsets is not None:
        has_own |= tables.message_service_offsets != 0
    numbers = np.flatnonzero(has_own & (n_records > 0))
    numbers = numbers[np.lexsort((numbers, -n_records[numbers]))]
    own = [
        OwnThreshold(
            _name(table.services, number),
            int(n_records[number]),
            *_thresholds(scores, tables, number),
        )
        for number in numbers[:MAX_OWN_THRESHOLDS].tolist()
    ]
    return msgspec.structs.replace(scores, n_own=len(numbers), own=own)


def moved(scores: ScoreSpec, threshold: float, message_threshold: float | None) -> ScoreSpec:
    """Thresholds moved to new common thresholds; those of services move along."""
    by = threshold - scores.threshold
    message_by = 0.0
    if message_threshold is not None and scores.message_threshold is not None:
        message_by = message_threshold - scores.message_threshold
    own = [
        msgspec.structs.replace(
            own_threshold,
            threshold=own_threshold.threshold + by,
            message_threshold=None
            if own_threshold.message_threshold is None
            else own_threshold.message_threshold + message_by,
        )
        for own_threshold in scores.own
    ]
    return msgspec.structs.replace(
        scores, threshold=threshold, message_threshold=message_threshold, own=own
    )


def _thresholds(scores: ScoreSpec, tables: Tables, number: int) -> tuple[float, float | None]:
    assert tables.service_offsets is not None
    own = scores.threshold + float(tables.service_offsets[number])
    if scores.message_threshold is None or tables.message_service_offsets is None:
        return own, None
    return own, scores.message_threshold + float(tables.message_service_offsets[number])


def _name(services: Mapping[int, str], number: int) -> str:
    return services.get(number, f"#{number}")
