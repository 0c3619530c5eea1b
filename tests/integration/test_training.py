"""Training through inference: what serves afterwards, and what happens when it fails."""

import asyncio
import io
import socket
from pathlib import Path

import aiohttp
import msgspec

from schemas.record.features import LogFeatures
from tests.integration.calls import JSON, REQUEST, ask, training
from tests.integration.conftest import StartInference, StartTrainer
from tests.made_logs import make_logs


def test_no_answer_of_the_old_model_once_train_has_answered(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """200 connections on 2 workers under load: after each training every answer is the new model's.

    During the trainings predictions go on without one failure.
    """
    trainer = start_trainer(model_dir)
    inference = start_inference(model_dir, trainer, WEB_CONCURRENCY="2")
    predict, train = (f"{inference.url}/api/v1/{path}" for path in ("predict", "train"))

    async def rounds() -> None:
        connector = aiohttp.TCPConnector(limit=201)
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(*(ask(session, predict) for _ in range(200)))
            for expected in ("2", "3", "4"):
                busy = asyncio.create_task(_keep_asking(session, predict))
                body = training(make_logs(1_000, seed=int(expected)))
                async with session.post(train, data=io.BytesIO(body), headers=JSON) as response:
                    assert (await response.json())["model_version"] == expected
                after = await asyncio.gather(*(ask(session, predict) for _ in range(1_000)))
                assert set(after) == {expected}
                busy.cancel()
                await asyncio.gather(busy, return_exceptions=True)

    asyncio.run(rounds())


def test_real_logs_train_and_serve_at_once(
    start_trainer: StartTrainer,
    start_inference: StartInference,
    tmp_path: Path,
    real_logs: list[LogFeatures],
) -> None:
    """64,322 real records train through inference; 200 connections then see only the new model."""
    trainer = start_trainer(tmp_path)
    inference = start_inference(tmp_path, trainer, WEB_CONCURRENCY="2")
    requests = [{"log_id": "a", "features": msgspec.to_builtins(log)} for log in real_logs[::64]]

    async def rounds() -> None:
        connector = aiohttp.TCPConnector(limit=200)
        async with aiohttp.ClientSession(inference.url, connector=connector) as session:

            async def version(request: object) -> str:
                async with session.post("/api/v1/predict", json=request) as response:
                    assert response.status == 200
                    return str((await response.json())["model_version"])

            for number, count in enumerate((1_000, len(real_logs)), start=1):
                body = io.BytesIO(training(real_logs[:count]))
                async with session.post("/api/v1/train", data=body, headers=JSON) as response:
                    trained = await response.json()
                assert (trained["model_version"], trained["n_samples"]) == (str(number), count)
                assert set(await asyncio.gather(*map(version, requests))) == {str(number)}

    asyncio.run(rounds())


async def _keep_asking(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        await asyncio.gather(*(ask(session, url) for _ in range(20)))


def test_a_slow_training_holds_up_nobody(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """While one training is at work, predictions are answered and a second training is refused.

    With no time to wait set, the second gets 503 with Retry-After; both never mix.
    """
    trainer = start_trainer(model_dir, ANOMALY_TRAIN_WAIT_S="0")
    inference = start_inference(model_dir, trainer, WEB_CONCURRENCY="1")
    body = training(make_logs(20_000), n_estimators=1000)

    async def both() -> tuple[list[int], int]:
        url = f"{inference.url}/api/v1/train"
        async with aiohttp.ClientSession() as session:

            async def train() -> tuple[int, str | None]:
                async with session.post(url, data=io.BytesIO(body), headers=JSON) as response:
                    await response.read()
                    return response.status, response.headers.get("Retry-After")

            trainings = [asyncio.create_task(train()) for _ in range(2)]
            answered = 0
            while not all(training.done() for training in trainings):
                assert await ask(session, f"{inference.url}/api/v1/predict")
                answered += 1
            outcomes = [training.result() for training in trainings]
            assert (503, "5") in outcomes
            return sorted(status for status, _ in outcomes), answered

    statuses, answered = asyncio.run(both())
    assert statuses == [200, 503]
    assert answered > 20


def test_an_unreachable_trainer_does_no_harm(
    start_inference: StartInference, model_dir: Path
) -> None:
    """The training is answered with 502, predictions go on."""
    inference = start_inference(model_dir)
    refused = inference.call("POST", "/train", training(make_logs(10)))
    assert refused.status == 502
    assert refused.json()["type"] == "urn:problem:log-anomaly:trainer-unreachable"
    assert inference.call("POST", "/predict", REQUEST).status == 200


def test_a_trainer_that_never_answers_times_out(
    start_inference: StartInference, model_dir: Path
) -> None:
    """The time-out of the proxy is its own; the answer says that the training may still end."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        inference = start_inference(model_dir, TRAINER_URL=url, ANOMALY_SERVE_TRAIN_TIMEOUT_S="0.3")
        refused = inference.call("POST", "/train", training(make_logs(10)))
    assert refused.status == 504
    assert "may still end" in refused.json()["detail"]


def test_a_trainer_with_another_store_is_recognised(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path
) -> None:
    """A training that does not serve here is no success, and the answer says why."""
    trainer = start_trainer(tmp_path / "theirs")
    inference = start_inference(tmp_path / "ours", trainer)
    answer = inference.call("POST", "/train", training(make_logs(100)))
    assert answer.status == 502
    assert "must share a MODEL_DIR" in answer.json()["detail"]


def test_trainers_answers_are_passed_back(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path
) -> None:
    """What the trainer refuses, inference refuses in its words, under the caller's request id."""
    trainer = start_trainer(tmp_path)
    inference = start_inference(tmp_path, trainer)
    body = {"training_data": [], "contamination": 2}
    refused = inference.call("POST", "/train", body, {"X-Request-ID": "my-id"})
    assert refused.status == 422
    assert {error["path"] for error in refused.json()["errors"]} == {
        "training_data",
        "contamination",
    }
    assert refused.json()["request_id"] == refused.headers["X-Request-ID"] == "my-id"
    assert '"request_id":"my-id"' in trainer.log.read_text()
    assert not (tmp_path / "log-anomaly").exists()


def test_a_forest_that_would_be_too_large_is_refused_at_once(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """Through inference, with what to lower; a setting says how large is too large."""
    trainer = start_trainer(model_dir, ANOMALY_TRAIN_MAX_NODES="20000")
    inference = start_inference(model_dir, trainer)
    options = {"n_estimators": 100, "max_samples": 101}
    refused = inference.call("POST", "/train", training(make_logs(200), **options))
    assert refused.status == 422
    assert refused.json()["type"].endswith(":forest-too-large")
    assert "20200 nodes, 20000 are allowed" in refused.json()["detail"]
    options["max_samples"] = 100
    assert inference.call("POST", "/train", training(make_logs(200), **options)).status == 200


def test_a_training_is_asked_for_by_alerts_a_day(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """With the lines a day, since rows have no times; the manifest states what follows."""
    inference = start_inference(model_dir, start_trainer(model_dir))
    body = {"training_data": [msgspec.to_builtins(log) for log in make_logs(300)]}
    budget = {"alerts_per_day": 20, "lines_per_day": 400}
    trained = inference.call("POST", "/train", {**body, **budget})
    assert trained.status == 200
    assert trained.json()["options"]["contamination"] == 0.05
    manifest = inference.call("GET", "/model/info").json()["manifest"]
    assert manifest["calibration"]["budget"] == budget
    assert manifest["options"]["contamination"] == 0.05
    refused = inference.call("POST", "/train", {**body, **budget, "alerts_per_day": 201})
    assert refused.status == 422
    assert refused.json()["type"].endswith(":alert-budget")
    assert "Expected at most 200" in refused.json()["detail"]
