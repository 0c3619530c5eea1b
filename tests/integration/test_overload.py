"""More than the services can do at once: they say so, and go on."""

import asyncio
import gzip
import io
import json
import socket
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import psutil
import urllib3

from tests.integration.calls import REQUEST, training
from tests.integration.conftest import START_TIMEOUT_S, Service, StartInference, StartTrainer
from tests.made_logs import make_logs

MIB = 1 << 20
JSON = {"Content-Type": "application/json"}


def batch(n_logs: int, message_length: int = 60) -> bytes:
    """The body of a batch call of raw logs, no two alike."""
    logs = [
        {"log_id": f"{number}", "message": f"{number} {'x' * message_length}", "level": "WARN"}
        for number in range(n_logs)
    ]
    return json.dumps({"logs": logs}).encode()


def check_refusal(answer: urllib3.BaseHTTPResponse) -> None:
    """A refusal says what it is, and when to come again in whole seconds (RFC 9110, 10.2.3)."""
    assert answer.status == 503
    assert answer.json()["type"].endswith(":overloaded")
    assert int(answer.headers["Retry-After"]) > 0


def check_alive(service: Service) -> None:
    """Whoever asks for little is answered."""
    assert service.call("GET", "/health").status == 200
    assert service.call("GET", "/ready").status == 200
    assert service.call("POST", "/predict", REQUEST).status == 200


def answered(service: Service, body: bytes) -> None:
    """Send a body until it is taken."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while service.call("POST", "/predict/batch", body).status != 200:
        assert time.monotonic() < deadline, "what was held is never given back"


def test_bytes_on_their_way_are_bounded(start_inference: StartInference, model_dir: Path) -> None:
    """Large bodies that are half there take all that a worker holds; the next gets 503.

    Small calls are answered meanwhile, and all is given back when the clients go away.
    """
    service = start_inference(
        model_dir, WEB_CONCURRENCY="1", ANOMALY_SERVE_MAX_HELD_BYTES=str(16 * MIB)
    ).wait_until("/ready")
    head = b"POST /api/v1/predict/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 9000000\r\n\r\n"
    body = batch(10_000, 300)
    with ExitStack() as stack:
        deadline = time.monotonic() + START_TIMEOUT_S
        while (refused := service.call("POST", "/predict/batch", body)).status == 200:
            assert time.monotonic() < deadline, "the bytes are never counted"
            client = stack.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            client.sendall(head + b"{" + b" " * (4 * MIB))
        check_refusal(refused)
        check_alive(service)
    answered(service, body)


def test_answers_that_nobody_reads_are_bounded(
    start_inference: StartInference, model_dir: Path
) -> None:
    """They count as long as they wait; when their clients go away, large calls are taken again."""
    service = start_inference(
        model_dir, WEB_CONCURRENCY="1", ANOMALY_SERVE_MAX_HELD_BYTES=str(17 * MIB)
    ).wait_until("/ready")
    body = batch(10_000)
    path = "/predict/batch?explain=true"
    head = f"POST /api/v1{path} HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}"
    with ExitStack() as stack:
        deadline = time.monotonic() + START_TIMEOUT_S
        # Asked for as those are that wait: smaller answers may find room beside them.
        while (refused := service.call("POST", path, body)).status == 200:
            assert time.monotonic() < deadline, "the answers are never counted"
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.connect(("127.0.0.1", service.port))
            client.sendall(head.encode() + b"\r\n\r\n" + body)
        check_refusal(refused)
        check_alive(service)
    answered(service, body)


async def ask_all(service: Service, n_batches: int, body: bytes) -> tuple[Counter[int], list[int]]:
    """Send batches all at once, and small calls one after the other until the last is answered."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(f"{service.url}/api/v1/", connector=connector) as session:

        async def send(path: str, data: bytes) -> int:
            async with session.post(path, data=io.BytesIO(data), headers=JSON) as answer:
                await answer.read()
                if answer.status == 503:
                    assert int(answer.headers["Retry-After"]) > 0
                return answer.status

        batches = asyncio.gather(*(send("predict/batch", body) for _ in range(n_batches)))
        small = []
        while not batches.done():
            small.append(await send("predict", json.dumps(REQUEST).encode()))
            async with session.get("health") as answer:
                small.append(answer.status)
        return Counter(await batches), small


def test_a_client_of_batches_leaves_the_service_to_others(
    start_inference: StartInference, model_dir: Path
) -> None:
    """Of 100 batches of 10,000 at once each is answered or told to come again; others never are."""
    service = start_inference(model_dir, WEB_CONCURRENCY="1").wait_until("/ready")
    statuses, small = asyncio.run(ask_all(service, 100, batch(10_000)))
    assert set(statuses) == {200, 503}
    assert sum(statuses.values()) == 100
    assert set(small) == {200}


def peak_bytes(service: Service) -> int:
    """Most that any process of the service has had in memory, now and before."""
    process = psutil.Process(service.process.pid)
    peaks = []
    for worker in [process, *process.children()]:
        status = Path(f"/proc/{worker.pid}/status").read_text().split()
        peaks.append(int(status[status.index("VmHWM:") + 1]) * 1_024)
    return max(peaks)


def test_a_worker_at_its_bound_takes_what_is_promised(
    start_inference: StartInference, model_dir: Path
) -> None:
    """Full-size batches and bodies that swell, 24 at a time: docs/operations.md says how much."""
    held = 32 * MIB
    service = start_inference(
        model_dir, WEB_CONCURRENCY="1", ANOMALY_SERVE_MAX_HELD_BYTES=str(held)
    ).wait_until("/ready")
    before = peak_bytes(service)
    swelling = gzip.compress(b'{"log_id":5,"z":[' + b"[[]]," * 2_700_000 + b"1]}")
    for body, headers in (
        (batch(10_000, 1_500), JSON),
        (swelling, {**JSON, "Content-Encoding": "gzip"}),
    ):

        async def attack(body: bytes, headers: dict[str, str]) -> Counter[int]:
            async with aiohttp.ClientSession() as session:

                async def send() -> int:
                    url = f"{service.url}/api/v1/predict/batch"
                    async with session.post(url, data=io.BytesIO(body), headers=headers) as answer:
                        await answer.read()
                        return answer.status

                return Counter(await asyncio.gather(*(send() for _ in range(24))))

        statuses = asyncio.run(attack(body, headers))
        assert statuses[503] > 0, statuses
        assert set(statuses) <= {200, 422, 503}
        check_alive(service)
    assert peak_bytes(service) - before < 4 * held


def test_the_trainer_holds_few_bodies(start_trainer: StartTrainer, tmp_path: Path) -> None:
    """Bodies wait for the lock undecoded and only so many; the others get 503 at once."""
    trainer = start_trainer(
        tmp_path / "models",
        ANOMALY_TRAIN_MAX_BODY_BYTES=str(8 * MIB),
        ANOMALY_TRAIN_MAX_HELD_BYTES=str(10 * MIB),
    )
    body = training(make_logs(50_000))
    assert 5 * MIB < len(body) < 8 * MIB

    async def train() -> list[int]:
        async with aiohttp.ClientSession() as session:

            async def send() -> int:
                url = f"{trainer.url}/api/v1/train"
                async with session.post(url, data=io.BytesIO(body), headers=JSON) as answer:
                    await answer.read()
                    return answer.status

            return await asyncio.gather(*(send() for _ in range(6)))

    statuses = Counter(asyncio.run(train()))
    assert set(statuses) == {200, 503}
    assert trainer.call("POST", "/train", training(make_logs(100))).status == 200
