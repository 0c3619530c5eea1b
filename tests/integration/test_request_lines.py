"""Requests as JSON lines: answered as they come, line by line, in constant memory."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import msgspec
import psutil
import pytest

from inference.resources.request_lines import MAX_FAULTY_LINES, MAX_LINE_BYTES
from schemas.api.predictions import BatchPrediction
from tests.integration.calls import REQUEST
from tests.integration.conftest import Service, StartInference

LINES = {"Content-Type": "application/x-ndjson"}
RAW = {"log_id": 7, "message": "connection refused", "level": "ERROR", "service": "cart"}
N_STREAMED = 300_000
"""A million in a run by hand; memory is as flat after so many."""


@pytest.fixture
def service(start_inference: StartInference, model_dir: Any) -> Service:
    """A service of one worker, whose memory can be measured."""
    return start_inference(model_dir, WEB_CONCURRENCY="1")


def answers(service: Service, body: bytes, **headers: str) -> list[dict[str, Any]]:
    """What is answered to lines, one object a line."""
    answer = service.call("POST", "/predict/batch", body, {**LINES, **headers})
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    assert answer.data.endswith(b"\n") or not answer.data
    return [json.loads(line) for line in answer.data.splitlines()]


def test_each_line_has_its_answer_in_its_place(service: Service) -> None:
    """Predictions as of single calls, and what is at fault with the others, by its path."""
    lines = [
        json.dumps(REQUEST).encode(),
        b'{"log_id": "b", "features": {"message_length": -1}}',
        json.dumps(RAW).encode(),
        b"no JSON",
        b'{"log_id": "c"}',
        b"[" * 9_000,
        json.dumps({**RAW, "log_id": "last"}).encode(),
    ]
    found = answers(service, b"\r\n".join(lines))
    assert found[0] == service.call("POST", "/predict", REQUEST).json()
    assert found[2] == service.call("POST", "/predict", RAW).json()
    assert found[1]["log_id"] == "b"
    assert found[1]["errors"][0]["path"] == "features.message_length"
    assert found[4]["errors"][0]["path"] == "features"
    assert [line["position"] for line in found if "errors" in line] == [1, 3, 4, 5]
    assert found[6]["log_id"] == "last"


def test_what_comes_compressed_is_answered_as_well(service: Service) -> None:
    """And explained, if asked."""
    body = b"\n".join([json.dumps(RAW).encode()] * 5_000)
    assert len(answers(service, gzip.compress(body), **{"Content-Encoding": "gzip"})) == 5_000
    cut = answers(service, gzip.compress(body)[:-20], **{"Content-Encoding": "gzip"})
    assert "ends too early" in cut[-1]["errors"][0]["message"]
    path = "/predict/batch?explain=true"
    explained = service.call("POST", path, json.dumps(RAW).encode(), LINES).json()
    assert "contributions" in explained


@pytest.mark.parametrize("line", [b"[\n", b"\n", b"  "], ids=["faulty", "blank", "endless"])
def test_what_swells_lets_others_in(service: Service, line: bytes) -> None:
    """Lines that come in a small body, and are many, hold up nobody's call meanwhile."""
    body = gzip.compress(line * (50_000_000 // len(line)))
    with ThreadPoolExecutor(1) as thread:
        swelling = thread.submit(answers, service, body, **{"Content-Encoding": "gzip"})
        n_answered = 0
        while not swelling.done():
            assert service.call("GET", "/health").status == 200
            n_answered += 1
    assert n_answered > 3  # and not a single call, which waited until the lines were read


def test_lines_that_are_all_at_fault_are_given_up(service: Service) -> None:
    """A stream of another format is not read to its end; good lines in between let it go on."""
    short = json.dumps(RAW).encode()
    found = answers(service, b"[\n" * 30_000)
    assert MAX_FAULTY_LINES < len(found) < 12_000
    assert "is not read" in found[-1]["errors"][0]["message"]
    mixed = answers(service, (b"[\n" * 9_000 + short + b"\n") * 3)
    assert len(mixed) == 27_003


def test_a_long_line_fails_no_other(service: Service) -> None:
    """It is named, and nothing of it is kept."""
    short = json.dumps(RAW).encode()
    long = b'{"log_id": "x", "message": "%b"}' % (b"y" * 3 * MAX_LINE_BYTES)
    found = answers(service, b"\n".join([short, long, short]))
    assert ["errors" in line for line in found] == [False, True, False]
    assert answers(service, b"") == answers(service, b"\n\n") == []


def test_lines_are_answered_as_they_come(service: Service) -> None:
    """A client may wait for its first answer before it sends the second line."""

    async def talk() -> list[int]:
        go_on = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield json.dumps({**RAW, "log_id": 1}).encode() + b"\n"
            await go_on.wait()
            yield json.dumps({**RAW, "log_id": 2}).encode()

        url = f"{service.url}/api/v1/predict/batch"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body(), headers=LINES, expect100=True) as response,
        ):
            first = json.loads(await response.content.readline())
            go_on.set()
            return [first["log_id"], json.loads(await response.content.readline())["log_id"]]

    assert asyncio.run(asyncio.wait_for(talk(), 20)) == [1, 2]


