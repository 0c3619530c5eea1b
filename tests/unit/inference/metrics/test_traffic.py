"""Counts of requests."""

import asyncio
from typing import Any

from prometheus_client.core import Metric

from inference.metrics.board import Board
from inference.metrics.traffic import BOUNDS_S, Traffic

ROUTES = ["/predict", "/models/{version}/activate"]

REQUESTS = "log_anomaly_http_requests_total"
DURATION = "log_anomaly_http_request_duration_seconds"
IN_FLIGHT = "log_anomaly_http_requests_in_flight"


class Clock:
    """Seconds that are set by hand."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def samples(families: list[Metric]) -> dict[tuple[str, ...], float]:
    """Values by name and labels, those of no request left out."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
        if sample.value
    }


def test_an_answer_is_counted_by_route_status_and_duration() -> None:
    """Sums of seconds follow with the next tick, since they need not be exact at once."""
    board, clock = Board(), Clock()
    traffic = Traffic(board, ROUTES, ["overloaded"], clock)
    board.open()
    meter = traffic.meter("/predict", 200)
    began = clock()
    clock.now += 0.3
    meter(began)
    found = samples(list(traffic.families(board.totals())))
    assert found[REQUESTS, "/predict", "200"] == 1
    assert (DURATION + "_sum", "/predict") not in found
    buckets = {le for le in BOUNDS_S if (DURATION + "_bucket", "/predict", str(le)) in found}
    assert buckets == {le for le in BOUNDS_S if le >= 0.3}
    for in_flight in (2, 1):
        traffic.tick(in_flight)
        found = samples(list(traffic.families(board.totals())))
        assert found[DURATION + "_sum", "/predict"] == 0.3
        assert found[IN_FLIGHT,] == in_flight


def test_an_answer_is_counted_before_it_is_sent() -> None:
    """So whoever has been answered has been counted."""
    board = Board()
    traffic = Traffic(board, ROUTES)
    board.open()
    counts: list[float] = []

    async def send(_event: Any) -> None:
        found = samples(list(traffic.families(board.totals())))
        counts.append(found.get((REQUESTS, "/predict", "404"), 0))

    async def answer() -> None:
        counted = traffic.counting("/predict", send)
        await counted({"type": "http.response.start", "status": 404})
        await counted({"type": "http.response.body"})

    asyncio.run(answer())
    assert counts == [1, 1]


def test_routes_statuses_and_problems_are_bounded() -> None:
    """Parameters of a path are no label, nor is a path or a status that nobody knows."""
    board = Board()
    traffic = Traffic(board, ROUTES, ["overloaded"])
    board.open()
    for path, status in [
        ("/models/7/activate", 200),
        ("/models/8/activate", 200),
        ("/models/7/8/activate", 404),
        ('/x"\n', 799),
    ]:
        traffic.meter(path, status)(0.0)
    traffic.refused(431)
    for problem in ("overloaded", "unheard-of"):
        traffic.problem(problem)
    found = samples(list(traffic.families(board.totals())))
    assert {key[1:]: count for key, count in found.items() if key[0] == REQUESTS} == {
        ("/models/{version}/activate", "200"): 2,
        ("other", "404"): 1,
        ("other", "other"): 1,
        ("other", "431"): 1,
    }
    problems = {key[1:]: count for key, count in found.items() if "problems" in key[0]}
    assert problems == {("overloaded",): 1, ("other",): 1}
