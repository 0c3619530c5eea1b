"""A hundred thousand malformed requests hurt nobody."""

import asyncio
import itertools
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import psutil

from tests.integration.calls import REQUEST
from tests.integration.conftest import Service, StartInference
from tests.malformed import RAW, wrong_bodies, wrong_requests

CONNECTIONS = 8
N_BODIES = 90_000
N_REQUESTS = 10_000
MAX_GROWTH_BYTES = 24 << 20
SECRET = RAW["message"].encode()


async def converse(port: int, requests: Iterable[bytes]) -> Counter[int]:
    """Send requests one after the other on a connection that is kept; count the statuses."""
    statuses: Counter[int] = Counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.lower().split(b"\r\n")
        length = next(line for line in lines if line.startswith(b"content-length:"))
        answer = await reader.readexactly(int(length.partition(b":")[2]))
        assert SECRET not in answer
        statuses[int(head[9:12])] += 1
        assert b"connection: close" not in lines
    writer.close()
    await writer.wait_closed()
    return statuses


async def throw(port: int, requests: Iterable[bytes]) -> Counter[int]:
    """Send each request on a connection of its own and end it; count the first statuses."""
    statuses: Counter[int] = Counter()
    for request in requests:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(request)
            writer.write_eof()
            answer = await reader.read(1 << 20)
        except ConnectionResetError:
            answer = b""  # the service ended first, which it may
        statuses[int(answer[9:12]) if answer else 0] += 1
        writer.close()
    return statuses


async def attack(port: int, n_bodies: int, n_requests: int, seed: int) -> Counter[int]:
    """Both kinds side by side, over several connections."""
    tasks = [
        task
        for number in range(CONNECTIONS // 2)
        for task in (
            converse(
                port, itertools.islice(wrong_bodies(seed + number), n_bodies * 2 // CONNECTIONS)
            ),
            throw(
                port, itertools.islice(wrong_requests(seed + number), n_requests * 2 // CONNECTIONS)
            ),
        )
    ]
    return sum(await asyncio.gather(*tasks), Counter[int]())


def workers(service: Service) -> dict[int, int]:
    """Resident bytes of each worker, by process id."""
    children = psutil.Process(service.process.pid).children()
    return {child.pid: child.memory_info().rss for child in children}


def test_malformed_requests_hurt_nobody(start_inference: StartInference, model_dir: Path) -> None:
    """No 5xx but deliberate 503s; no worker dies, memory stays flat, the next request is answered.

    What stands in a log is in no answer to it, and in no line of the service's own log.
    """
    service = start_inference(model_dir).wait_until("/ready")
    asyncio.run(attack(service.port, N_BODIES // 5, N_REQUESTS // 5, seed=1))
    before = workers(service)
    statuses = asyncio.run(attack(service.port, N_BODIES, N_REQUESTS, seed=2))
    after = workers(service)
    assert not [status for status in statuses if status >= 500 and status != 503], statuses
    assert statuses[200], "some are right after all"
    assert statuses[400] + statuses[422] > N_BODIES / 2, "most are not"
    assert min(statuses[400], statuses[422]) > N_BODIES / 10
    assert after.keys() == before.keys()
    for pid, size in after.items():
        assert size - before[pid] < MAX_GROWTH_BYTES
    assert SECRET not in service.log.read_bytes()
    answer = service.call("POST", "/predict", REQUEST)
    assert answer.status == 200
    assert json.loads(answer.data)["log_id"] == "a"