def pieces(n_lines: int) -> Iterator[bytes]:
    """Lines whose numbers all differ, a hundred at a time."""
    for start in range(0, n_lines, 100):
        yield b"".join(
            b'{"log_id":%d,"message":"order %d of client %d","level":"INFO","service":"cart"}\n'
            % (n, n, n * 7)
            for n in range(start, start + 100)
        )


def test_a_long_stream_takes_constant_memory(service: Service) -> None:
    """Every line is answered, in order, and the worker is no larger in the end than at first."""
    (worker,) = psutil.Process(service.process.pid).children()
    sizes: list[int] = []

    async def stream() -> int:
        async def body() -> AsyncIterator[bytes]:
            for number, piece in enumerate(pieces(N_STREAMED)):
                if number % 100 == 50:
                    sizes.append(worker.memory_info().rss)
                yield piece

        url = f"{service.url}/api/v1/predict/batch"
        n = 0
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=body(), headers=LINES) as response,
        ):
            async for line in response.content:
                assert line.startswith(b'{"log_id":%d,' % n)
                n += 1
        return n

    assert asyncio.run(stream()) == N_STREAMED
    quarter = len(sizes) // 4
    assert max(sizes[-quarter:]) < max(sizes[quarter : 2 * quarter]) + 5_000_000


def test_a_batch_may_report_what_is_at_fault(service: Service) -> None:
    """The others are judged; without being asked for that, the whole batch is refused."""
    logs = [REQUEST, {"log_id": "b", "features": {}}, RAW, 17, {"log_id": "c"}]
    body = json.dumps({"logs": logs}).encode()
    assert service.call("POST", "/predict/batch", body).status == 422
    answer = service.call("POST", "/predict/batch?on_error=report", body)
    assert answer.status == 200
    found = msgspec.json.decode(answer.data, type=BatchPrediction)
    assert [line.log_id for line in found.predictions] == [REQUEST["log_id"], 7]
    assert found.errors is not None
    assert [(line.position, line.log_id) for line in found.errors] == [
        (1, "b"),
        (3, None),
        (4, "c"),
    ]
    whole = service.call("POST", "/predict/batch?on_error=report", {"logs": [REQUEST]}).json()
    assert whole["errors"] == []


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"logs": 7}', b'{"logs": []}', b'{"logs": [%b7]}' % (b"7," * 10_000)]
)
def test_what_is_no_batch_is_refused_nevertheless(service: Service, body: bytes) -> None:
    """There is nothing that could be judged, or too much."""
    status = service.call("POST", "/predict/batch?on_error=report", body).status
    assert status in {400, 422}
