"""Both services as users run them: real processes, real sockets."""

import asyncio
import io
import json
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import msgspec
import pytest

from schemas.features import LogFeatures
from tests.integration.conftest import Service, StartInference, StartTrainer
from tests.made_logs import make_log, make_logs

ONE = {"log_id": "a", "features": msgspec.to_builtins(make_log())}


def training(logs: list[LogFeatures], **options: object) -> bytes:
    """The body of a train call."""
    return msgspec.json.encode({"training_data": logs, **options})


def test_the_whole_path(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path
) -> None:
    """From an empty store over a training through inference to predictions and model info."""
    trainer = start_trainer(tmp_path)
    inference = start_inference(tmp_path, trainer)
    assert inference.call("GET", "/ready").status == 503
    refused = inference.call("POST", "/predict", ONE)
    assert refused.status == 503
    assert refused.headers["Retry-After"] == "5"
    assert "train a model first" in refused.json()["detail"]

    trained = inference.call("POST", "/train", training(make_logs(500), contamination=0.1))
    assert trained.status == 200
    assert trained.json()["model_version"] == "1"

    assert inference.call("GET", "/ready").json() == {"status": "ready", "model_version": "1"}
    prediction = inference.call("POST", "/predict", ONE).json()
    assert prediction["is_anomaly"] == (prediction["decision"] < 0)
    info = inference.call("GET", "/model/info").json()
    assert info["manifest"]["training"]["n_samples"] == 500
    batch = {"logs": [{"log_id": str(n), "features": ONE["features"]} for n in range(9_000)]}
    answer = inference.call("POST", "/predict/batch", batch).json()
    assert [one["log_id"] for one in answer["predictions"]] == [str(n) for n in range(9_000)]


async def ask(session: aiohttp.ClientSession, url: str) -> str:
    """The model version that answers one prediction."""
    async with session.post(url, json=ONE) as response:
        assert response.status == 200
        version: str = (await response.json())["model_version"]
        return version


def test_no_answer_of_the_old_model_once_train_has_answered(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """200 connections on 2 workers under load: after each training every answer is the new one's.

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
                async with session.post(train, data=io.BytesIO(body)) as response:
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
                async with session.post("/api/v1/train", data=body) as response:
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
    """While one training is at work, predictions are answered and a second one is refused.

    With no time to wait set, the second gets 503 with Retry-After; both never mix.
    """
    trainer = start_trainer(model_dir, ANOMALY_TRAIN_WAIT_S="0")
    inference = start_inference(model_dir, trainer, WEB_CONCURRENCY="1")
    body = training(make_logs(20_000), n_estimators=1000)

    async def both() -> tuple[list[int], int]:
        url = f"{inference.url}/api/v1/train"
        async with aiohttp.ClientSession() as session:

            async def train() -> tuple[int, str | None]:
                async with session.post(url, data=io.BytesIO(body)) as response:
                    await response.read()
                    return response.status, response.headers.get("Retry-After")

            trainings = [asyncio.create_task(train()) for _ in range(2)]
            answered = 0
            while not all(one.done() for one in trainings):
                assert await ask(session, f"{inference.url}/api/v1/predict")
                answered += 1
            outcomes = [one.result() for one in trainings]
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
    assert inference.call("POST", "/predict", ONE).status == 200


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


def test_a_trainer_with_another_store_is_told_apart(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path
) -> None:
    """A training that does not serve here is no success, and the answer says why."""
    trainer = start_trainer(tmp_path / "theirs")
    inference = start_inference(tmp_path / "ours", trainer)
    answer = inference.call("POST", "/train", training(make_logs(100)))
    assert answer.status == 502
    assert "must share one MODEL_DIR" in answer.json()["detail"]


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


def test_half_a_body_blocks_nobody(start_inference: StartInference, model_dir: Path) -> None:
    """64 clients that send half a body and wait leave the service to all others."""
    inference = start_inference(model_dir, WEB_CONCURRENCY="1")
    slow = [socket.create_connection(("127.0.0.1", inference.port)) for _ in range(64)]
    try:
        for one in slow:
            one.sendall(b"POST /api/v1/predict HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{")
        assert all(inference.call("POST", "/predict", ONE).status == 200 for _ in range(20))
    finally:
        for one in slow:
            one.close()


def test_chunked_and_gzipped_bodies_are_taken(
    start_inference: StartInference, model_dir: Path
) -> None:
    """A body without a length, sent in chunks, is read as any other."""
    inference = start_inference(model_dir)
    body = json.dumps(ONE).encode()

    async def send() -> int:
        async def chunks() -> AsyncIterator[bytes]:
            for index in range(0, len(body), 7):
                yield body[index : index + 7]

        async with aiohttp.ClientSession() as session:
            url = f"{inference.url}/api/v1/predict"
            async with session.post(url, data=chunks()) as response:
                assert response.status == 200
            async with session.post(url, data=body, compress="gzip") as response:
                return response.status

    assert asyncio.run(send()) == 200


def stop_under_load(inference: Service) -> list[str]:
    """Send SIGTERM to one worker while 8 keep-alive clients are busy; returns their failures."""
    failures: list[str] = []

    async def client(session: aiohttp.ClientSession, until: float) -> None:
        while time.monotonic() < until:
            try:
                await ask(session, f"{inference.url}/api/v1/predict")
            except aiohttp.ClientError as error:
                failures.append(repr(error))

    async def run() -> None:
        connector = aiohttp.TCPConnector(limit=8)
        async with aiohttp.ClientSession(connector=connector) as session:
            until = time.monotonic() + 3.0
            clients = [asyncio.create_task(client(session, until)) for _ in range(8)]
            await asyncio.gather(*(ask(session, f"{inference.url}/api/v1/predict") for _ in "ab"))
            inference.process.send_signal(signal.SIGHUP)
            await asyncio.gather(*clients)

    asyncio.run(run())
    return failures


def test_no_busy_client_is_cut_off(start_inference: StartInference, model_dir: Path) -> None:
    """When workers are replaced (SIGHUP), busy keep-alive clients see not one broken connection."""
    inference = start_inference(model_dir, WEB_CONCURRENCY="2")
    assert stop_under_load(inference) == []


def test_a_service_stops_cleanly(start_inference: StartInference, model_dir: Path) -> None:
    """SIGTERM ends it with code 0, and nothing it logged is other than JSON."""
    inference = start_inference(model_dir)
    assert inference.stop() == 0
    for line in inference.log.read_text().splitlines():
        assert {"timestamp", "level", "logger", "event"} <= json.loads(line).keys()


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"PORT": "{port}"}, "cannot listen on 127.0.0.1 port"),
        ({"WEB_CONCURRENCY": "0", "ANOMALY_SERVE_TYPO": "1"}, "ANOMALY_SERVE_TYPO is not known"),
    ],
)
def test_a_start_that_cannot_succeed_says_why(
    environ: dict[str, str], message: str, tmp_path: Path
) -> None:
    """A taken port or a wrong setting is one clear message and a code that is not 0."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        variables = {"PORT": "1", **{k: v.format(port=port) for k, v in environ.items()}}
        service = Service(["inference"], variables, port, tmp_path / "log")
        assert service.process.wait(30) != 0
    assert message in service.log.read_text()
    assert "Traceback" not in service.log.read_text()
