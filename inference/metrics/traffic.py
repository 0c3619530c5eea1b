"""Counts requests: by route and status, how long they took, and how many are being answered."""

import re
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any, Final

from prometheus_client.core import Metric

from inference.metrics.board import Board, Totals
from inference.metrics.families import Spec
from inference.metrics.names import OTHER

Send = Callable[[Any], Awaitable[None]]

REQUESTS: Final = Spec(
    "log_anomaly_http_requests_total",
    "counter",
    "Requests that were answered, by route and status",
    ("route", "status"),
)
DURATION: Final = Spec(
    "log_anomaly_http_request_duration_seconds",
    "histogram",
    "From the end of a request's head to the beginning of its answer, by route",
    ("route",),
)
IN_FLIGHT: Final = Spec(
    "log_anomaly_http_requests_in_flight", "gauge", "Requests that are being answered"
)
PROBLEMS: Final = Spec(
    "log_anomaly_http_problems_total",
    "counter",
    "Answers that are problems of our own kinds (docs/errors.md); overloaded are the calls that "
    "were refused since a worker had its hands full",
    ("problem",),
)
SPECS: Final = (REQUESTS, DURATION, IN_FLIGHT, PROBLEMS)

BOUNDS_S: Final = (
    *(0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05),
    *(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0),
)
"""Upper bounds of the buckets, in seconds: predictions take less than a millisecond, trainings may
take minutes."""

_STATUSES: Final = (OTHER, *(str(int(status)) for status in HTTPStatus))
_PLACES: Final = {int(status): place for place, status in enumerate(HTTPStatus, start=1)}
_SECONDS: Final = len(_STATUSES)
_BUCKETS: Final = _SECONDS + 1
_PER_ROUTE: Final = _BUCKETS + len(BOUNDS_S) + 1
"""The cells of a route: one for each status, the sum of seconds, the buckets."""


class Traffic:
    """The requests of a service; to be used from one event loop in each worker.

    Args:
        board: where they are counted.
        routes: paths as they are routed, with {parameters}; all others count as one.
        problems: kinds of problems; all others count as one.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        board: Board,
        routes: Sequence[str],
        problems: Iterable[str] = (),
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._board = board
        self._clock = clock
        self._names = (OTHER, *dict.fromkeys(routes))
        self._first = board.block(_PER_ROUTE * len(self._names))
        self._in_flight = board.block(1, passing=True)
        cells = {name: self._first + _PER_ROUTE * n for n, name in enumerate(self._names)}
        self._plain = {name: cell for name, cell in cells.items() if "{" not in name}
        self._patterns = [
            (re.compile(re.sub(r"\\{[^/]+?\\}", "[^/]+", re.escape(name))), cell)
            for name, cell in cells.items()
            if "{" in name
        ]
        self._problems = {OTHER: board.block(1)}
        for name in problems:
            self._problems.setdefault(name, board.block(1))

    def begin(self, path: str, send: Send) -> Send:
        """Count a request that has come, until `end`.

        Args:
            path: of the request.
            send: what takes the events of its answer (ASGI).

        Returns:
            The same, which counts the answer as it begins: before any byte of it is on its way, so
            that whatever a client was answered has been counted, whoever ends this worker.
        """
        self._board.cells[self._in_flight] += 1
        route = self._plain.get(path) or self._find(path)
        began = self._clock()

        def counted(event: Any) -> Awaitable[None]:
            if event["type"] == "http.response.start":
                self.answered(route, event["status"], self._clock() - began)
            return send(event)

        return counted

    def end(self) -> None:
        """Count a request no longer as one that is being answered."""
        self._board.cells[self._in_flight] -= 1

    def answered(self, route: int, status: int, duration_s: float) -> None:
        """Count an answer of a route, given by its first cell."""
        cells = self._board.cells
        cells[route + _PLACES.get(status, 0)] += 1
        cells[route + _SECONDS] += duration_s
        cells[route + _BUCKETS + bisect_left(BOUNDS_S, duration_s)] += 1

    def refused(self, status: int) -> None:
        """Count an answer to what was no request of any route."""
        self.answered(self._first, status, 0.0)

    def problem(self, name: str) -> None:
        """Count a problem by its kind."""
        self._board.cells[self._problems.get(name, self._problems[OTHER])] += 1

    def families(self, totals: Totals) -> Iterable[Metric]:
        """Requests, durations and problems; what never came has no sample, but for status 200."""
        size = _PER_ROUTE * len(self._names)
        routes = totals[self._first : self._first + size].reshape(-1, _PER_ROUTE).tolist()
        yield REQUESTS.counter(
            ((name, status), count)
            for name, cells in zip(self._names, routes, strict=True)
            for status, count in zip(_STATUSES, cells, strict=False)
            if count or (status == "200" and name != OTHER)
        )
        yield DURATION.histogram(
            BOUNDS_S,
            (
                ((name,), cells[_BUCKETS:], cells[_SECONDS])
                for name, cells in zip(self._names, routes, strict=True)
                if any(cells[_BUCKETS:])
            ),
        )
        yield IN_FLIGHT.gauge([((), totals[self._in_flight])])
        yield PROBLEMS.counter(((name,), totals[cell]) for name, cell in self._problems.items())

    def _find(self, path: str) -> int:
        """The first cell of a route that is not written out, or of the rest."""
        for pattern, cell in self._patterns:
            if pattern.fullmatch(path):
                return cell
        return self._first
