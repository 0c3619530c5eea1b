"""Both services as users run them: real processes, real sockets."""

import asyncio
import json
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import aiohttp
import pytest

from tests.integration.calls import JSON, REQUEST, ask, training
from tests.integration.conftest import START_TIMEOUT_S, Service, StartInference, StartTrainer
from tests.made_logs import make_logs


def test_the_whole_path(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path
) -> None:
    """From an empty store over a training through inference to predictions and model info."""
    trainer = start_trainer(tmp_path)
    inference = start_inference(tmp_path, trainer)
    assert inference.call("GET", "/ready").status == 503
    refused = inference.call("POST", "/predict", REQUEST)
    assert refused.status == 503
    assert refused.headers["Retry-After"] == "5"
    assert "train a model first" in refused.json()["detail"]

    trained = inference.call("POST", "/train", training(make_logs(500), contamination=0.1))
    assert trained.status == 200
    assert trained.json()["model_version"] == "1"

    assert inference.call("GET", "/ready").json() == {"status": "ready", "model_version": "1"}
    prediction = inference.call("POST", "/predict", REQUEST).json()
    assert prediction["is_anomaly"] == (prediction["decision"] < 0)
    info = inference.call("GET", "/model/info").json()
    assert info["manifest"]["training"]["n_samples"] == 500
    batch = {"logs": [{"log_id": str(n), "features": REQUEST["features"]} for n in range(9_000)]}
    answer = inference.call("POST", "/predict/batch", batch).json()
    assert [prediction["log_id"] for prediction in answer["predictions"]] == [
        str(n) for n in range(9_000)
    ]


def test_the_trainer_does_not_mind_the_workers_of_inference(
    start_trainer: StartTrainer, tmp_path: Path
) -> None:
    """Both services may share one environment; a wrong WEB_CONCURRENCY is inference's fault."""
    assert start_trainer(tmp_path, WEB_CONCURRENCY="two").call("GET", "/health").status == 200


