"""All that the inference service counts."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from prometheus_client.core import Metric

from inference.metrics import drift, judged, reloads, reports, traffic
from inference.metrics.board import Board
from inference.metrics.build import BUILD, build_family
from inference.metrics.drift import Window, drift_families
from inference.metrics.judged import Judged
from inference.metrics.reloads import Reloads
from inference.metrics.reports import Reports
from inference.metrics.spread import Spread
from inference.metrics.traffic import Traffic
from schemas.bundle.manifest import Manifest

SPECS: Final = (*traffic.SPECS, *judged.SPECS, *reloads.SPECS, *reports.SPECS, *drift.SPECS, BUILD)


class Served(Protocol):
    """A model that serves, as far as metrics describe it."""

    version: str
    digest: str
    manifest: Manifest


class InferenceMetrics:
    """The counters of the workers, and the window for drift.

    Attributes:
        traffic: counts requests.
        judged: counts logs.
        reloads: counts models.
        reports: counts what is reported of anomalies.

    Args:
        board: where all of it is counted; opened here.
        routes: paths as they are routed.
        problems: kinds of problems.
        n_services: services that have a label of their own.
        n_patterns: patterns that have a label.
        window_s: how far back drift looks.
    """

    def __init__(
        self,
        board: Board,
        *,
        routes: Sequence[str],
        problems: Iterable[str],
        n_services: int,
        n_patterns: int,
        window_s: float,
    ) -> None:
        self._board = board
        self.traffic = Traffic(board, routes, problems)
        self.judged = Judged(board, n_services, n_patterns)
        self.reloads = Reloads(board)
        self.reports = Reports(board)
        self._window = Window(window_s)
        board.open()
        self._window.begin(self._spread())

    async def watch(self) -> None:
        """Remember for ever, from the start of a worker on, how logs spread."""
        self._window.begin(self._spread())
        while True:
            await asyncio.sleep(self._window.look_s)
            self._window.look(self._spread())

    def families(self, model: Served | None) -> list[Metric]:
        """All metrics, of all workers; of the model that this worker holds."""
        totals = self._board.totals()
        window = self._window.since(self.judged.spread(totals))
        families = [
            build_family(),
            *self.traffic.families(totals),
            *self.judged.families(totals),
            *self.reloads.families(totals),
            *self.reports.families(totals),
            *drift_families(None if model is None else model.manifest, window),
        ]
        if model is not None:
            families += self.reloads.model_families(model.version, model.digest, model.manifest)
        return families

    def _spread(self) -> Spread:
        return self.judged.spread(self._board.totals())
