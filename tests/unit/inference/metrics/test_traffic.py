"""Counts of requests."""

import asyncio
from typing import Any

from prometheus_client.core import Metric

from inference.metrics.board import Board
from inference.metrics.traffic import BOUNDS_S, Traffic

ROUTES = ["/predict", "/models/{version}/activate"]


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


def test_a_request_is_counted_before_its_answer_is_sent() -> None:
    """By route, status and duration; until its end it is in flight."""
    board, clock = Board(), Clock()
    traffic = Traffic(board, ROUTES, ["overloaded"], clock)
    board.open()
    seen: list[dict[tuple[str, ...], float]] = []

    async def send(_event: Any) -> None:
        seen.append(samples(list(traffic.families(board.totals()))))

    async def answer() -> None:
        counted = traffic.begin("/predict", send)
        clock.now += 0.3
        await counted({"type": "http.response.start", "status": 200})
        await counted({"type": "http.response.body"})
        traffic.end()

    asyncio.run(answer())
    requests = "log_anomaly_http_requests_total"
    duration = "log_anomaly_http_request_duration_seconds"
    assert seen[0] == seen[1]
    assert seen[0][requests, "/predict", "200"] == 1
    assert seen[0]["log_anomaly_http_requests_in_flight",] == 1
    assert seen[0][duration + "_sum", "/predict"] == 0.3
    buckets = {le for le in BOUNDS_S if (duration + "_bucket", "/predict", str(le)) in seen[0]}
    assert buckets == {le for le in BOUNDS_S if le >= 0.3}
    now = samples(list(traffic.families(board.totals())))
    assert ("log_anomaly_http_requests_in_flight",) not in now


def test_routes_and_statuses_are_bounded() -> None:
    """Parameters of a path are no label, nor is a path or a status that nobody knows."""
    board = Board()
    traffic = Traffic(board, ROUTES, ["overloaded"])
    board.open()

    async def send(_event: Any) -> None:
        pass

    async def answer(path: str, status: int) -> None:
        await traffic.begin(path, send)({"type": "http.response.start", "status": status})
        traffic.end()

    for path, status in [
        ("/models/7/activate", 200),
        ("/models/8/activate", 200),
        ("/models/7/8/activate", 404),
        ('/x"\n', 799),
    ]:
        asyncio.run(answer(path, status))
    traffic.refused(431)
    for problem in ("overloaded", "unheard-of"):
        traffic.problem(problem)
    found = samples(list(traffic.families(board.totals())))
    requests = {key[1:]: count for key, count in found.items() if "requests_total" in key[0]}
    assert requests == {
        ("/models/{version}/activate", "200"): 2,
        ("other", "404"): 1,
        ("other", "other"): 1,
        ("other", "431"): 1,
    }
    problems = {key[1:]: count for key, count in found.items() if "problems" in key[0]}
    assert problems == {("overloaded",): 1, ("other",): 1}
