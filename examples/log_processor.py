"""A log processor that asks about every line as it arrives: JSON lines in, anomalies out.

    tail -F app.jsonl | python -m examples.log_processor http://127.0.0.1:8000

Lines are `{"message": ..., "level": ..., "service": ...}`. They are sent in batches as they were
written: the service makes the features of them, with the extractor that training used. A batch that
the service cannot take just now (it restarts, it has no model yet, it is busy) is sent again until
it is taken, so no line is lost; a line that is no such object is reported and passed over.
Where the service asks for tokens, LOG_ANOMALY_TOKEN holds one with the scope predict.
"""

import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from typing import BinaryIO, Final

import msgspec
import urllib3

BATCH_LOGS: Final = 500
BATCH_WAIT_S: Final = 0.2
"""How long the first line of a batch waits for others."""

RETRIES: Final = urllib3.Retry(
    total=None,
    connect=1_000,
    read=1_000,
    status=1_000,
    other=0,
    allowed_methods=None,  # judging a batch twice does no harm
    status_forcelist={502, 503, 504},
    backoff_factor=0.2,
    backoff_max=10,
)
"""Over two hours of patience; `Retry-After` goes before the back-off."""


class Log(msgspec.Struct):
    """What is needed of a line; other keys are ignored."""

    message: str
    level: str = "INFO"
    service: str = "unknown"


class Verdict(msgspec.Struct):
    """What is needed of an answer."""

    is_anomaly: bool
    anomaly_score: float


class Answer(msgspec.Struct):
    """The verdicts on a batch, in its order."""

    predictions: list[Verdict]


def read_batches(lines: BinaryIO) -> Iterator[list[bytes]]:
    """Full batches, or what there is after a short wait, so that no line waits for long."""
    waiting: queue.Queue[bytes] = queue.Queue(2 * BATCH_LOGS)

    def read() -> None:
        for line in lines:
            waiting.put(line)
        waiting.put(b"")

    threading.Thread(target=read, daemon=True).start()
    ended = False
    while not ended:
        batch = [waiting.get()]
        deadline = time.monotonic() + BATCH_WAIT_S
        while batch[-1] and len(batch) < BATCH_LOGS:
            try:
                batch.append(waiting.get(timeout=max(deadline - time.monotonic(), 0)))
            except queue.Empty:
                break
        ended = not batch[-1]
        yield [line for line in batch if line.strip()]


def decode(lines: list[bytes]) -> Iterator[Log]:
    """The logs among the lines."""
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Log, strict=False)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            print(f"passed over a line of {len(line)} bytes: {error}", file=sys.stderr)


def judge(pool: urllib3.PoolManager, url: str, logs: list[Log]) -> list[Verdict]:
    """Ask about a batch, as often as it takes."""
    body = {
        "logs": [
            {"log_id": str(index), **msgspec.structs.asdict(log)} for index, log in enumerate(logs)
        ]
    }
    response = pool.request("POST", f"{url}/api/v1/predict/batch", body=msgspec.json.encode(body))
    if response.status != 200:  # noqa: PLR2004 - the one good status
        raise RuntimeError(f"the service refuses the batch: {response.data.decode()}")
    return msgspec.json.decode(response.data, type=Answer).predictions


def main(url: str) -> None:
    """Process standard input until it ends."""
    token = os.environ.get("LOG_ANOMALY_TOKEN")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    pool = urllib3.PoolManager(retries=RETRIES, timeout=30.0, headers=headers)
    for lines in read_batches(sys.stdin.buffer):
        logs = list(decode(lines))
        for log, verdict in zip(logs, judge(pool, url, logs) if logs else [], strict=True):
            if verdict.is_anomaly:
                print(f"{verdict.anomaly_score:.3f} {log.level} {log.service}: {log.message}")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
