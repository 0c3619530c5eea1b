"""Reports the anomalies of a worker: by lines, alerts, or both."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import Any

from inference.incidents.alertmanager import Alertmanager
from inference.incidents.lines import LineWriter
from inference.incidents.shared_counts import SharedCounts
from inference.metrics.reports import Reports
from inference.model.flagged import Flagged
from inference.model.model import Model
from inference.settings import InferenceSettings


class Incidents:
    """Takes anomalies up on the event loop, and reports them beside it.

    As a middleware of Falcon it begins and ends with its worker.

    Args:
        lines: writes lines, if they are wanted.
        alerts: sends alerts, if they are wanted.
    """

    def __init__(self, lines: LineWriter | None, alerts: Alertmanager | None) -> None:
        self._lines = lines
        self._alerts = alerts
        self._running: list[asyncio.Task[None]] = []

    def see(self, model: Model, flagged: Iterable[Flagged]) -> None:
        """Take the anomalies of a call up.

        Args:
            model: which judged them.
            flagged: equal anomalies counted together.
        """
        for anomalies in flagged:
            if self._lines is not None:
                self._lines.see(model, anomalies)
            if self._alerts is not None:
                self._alerts.see(model, anomalies)

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Begin to report."""
        runs = [reporter.run() for reporter in (self._lines, self._alerts) if reporter is not None]
        self._running = [asyncio.create_task(run) for run in runs]

    async def process_shutdown(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Report what is left, after the last answer."""
        for task in self._running:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        if self._alerts is not None:
            await self._alerts.flush()
        if self._lines is not None:
            await self._lines.flush()


def make_incidents(
    settings: InferenceSettings, reports: Reports, shared: SharedCounts
) -> Incidents:
    """Reporting as the settings say.

    Args:
        settings: of the service.
        reports: counts what is reported.
        shared: adds up what all workers have seen.
    """
    lines = alerts = None
    if settings.stdout_per_s:
        lines = LineWriter(settings.stdout_per_s, reports)
    if settings.alertmanager_url:
        alerts = Alertmanager(
            settings.alertmanager_url.split(","),
            limit=settings.alerts,
            interval_s=settings.alert_interval_s,
            link=settings.alert_link,
            reports=reports,
            shared=shared,
        )
    return Incidents(lines, alerts)
