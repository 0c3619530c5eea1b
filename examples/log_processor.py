"""A log processor that asks about every line as it arrives: JSON lines in, anomalies out.

    tail -F app.jsonl | python -m examples.log_processor http://127.0.0.1:8000

Lines are `{"message": ..., "level": ..., "service": ...}`. They are asked about in batches, a few
at a time, and a batch that the service cannot take just now is sent again, so no line is lost.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import aiohttp
import msgspec

BATCH_LOGS = 100
BATCH_WAIT_S = 0.2
PARALLEL_BATCHES = 4
MAX_TRIES = 10


class LogLine(msgspec.Struct):
    """What we need of a line; other keys are ignored."""

    message: str
    level: str
    service: str


async def read_batches(lines: asyncio.StreamReader) -> AsyncIterator[list[LogLine]]:
    """Yield full batches, or what there is after a short wait, so that no line waits for long."""
    decode = msgspec.json.Decoder(LogLine).decode
    batch: list[LogLine] = []
    ended = False
    while not ended:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(BATCH_WAIT_S):
                while len(batch) < BATCH_LOGS:
                    line = await lines.readline()
                    if not line:
                        ended = True
                        break
                    batch.append(decode(line))
        if batch:
            yield batch
            batch = []


def to_request(batch: list[LogLine]) -> dict[str, Any]:
    """The body of a batch call; the index of a line is its log id.

    Lines go as they were written: the service makes the features of them, as training did.
    """
    return {
        "logs": [
            {"log_id": str(index), **msgspec.structs.asdict(line)}
            for index, line in enumerate(batch)
        ]
    }


async def judge(session: aiohttp.ClientSession, batch: list[LogLine]) -> None:
    """Ask about a batch and print its anomalies; wait and ask again when told to."""
    for _ in range(MAX_TRIES):
        async with session.post("/api/v1/predict/batch", json=to_request(batch)) as response:
            if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
                # No model yet: the answer says when to come back.
                await asyncio.sleep(float(response.headers.get("Retry-After", "1")))
                continue
            response.raise_for_status()
            answer = await response.json()
        for line, verdict in zip(batch, answer["predictions"], strict=True):
            if verdict["is_anomaly"]:
                print(f"{verdict['anomaly_score']:.3f} {line.level} {line.service}: {line.message}")
        return
    raise RuntimeError("the service had no model for too long")


async def main(url: str) -> None:
    """Process standard input until it ends."""
    lines = asyncio.StreamReader(limit=2**20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    turns = asyncio.Semaphore(PARALLEL_BATCHES)

    async def take_turn(batch: list[LogLine]) -> None:
        try:
            await judge(session, batch)
        finally:
            turns.release()

    async with aiohttp.ClientSession(url) as session, asyncio.TaskGroup() as group:
        async for batch in read_batches(lines):
            await turns.acquire()  # no more lines are read than can be asked about
            group.create_task(take_turn(batch))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
