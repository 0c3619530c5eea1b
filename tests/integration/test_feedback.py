"""A person's word on a log, on running services."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.calls import training
from tests.integration.conftest import Service, StartInference, StartTrainer
from tests.made_logs import make_logs

SERVICES = 3
MARKS = 200
LINE = {"level": "FATAL", "service": "billing"}
WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa")


def line(number: int) -> dict[str, Any]:
    """A line that is an anomaly to whoever has not been corrected; each of its own pattern."""
    name = f"{WORDS[number % 10]} {WORDS[number // 10 % 10]} {WORDS[number // 100]}"
    return {**LINE, "message": f"Exception in {name}: connection to db 7 refused, timed out"}


@pytest.fixture
def services(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path
) -> list[Service]:
    """Three services of two workers over one store, with a model."""
    trainer = start_trainer(tmp_path / "models")
    body = training(make_logs(500, seed=1), contamination=0.05)
    assert trainer.call("POST", "/train", body).status == 200
    return [
        start_inference(tmp_path / "models", trainer, WEB_CONCURRENCY="2").wait_until("/ready")
        for _ in range(SERVICES)
    ]


def test_no_stale_verdict_once_feedback_has_answered(services: list[Service]) -> None:
    """Each correction holds in all workers of the service that took it, under load."""

    async def is_anomaly(session: aiohttp.ClientSession, service: Service, number: int) -> bool:
        url = f"{service.url}/api/v1/predict"
        async with session.post(url, json={"log_id": "a", **line(number)}) as response:
            assert response.status == 200
            found: bool = (await response.json())["is_anomaly"]
            return found

    async def rounds() -> int:
        stale = 0
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=100)) as session:
            for number in range(MARKS):
                service = services[number % SERVICES]
                assert await is_anomaly(session, service, number)
                load = [
                    asyncio.create_task(is_anomaly(session, asked_service, 999))
                    for asked_service in services
                    for _ in range(10)
                ]
                body = {"verdict": "normal", **line(number), "note": "known"}
                async with session.post(f"{service.url}/api/v1/feedback", json=body) as response:
                    answer = await response.json()
                    assert (response.status, answer["n_corrections"]) == (200, number + 1), answer
                asked = await asyncio.gather(
                    *(is_anomaly(session, service, number) for _ in range(40))
                )
                stale += sum(asked)
                assert all(await asyncio.gather(*load))  # what nobody spoke of is as it was
        return stale

    assert asyncio.run(rounds()) == 0
    manifest = services[0].call("GET", "/model/info").json()["manifest"]
    assert len(manifest["corrections"]) == MARKS
    assert manifest["corrections"][0]["note"] == "known"
    for service in services:
        text = service.log.read_text()
        assert "refused" not in text


def test_what_is_wrong_is_named(services: list[Service]) -> None:
    """A body at fault, a time that is over; a correction can be taken back, and is named when an
    older version becomes current that lacks it.
    """
    service = services[0]
    for body, path in (
        ({"verdict": "odd", **line(1)}, "verdict"),
        ({"verdict": "normal"}, "features"),
        ({"verdict": "normal", **line(1), "until": "2001-01-01T00:00:00Z"}, "until"),
        ({"verdict": "normal", **line(1), "until": "tomorrow"}, "until"),
        ({"verdict": "normal", **line(1), "notes": ""}, "notes"),
    ):
        refused = service.call("POST", "/feedback", body)
        assert refused.status == 422, refused.data
        assert [fault["path"] for fault in refused.json()["errors"]] == [path]
    assert service.call("POST", "/feedback", {"verdict": "normal", **line(1)}).status == 200
    taken = service.call("POST", "/feedback", {"verdict": "none", **line(1)}).json()
    assert (taken["correction"], taken["n_corrections"]) == (None, 0)
    asked = service.call("POST", "/predict", {"log_id": "a", **line(1)}).json()
    assert asked["is_anomaly"] is True
    assert service.call("POST", "/models/rollback").json()["warnings"] == []
    (warning,) = service.call("POST", "/models/rollback").json()["warnings"]
    assert warning.startswith("1 correction of version 2 does not hold in version 1 (normal, ")


def test_a_correction_ends_at_its_time(services: list[Service]) -> None:
    """Until then explained answers say so; behind that the detector decides again, by itself."""
    service = services[0]
    until = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    response = service.call("POST", "/feedback", {"verdict": "normal", **line(3), "until": until})
    assert response.status == 200, response.data
    ask = {"log_id": "a", **line(3)}
    explained = service.call("POST", "/predict?explain=true", ask).json()
    assert explained["is_anomaly"] is False
    assert explained["why"].startswith("marked as normal by feedback; otherwise: FATAL, ")
    deadline = time.monotonic() + 30
    while not service.call("POST", "/predict", ask).json()["is_anomaly"]:
        assert time.monotonic() < deadline, "the word still holds"
        time.sleep(0.2)  # until a moment that was named
    assert datetime.now(UTC) >= datetime.fromisoformat(until)
    assert service.call("GET", "/model/info").json()["model_version"] == "2"
