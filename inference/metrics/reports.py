"""Counts what is reported of anomalies: lines on standard output, and alerts."""

from collections.abc import Iterable
from typing import Final

from prometheus_client.core import Metric

from inference.metrics.board import Board, Totals
from inference.metrics.families import Spec

LINES: Final = Spec(
    "log_anomaly_anomaly_lines_total",
    "counter",
    "Anomalies by what became of their line on standard output: written, or suppressed by the rate",
    ("outcome",),
)
POSTS: Final = Spec(
    "log_anomaly_alert_posts_total",
    "counter",
    "Calls of Alertmanager by outcome: taken, or failed and to be repeated",
    ("outcome",),
)
LIVE: Final = Spec(
    "log_anomaly_alerts_live", "gauge", "Alerts that are live; each worker counts its own"
)
LOST: Final = Spec(
    "log_anomaly_alerts_lost_total",
    "counter",
    "Alerts that ended before Alertmanager had taken them once",
)
OTHER_LOGS: Final = Spec(
    "log_anomaly_alert_other_logs_total",
    "counter",
    "Anomalies beyond the alerts that are kept apart, reported by a common alert",
)
SPECS: Final = (LINES, POSTS, LIVE, LOST, OTHER_LOGS)


class Reports:
    """Counts what a service's workers report.

    Args:
        board: where it is counted.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._lines = {"written": board.block(1), "suppressed": board.block(1)}
        self._posts = {"taken": board.block(1), "failed": board.block(1)}
        self._live = board.block(1, passing=True)
        self._lost = board.block(1)
        self._other = board.block(1)

    def written(self, n_lines: int) -> None:
        """Count lines that were written."""
        self._board.cells[self._lines["written"]] += n_lines

    def suppressed(self, n_lines: int) -> None:
        """Count lines that were not written."""
        self._board.cells[self._lines["suppressed"]] += n_lines

    def taken(self) -> None:
        """Count a call that Alertmanager took."""
        self._board.cells[self._posts["taken"]] += 1

    def failed(self) -> None:
        """Count a call that Alertmanager did not take."""
        self._board.cells[self._posts["failed"]] += 1

    def live(self, n_alerts: int) -> None:
        """Set the number of alerts that are live in this worker."""
        self._board.cells[self._live] = n_alerts

    def lost(self, n_alerts: int) -> None:
        """Count alerts that ended before Alertmanager took them."""
        self._board.cells[self._lost] += n_alerts

    def other(self, n_logs: int) -> None:
        """Count anomalies that got no alert of their own."""
        self._board.cells[self._other] += n_logs

    def families(self, totals: Totals) -> Iterable[Metric]:
        """The families, over all workers."""
        for spec, cells in ((LINES, self._lines), (POSTS, self._posts)):
            yield spec.counter(((outcome,), totals[cell]) for outcome, cell in cells.items())
        yield LIVE.gauge([((), totals[self._live])])
        yield LOST.counter([((), totals[self._lost])])
        yield OTHER_LOGS.counter([((), totals[self._other])])
