"""Counts requests: by route and status, how long they took, and how many are being answered."""

import re
import time
from bisect import bisect_left
from collections.abc import Awaitable, Callable, Iterable, Sequence
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
    "log_anomaly_http_requests_in_flight",
    "gauge",
    "Requests that are being answered, as of a tenth of a second ago",
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

STATUSES: Final = (
    *(200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408, 409, 411, 412, 413, 414, 415, 422),
    *(429, 431, 500, 501, 502, 503, 504),
)
"""Those with a label of their own."""

_LABELS: Final = (OTHER, *map(str, STATUSES))
_FIRST_S: Final = BOUNDS_S[0]
_BUCKETS: Final = len(BOUNDS_S) + 1
_PLACES: Final = {status: _BUCKETS * place for place, status in enumerate(STATUSES, start=1)}
_PER_ROUTE: Final = len(_LABELS) * _BUCKETS
"""The cells of a route: for each status, how many answers took how long."""


class Traffic:
    """The requests of a service; a worker must use it from a single event loop.

    Attributes:
        clock: monotonic seconds.

    Args:
        board: where they are counted.
        routes: paths as they are routed, with {parameters}; all others are counted together.
        problems: kinds of problems; all others are counted together.
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
        self.clock = clock
        self._names = (OTHER, *dict.fromkeys(routes))
        self._first = board.block(_PER_ROUTE * len(self._names))
        self._seconds = board.block(len(self._names))
        self._in_flight = board.block(1, passing=True)
        self._unwritten = [0.0] * len(self._names)
        numbers = {name: number for number, name in enumerate(self._names)}
        self._plain = {name: number for name, number in numbers.items() if "{" not in name}
        self._patterns = [
            (re.compile(re.sub(r"\\{[^/]+?\\}", "[^/]+", re.escape(name))), number)
            for name, number in numbers.items()
            if "{" in name
        ]
        self._problems = {OTHER: board.block(1)}
        for name in problems:
            self._problems.setdefault(name, board.block(1))

    def counting(self, path: str, send: Send) -> Send:
        """Have the answer to a request counted that has just come.

        Args:
            path: of the request.
            send: what takes the events of its answer (ASGI).

        Returns:
            The same, which counts the answer as it begins, before any byte of it is sent: every
            answer that a client got has been counted, even if this worker is killed.
        """
        began = self.clock()

        def counted(event: Any) -> Awaitable[None]:
            if event["type"] == "http.response.start":
                self.meter(path, event["status"])(began)
            return send(event)

        return counted

    def meter(self, path: str, status: int) -> Callable[[float], None]:
        """A function that counts an answer of this kind, given when its request came.

        Args:
            path: of the requests.
            status: of the answers.
        """
        route = self._plain.get(path)
        if route is None:
            matching = (number for pattern, number in self._patterns if pattern.fullmatch(path))
            route = next(matching, 0)
        first = self._first + _PER_ROUTE * route + _PLACES.get(status, 0)
        board, clock, unwritten = self._board, self.clock, self._unwritten

        def answered(began: float) -> None:
            seconds = clock() - began
            # Nearly all predictions are in the first bucket, for which nothing is searched.
            bucket = bisect_left(BOUNDS_S, seconds) if seconds > _FIRST_S else 0
            board.cells[first + bucket] += 1
            unwritten[route] += seconds

        return answered

    def refused(self, status: int) -> None:
        """Count an answer to bytes that never became a request."""
        self.meter("", status)(self.clock())

    def problem(self, name: str) -> None:
        """Count a problem by its kind."""
        self._board.cells[self._problems.get(name, self._problems[OTHER])] += 1

    def tick(self, in_flight: int) -> None:
        """Update gauges that need not be exact to the last moment, ten times a second.

        Args:
            in_flight: requests that this worker is answering.
        """
        cells = self._board.cells
        cells[self._in_flight] = in_flight
        for route, seconds in enumerate(self._unwritten):
            if seconds:
                cells[self._seconds + route] += seconds
                self._unwritten[route] = 0.0

    def families(self, totals: Totals) -> Iterable[Metric]:
        """Requests, durations and problems; counts of 0 have no sample, but for status 200."""
        size = _PER_ROUTE * len(self._names)
        answers = totals[self._first : self._first + size]
        answers = answers.reshape(len(self._names), len(_LABELS), _BUCKETS)
        yield REQUESTS.counter(
            ((name, status), count)
            for name, counts in zip(self._names, answers.sum(axis=2).tolist(), strict=True)
            for status, count in zip(_LABELS, counts, strict=True)
            if count or (status == "200" and name != OTHER)
        )
        seconds = totals[self._seconds : self._seconds + len(self._names)].tolist()
        durations = answers.sum(axis=1).tolist()
        yield DURATION.histogram(
            BOUNDS_S,
            (
                ((name,), counts, total)
                for name, counts, total in zip(self._names, durations, seconds, strict=True)
                if any(counts)
            ),
        )
        yield IN_FLIGHT.gauge([((), totals[self._in_flight])])
        yield PROBLEMS.counter(((name,), totals[cell]) for name, cell in self._problems.items())