def test_the_detector_can_be_changed_while_it_serves(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """A train call chooses what decides; features and raw logs, small and large batches are taken.

    Six-feature clients see the same fields as before, and with `explain` why.
    """
    inference = start_inference(model_dir, start_trainer(model_dir))
    assert "terms" not in inference.call("POST", "/predict?explain=true", REQUEST).json()
    trained = inference.call(
        "POST", "/train", training(make_logs(500), detector="surprisal", contamination=0.05)
    )
    assert trained.status == 200
    assert trained.json()["options"]["detector"] == "surprisal"

    explained = inference.call("POST", "/predict?explain=true", REQUEST).json()
    assert sum(explained["terms"].values()) > 0
    plain = inference.call("POST", "/predict", REQUEST).json()
    assert plain.items() < explained.items()
    raw = {"log_id": "b", "message": "disk failed", "level": "fatal", "service": "new"}
    assert inference.call("POST", "/predict", raw).json()["is_anomaly"]
    for count in (10, 4_000):  # the larger batch is worked on beside the loop
        logs = [REQUEST, raw] * (count // 2)
        answer = inference.call("POST", "/predict/batch", {"logs": logs}).json()
        assert answer["predictions"] == answer["predictions"][:2] * (count // 2)
        assert answer["predictions"][0] == plain
        assert answer["anomaly_count"] >= count // 2
    info = inference.call("GET", "/model/info").json()
    assert info["manifest"]["detector"] == "surprisal"


def connect(inference: Service, count: int) -> list[str]:
    """Have so many clients ask something and stay; returns which worker answered each.

    A request id is random bits of the worker's own and a running number of 8 digits.
    """
    workers = []
    with ExitStack() as clients:
        for _ in range(count):
            client = clients.enter_context(closing(HTTPConnection("127.0.0.1", inference.port)))
            client.request("GET", "/api/v1/health")
            answer = client.getresponse()
            answer.read()
            workers.append(answer.headers["X-Request-ID"][:-8])
    return workers


def test_clients_that_stay_are_shared_out(start_inference: StartInference, model_dir: Path) -> None:
    """Eight clients that keep their connections do not all sit with one of two workers."""
    inference = start_inference(model_dir, WEB_CONCURRENCY="2")
    deadline = time.monotonic() + START_TIMEOUT_S
    while len(set(connect(inference, 2))) < 2:  # the other worker may still be starting
        assert time.monotonic() < deadline
    shares = Counter(connect(inference, 8))
    assert len(shares) == 2
    assert min(shares.values()) >= 2


def test_an_answer_comes_in_one_piece(start_inference: StartInference, model_dir: Path) -> None:
    """Head and body are sent together: who reads what is there has the whole answer."""
    inference = start_inference(model_dir)
    body = json.dumps(REQUEST).encode()
    head = f"POST /api/v1/predict HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", inference.port)) as client:
        for _ in range(20):
            client.sendall(head.encode() + body)
            answer_head, _, answer = client.recv(65_536).partition(b"\r\n\r\n")
            assert answer_head.startswith(b"HTTP/1.1 200 ")
            assert f"content-length: {len(answer)}".encode() in answer_head.lower()
            assert json.loads(answer)["log_id"] == REQUEST["log_id"]


def test_half_a_body_blocks_nobody(start_inference: StartInference, model_dir: Path) -> None:
    """64 clients that send half a body and wait leave the service to all others."""
    inference = start_inference(model_dir, WEB_CONCURRENCY="1")
    slow = [socket.create_connection(("127.0.0.1", inference.port)) for _ in range(64)]
    try:
        for client in slow:
            client.sendall(
                b"POST /api/v1/predict HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{"
            )
        assert all(inference.call("POST", "/predict", REQUEST).status == 200 for _ in range(20))
    finally:
        for client in slow:
            client.close()


def test_chunked_and_gzipped_bodies_are_taken(
    start_inference: StartInference, model_dir: Path
) -> None:
    """A body without a length, sent in chunks, is read as any other."""
    inference = start_inference(model_dir)
    body = json.dumps(REQUEST).encode()

    async def send() -> int:
        async def chunks() -> AsyncIterator[bytes]:
            for index in range(0, len(body), 7):
                yield body[index : index + 7]

        async with aiohttp.ClientSession() as session:
            url = f"{inference.url}/api/v1/predict"
            async with session.post(url, data=chunks(), headers=JSON) as response:
                assert response.status == 200
            async with session.post(url, data=body, compress="gzip", headers=JSON) as response:
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


def test_a_number_of_workers_may_have_a_point(
    start_inference: StartInference, model_dir: Path
) -> None:
    """Gunicorn reads the same variable and would fail on it."""
    assert start_inference(model_dir, WEB_CONCURRENCY="2.0").call("GET", "/health").status == 200


def test_idle_connections_are_kept_as_long_as_set(
    start_inference: StartInference, model_dir: Path
) -> None:
    """And closed then, in order."""
    inference = start_inference(model_dir, ANOMALY_SERVE_KEEP_ALIVE_S="1")
    with socket.create_connection(("127.0.0.1", inference.port), timeout=30) as client:
        client.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(65_536).startswith(b"HTTP/1.1 200 ")
        assert client.recv(65_536) == b""


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"PORT": "{port}"}, "cannot listen on 127.0.0.1 port"),
        ({"WEB_CONCURRENCY": "two"}, "WEB_CONCURRENCY"),
        ({"WEB_CONCURRENCY": "0", "ANOMALY_SERVE_TYPO": "1"}, "ANOMALY_SERVE_TYPO is not known"),
        ({"WEB_CONCURENCY": "4"}, "not known; the nearest variable is WEB_CONCURRENCY"),
        ({"ANOMALY_FOO": "1"}, "ANOMALY_FOO is not known"),
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
