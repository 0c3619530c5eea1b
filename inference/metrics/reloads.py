"""Counts the models that workers load, and says which model serves."""

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from prometheus_client.core import Metric

from inference.metrics.board import Board, Totals
from inference.metrics.families import Spec
from schemas.bundle.manifest import Manifest

RELOADS: Final = Spec(
    "log_anomaly_model_loads_total",
    "counter",
    "Versions that a worker took up, and tries that failed; each worker counts",
    ("result",),
)
WORKERS: Final = Spec(
    "log_anomaly_workers", "gauge", "Workers by the version that they hold", ("model_version",)
)
VERSION: Final = Spec("log_anomaly_model_version", "gauge", "Version that serves in this worker")
CREATED: Final = Spec(
    "log_anomaly_model_created_timestamp_seconds",
    "gauge",
    "When it was trained or recalibrated, in seconds since 1970",
)
AGE: Final = Spec("log_anomaly_model_age_seconds", "gauge", "How long ago that was")
INFO: Final = Spec(
    "log_anomaly_model_info",
    "gauge",
    "1, with what identifies the model that serves in this worker",
    ("model_version", "model_hash", "detector"),
)
SPECS: Final = (RELOADS, WORKERS, VERSION, CREATED, AGE, INFO)


class Reloads:
    """The models of a service's workers.

    Args:
        board: where they are counted.
        now: seconds since 1970.
    """

    def __init__(self, board: Board, now: Callable[[], float] = time.time) -> None:
        self._board = board
        self._now = now
        self._results = {"loaded": board.block(1), "failed": board.block(1)}
        self._version = board.block(1, passing=True)

    def loaded(self, version: str) -> None:
        """Count a version that this worker has taken up."""
        self._board.cells[self._results["loaded"]] += 1
        self._board.cells[self._version] = float(version)

    def failed(self) -> None:
        """Count a version that could not be loaded."""
        self._board.cells[self._results["failed"]] += 1

    def families(self, totals: Totals) -> Iterable[Metric]:
        """The families, over all workers."""
        yield RELOADS.counter(((result,), totals[cell]) for result, cell in self._results.items())
        (versions,) = self._board.by_worker(slice(self._version, self._version + 1))
        held = Counter(version for version in versions.ravel().tolist() if version)
        yield WORKERS.gauge(((f"{version:.0f}",), n) for version, n in sorted(held.items()))

    def model_families(self, version: str, digest: str, manifest: Manifest) -> Iterable[Metric]:
        """Set the model of this worker.

        Args:
            version: its number.
            digest: what identifies it.
            manifest: its manifest.
        """
        created = datetime.fromisoformat(manifest.created_at).timestamp()
        yield VERSION.gauge([((), float(version))])
        yield CREATED.gauge([((), created)])
        # A clock that was set back must not make a model younger than new.
        yield AGE.gauge([((), max(0.0, self._now() - created))])
        yield INFO.gauge([((version, digest, manifest.detector), 1.0)])
