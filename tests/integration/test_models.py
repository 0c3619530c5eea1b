"""Published versions over REST: listed, kept waiting, made current, rolled back."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from inference.store.versions import MODEL_NAME
from tests.integration.calls import ask, training
from tests.integration.conftest import Service, StartInference, StartTrainer
from tests.made_logs import make_logs

ROUNDS = 6


def train(service: Service, seed: int, **options: object) -> dict[str, Any]:
    """The answer to a training."""
    answer = service.call("POST", "/train", training(make_logs(300, seed=seed), **options))
    assert answer.status == 200, answer.data
    trained: dict[str, Any] = answer.json()
    return trained


@pytest.fixture
def pair(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> tuple[Service, Service]:
    """A trainer, and an inference service of two workers over the same store with version 1."""
    trainer = start_trainer(model_dir)
    return trainer, start_inference(model_dir, trainer, WEB_CONCURRENCY="2").wait_until("/ready")


def test_a_version_waits_until_it_is_made_current(pair: tuple[Service, Service]) -> None:
    """Both services list the same; what waits does not serve, what was activated does at once."""
    trainer, service = pair
    waiting = train(service, 2, activate=False)
    assert (waiting["model_version"], waiting["is_current"]) == ("2", False)
    for server in pair:
        listed = server.call("GET", "/models").json()
        assert listed["current"] == "1"
        assert [(v["model_version"], v["is_current"]) for v in listed["versions"]] == [
            ("1", True),
            ("2", False),
        ]
        assert listed["versions"][1]["model_hash"] == waiting["model_hash"]
        assert listed["versions"][1]["n_samples"] == waiting["n_samples"]
    assert service.call("GET", "/model/info").json()["model_version"] == "1"

    activated = service.call("POST", "/models/2/activate")
    assert activated.status == 200, activated.data
    assert activated.json() == {
        "model_version": "2",
        "model_hash": waiting["model_hash"],
        "replaced": "1",
        "warnings": [],
    }
    assert service.call("POST", "/models/rollback").json()["model_version"] == "1"
    assert trainer.call("POST", "/models/2/activate", {}).json()["replaced"] == "1"
    assert service.call("GET", "/models").json()["current"] == "2"


def test_no_answer_of_the_version_before_once_activate_has_answered(
    pair: tuple[Service, Service],
) -> None:
    """64 connections on two workers: behind each change every answer is of the new version."""
    _, service = pair
    train(service, 2)
    predict = f"{service.url}/api/v1/predict"

    async def rounds() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=65)) as session:
            for number in range(ROUNDS):
                path, expected = (("1/activate", "1"), ("rollback", "2"))[number % 2]
                asking = [asyncio.create_task(ask(session, predict)) for _ in range(64)]
                async with session.post(f"{service.url}/api/v1/models/{path}") as response:
                    changed = await response.json()
                    assert changed.get("model_version") == expected, changed
                after = await asyncio.gather(*(ask(session, predict) for _ in range(256)))
                assert set(after) == {expected}
                await asyncio.gather(*asking)

    asyncio.run(rounds())


def test_what_cannot_be_made_current_is_refused(
    pair: tuple[Service, Service], model_dir: Path
) -> None:
    """An unknown, a broken, no earlier version: CURRENT stays, no path is given away."""
    _, service = pair
    train(service, 2, activate=False)
    graph = model_dir / MODEL_NAME / "2" / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:-1])
    listed = service.call("GET", "/models").json()["versions"][1]
    assert (listed["is_current"], "model.onnx has" in listed["fault"]) == (False, True)
    for path, status, kind in (
        ("/models/2/activate", 409, "version-unfit"),
        ("/models/9/activate", 404, "no-such-version"),
        ("/models/x/activate", 404, "no-such-version"),
        ("/models/9999999999999999999999/activate", 404, "no-such-version"),
        ("/models/rollback", 404, "no-such-version"),
    ):
        answer = service.call("POST", path)
        assert (answer.status, answer.json()["type"]) == (status, f"urn:problem:log-anomaly:{kind}")
        assert str(model_dir) not in answer.data.decode()
    assert service.call("GET", "/models").json()["current"] == "1"


def test_a_service_that_does_not_train_changes_nothing(
    start_inference: StartInference, model_dir: Path
) -> None:
    """With ALLOW_TRAINING=false versions are listed, and neither activated nor rolled back."""
    service = start_inference(model_dir, ALLOW_TRAINING="false")
    assert service.call("GET", "/models").json()["current"] == "1"
    for path in ("/models/1/activate", "/models/rollback"):
        assert service.call("POST", path).status == 404
