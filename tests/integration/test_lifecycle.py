"""Signals that end, stop or kill a service or one of its processes."""

import shutil
import signal
import socket
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
import urllib3

from schemas.api.training import TrainResponse
from tests.integration.calls import REQUEST, training
from tests.integration.conftest import Service, StartInference, StartTrainer
from tests.made_logs import make_logs
from tests.waiting import until

Publish = Callable[..., TrainResponse]

DEADLINE_S = 20.0
STOPPED_S = 10.0


def workers(service: Service) -> list[psutil.Process]:
    """The processes that answer."""
    found: list[psutil.Process] = psutil.Process(service.process.pid).children()
    return found


def two_workers(service: Service) -> list[psutil.Process]:
    """The same, once there are two that have a model."""
    until(lambda: service.log.read_text().count("model.loaded") >= 2, "two workers")
    return workers(service)


def version(service: Service) -> str:
    """What answers a prediction on a new connection."""
    with urllib3.PoolManager(retries=False, timeout=DEADLINE_S) as pool:
        answer = pool.request("POST", f"{service.url}/api/v1/predict", json=REQUEST)
    assert answer.status == 200
    return str(answer.json()["model_version"])


def test_a_worker_that_drains_is_not_ready(
    start_inference: StartInference, model_dir: Path
) -> None:
    """On SIGTERM a connection that is open gets 503 from /ready, and is told to close."""
    service = start_inference(model_dir, WEB_CONCURRENCY="1").wait_until("/ready")
    connection = HTTPConnection("127.0.0.1", service.port, timeout=10)
    connection.request("GET", "/api/v1/ready")
    assert connection.getresponse().read()
    workers(service)[0].send_signal(signal.SIGTERM)
    statuses = []
    closing = False
    while not closing:
        connection.request("GET", "/api/v1/ready")
        answer = connection.getresponse()
        answer.read()
        closing = answer.headers["Connection"] == "close"
        statuses.append(answer.status)
    assert set(statuses[:-1]) <= {200}
    assert statuses[-1] == 503
    connection.close()


def test_a_killed_worker_is_replaced(start_inference: StartInference, model_dir: Path) -> None:
    """SIGKILL of a worker costs what it was answering; soon there are two again."""
    service = start_inference(model_dir, WEB_CONCURRENCY="2")
    killed, stays = two_workers(service)
    killed.kill()
    until(lambda: len(workers(service)) == 2 and killed not in workers(service), "another worker")
    assert stays in workers(service)
    assert [version(service) for _ in range(10)] == ["1"] * 10


def test_a_stopped_worker_holds_up_nobody(
    start_inference: StartInference, model_dir: Path, publish: Publish
) -> None:
    """While a worker is stopped for 10 s the other answers, by a new version as well.

    Continued, the stopped one answers by that version too.
    """
    service = start_inference(model_dir, WEB_CONCURRENCY="2")
    stopped, _ = two_workers(service)
    stopped.suspend()
    began = time.monotonic()
    try:
        assert [version(service) for _ in range(10)] == ["1"] * 10
        publish()
        while time.monotonic() < began + STOPPED_S:
            assert version(service) == "2"
    finally:
        stopped.resume()
    assert [version(service) for _ in range(20)] == ["2"] * 20


def test_workers_agree_on_a_store_whose_current_version_is_broken(
    start_inference: StartInference, model_dir: Path, publish: Publish
) -> None:
    """Whatever each has answered before, all answer by the newest good version below CURRENT."""
    service = start_inference(model_dir, WEB_CONCURRENCY="2")
    idle, _ = two_workers(service)
    idle.suspend()  # it sees nothing of version 2 while that is whole and current
    store = model_dir / "log-anomaly"
    try:
        publish()
        assert version(service) == "2"
        shutil.copytree(store / "2", store / "3")
        (store / "3" / "model.onnx").write_bytes(b"damaged")
        (store / "next").write_text("3\n")
        (store / "next").replace(store / "CURRENT")
    finally:
        idle.resume()
    assert [version(service) for _ in range(40)] == ["2"] * 40
    ready = service.call("GET", "/ready").json()
    assert "version 3" in ready["detail"]


def test_a_flipped_bit_in_a_manifest_stops_nothing(
    start_inference: StartInference, model_dir: Path
) -> None:
    """Wherever it is, the last good version answers, /ready says why, and a restart succeeds."""
    service = start_inference(model_dir, WEB_CONCURRENCY="1").wait_until("/ready")
    store = model_dir / "log-anomaly"
    shutil.copytree(store / "1", store / "2")
    whole = (store / "2" / "manifest.json").read_bytes()
    for number, index in enumerate(range(0, len(whole), len(whole) // 60)):
        flipped = bytearray(whole)
        flipped[index] ^= 0x80
        (store / "2" / "manifest.json").write_bytes(flipped)
        (store / "next").write_text("2\n" + " " * (number % 7))
        (store / "next").replace(store / "CURRENT")
        assert version(service) == "1"
        assert "version 2" in service.call("GET", "/ready").json()["detail"]
    again = start_inference(model_dir).wait_until("/ready")
    assert version(again) == "1"


def is_at_work(service: Service) -> bool:
    """Whether a request is being answered, but for the question itself, which is soon over."""
    looks = []
    for _ in range(3):
        text = POOL.request("GET", f"{service.url}/metrics").data
        looks.append(b"log_anomaly_http_requests_in_flight 1" in text)
        time.sleep(0.15)
    return all(looks)


@pytest.mark.parametrize("passed_on", [False, True])
def test_a_training_whose_client_left_is_stopped(
    start_trainer: StartTrainer,
    start_inference: StartInference,
    model_dir: Path,
    passed_on: bool,  # noqa: FBT001
) -> None:
    """The trainer notices, publishes nothing, and is free for others; also behind inference."""
    trainer = start_trainer(model_dir)
    asked = (
        start_inference(model_dir, TRAINER_URL=trainer.url).wait_until("/ready")
        if passed_on
        else trainer
    )
    body = training(make_logs(20_000), n_estimators=1000)
    head = f"POST /api/v1/train HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", asked.port)) as client:
        client.sendall(head.encode() + body)
        until(lambda: is_at_work(trainer), "the training to begin")
    until(lambda: "training-abandoned" in trainer.log.read_text(), "the training was stopped")
    until(lambda: "training-abandoned" in asked.log.read_text(), "the service noticed")
    assert sorted(path.name for path in (model_dir / "log-anomaly").glob("[0-9]*")) == ["1"]
    assert asked.call("POST", "/train", training(make_logs(300))).json()["model_version"] == "2"


def test_a_killed_trainer_leaves_a_whole_store(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """SIGKILL at a dozen moments of trainings: inference always answers, nothing is left behind."""
    trainer = start_trainer(model_dir)
    service = start_inference(model_dir).wait_until("/ready")
    body = training(make_logs(500), n_estimators=20)
    head = f"POST /api/v1/train HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
    for moment in range(12):
        until(lambda: len(workers(trainer)) == 1, "a worker of the trainer")
        with socket.create_connection(("127.0.0.1", trainer.port), DEADLINE_S) as client:
            client.sendall(head.encode() + body)
            time.sleep(0.03 * moment)  # the moments are what is tested, whatever happens in them
            for worker in workers(trainer):
                worker.kill()
        assert version(service)
        assert "detail" not in service.call("GET", "/ready").json()
    trainer.wait_until("/ready")
    trained = POOL.request("POST", f"{trainer.url}/api/v1/train", body=body)
    assert trained.status == 200
    assert not list((model_dir / "log-anomaly").glob(".tmp-*"))
    until(lambda: version(service) == trained.json()["model_version"], "the new model serves")


POOL = urllib3.PoolManager(retries=urllib3.Retry(5, allowed_methods=None), timeout=DEADLINE_S)
