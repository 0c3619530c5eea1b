"""The log processor that people copy: it loses no line, whoever is killed, and none stops it."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import psutil
import pytest
import urllib3

from examples.log_processor import MAX_LINE_BYTES, MAX_WAIT_S, PIECE_BYTES, seconds_to_wait
from tests.integration.conftest import ROOT, Service, StartInference, free_port

N_LINES = 400
"""In each part of a log; some pieces of it."""

WAIT_S = 60.0


def odd(number: int) -> bytes:
    """A line that every model here flags, with a number of its own."""
    message = f"java.lang.IllegalStateException: refused, timed out #{number} {'x' * 900}"
    return json.dumps({"message": message, "level": "FATAL", "service": "never-seen"}).encode()


def part(number: int) -> bytes:
    """The lines of a part of a log."""
    return b"".join(odd(n) + b"\n" for n in range(number * N_LINES, (number + 1) * N_LINES))


def found(out: Path) -> list[int]:
    """The numbers of the lines that were written as anomalies."""
    lines = [json.loads(line)["line"] for line in out.read_bytes().splitlines()]
    return [int(line.partition("#")[2].partition(" ")[0]) for line in lines]


def wait_until(happened: Callable[[], bool]) -> None:
    """Wait for another process."""
    deadline = time.monotonic() + WAIT_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)  # polling another process: there is nothing to wait on


def kill(service: Service) -> None:
    """Kill a service: its master, and the workers, which would answer a moment longer."""
    workers = psutil.Process(service.process.pid).children()
    service.process.kill()
    service.process.wait()
    for worker in workers:
        worker.kill()
    psutil.wait_procs(workers)


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def start_processor(tmp_path: Path) -> Iterator[Start]:
    """Starts log processors that append to the files `out` and `err`; killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str | Path, stdin: int | BinaryIO) -> "subprocess.Popen[bytes]":
        with (tmp_path / "out").open("ab") as out, (tmp_path / "err").open("ab") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "examples.log_processor", *arguments],
                cwd=ROOT,
                stdin=stdin,
                stdout=out,
                stderr=err,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdin:
            process.stdin.close()


@pytest.fixture
def start_service(
    services: list[Service], model_dir: Path, tmp_path: Path
) -> Callable[[], Service]:
    """Starts the service, always on the same port."""
    port = free_port()
    environ = {"PORT": str(port), "MODEL_DIR": str(model_dir), "WEB_CONCURRENCY": "1"}

    def start() -> Service:
        service = Service(["inference"], environ, port, tmp_path / "inference.log")
        services.append(service)
        return service.wait_until("/ready")

    return start


def test_no_line_is_lost_whoever_is_killed(
    start_processor: Start, start_service: Callable[[], Service], tmp_path: Path
) -> None:
    """Service and processor are killed, and the file renamed, in the middle of it.

    What is judged twice is the piece in hand when the processor was killed, and no more.
    """
    log, out, place = (tmp_path / name for name in ("app.jsonl", "out", "place.json"))
    service = start_service()

    def start() -> "subprocess.Popen[bytes]":
        options = ["--follow", "--position", place]
        return start_processor(service.url, log, *options, stdin=subprocess.DEVNULL)

    log.write_bytes(part(0))
    processor = start()
    wait_until(lambda: len(found(out)) > 0)
    kill(service)
    with log.open("ab") as stream:
        stream.write(part(1))
        processor.kill()  # wherever it is
        processor.wait()
        log.rename(tmp_path / "app.jsonl.1")
        log.write_bytes(part(2))
        stream.write(part(3)[:-1])  # by a program that does not know yet; the last line has no end
    processor = start()  # while the service is away
    wait_until(lambda: b"sent again" in (tmp_path / "err").read_bytes())
    service = start_service()
    n_found = len(found(out))
    wait_until(lambda: len(found(out)) > n_found)
    processor.kill()
    processor.wait()
    start()
    wait_until(lambda: len(set(found(out))) == 4 * N_LINES)
    counts = Counter(found(out))
    assert counts.keys() == set(range(4 * N_LINES))
    in_hand = PIECE_BYTES // len(odd(0)) + 1
    assert counts.total() <= 4 * N_LINES + 2 * in_hand


def test_a_pipe_is_judged_as_it_comes_and_waits_for_the_service(
    start_processor: Start, start_service: Callable[[], Service], tmp_path: Path
) -> None:
    """Each line once and in order, written as soon as it is judged; the service is killed once."""
    out = tmp_path / "out"
    service = start_service()
    processor = start_processor(service.url, stdin=subprocess.PIPE)
    assert processor.stdin is not None
    processor.stdin.write(part(0))
    processor.stdin.flush()
    # A piece of a pipe may end within a line, of which the rest is waited for.
    wait_until(lambda: len(found(out)) >= N_LINES - 1)
    kill(service)
    processor.stdin.write(part(1)[:40_000])
    processor.stdin.flush()
    wait_until(lambda: b"sent again" in (tmp_path / "err").read_bytes())
    start_service()
    processor.stdin.write(part(1)[40_000:])
    processor.stdin.close()
    assert processor.wait(WAIT_S) == 0
    assert found(out) == list(range(2 * N_LINES))


def test_no_line_stops_it(
    start_processor: Start, start_inference: StartInference, model_dir: Path, tmp_path: Path
) -> None:
    """Garbage, blanks, lines that are too long or have no end: the others are judged.

    The service takes small bodies only: what is too large at once is sent in parts.
    """
    service = start_inference(model_dir, ANOMALY_SERVE_MAX_BODY_BYTES="30000").wait_until("/ready")
    secret = b"secret"
    lines = [
        *(
            b"",
            b"   ",
            secret,
            b'{"message": "' + secret,
            b"[]",
            b"null",
            b'{"message": [["',
            b"\0",
        ),
        *(b"\xff\xfe", b"{}", b'{"message": "\\ud800", "level": 7}', secret * 10_000),
        secret * (MAX_LINE_BYTES // 3),
    ]
    log = tmp_path / "app.jsonl"
    log.write_bytes(b"\n".join(odd(n) + b"\n" + line for n, line in enumerate(lines)) + odd(99))
    with log.open("rb") as stream:
        assert start_processor(service.url, stdin=stream).wait(WAIT_S) == 0
    numbers = found(tmp_path / "out")
    assert [number for number in numbers if number < 99] == list(range(len(lines)))
    printed = (tmp_path / "err").read_bytes()
    assert printed.count(b"passed over") >= 3
    assert secret not in printed + (tmp_path / "out").read_bytes()


def test_it_waits_as_long_as_it_is_asked_to(
    start_processor: Start, start_inference: StartInference, model_dir: Path, tmp_path: Path
) -> None:
    """A service without a model says 503 and Retry-After; later the lines are judged."""
    store = tmp_path / "empty"
    service = start_inference(store)
    errors = tmp_path / "err"
    processor = start_processor(service.url, stdin=subprocess.PIPE)
    assert processor.stdin is not None
    processor.stdin.write(odd(1))
    processor.stdin.close()
    wait_until(lambda: b"answer 503; the lines are sent again in 5.0 s" in errors.read_bytes())
    model_dir.rename(store)
    assert processor.wait(WAIT_S) == 0
    assert found(tmp_path / "out") == [1]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        *(("3", 3.0), ("0", 0.0), ("", 0.0), ("-1", 0.0), ("1.5", 0.0)),
        *(("9" * 400, 10 * MAX_WAIT_S), ("Thu, 26 Nov 2026 10:00:00 GMT", 0.0)),
    ],
)
def test_what_retry_after_says(header: str, expected: float) -> None:
    """Seconds, as long as they are sensible; anything else leaves it to the back-off."""
    response = urllib3.HTTPResponse(headers={"Retry-After": header} if header else {})
    assert seconds_to_wait(response) == expected


def test_a_refusal_ends_it(start_inference: StartInference, model_dir: Path) -> None:
    """Another address, or a token that lacks, is for people to mend: the answer is shown."""
    service = start_inference(model_dir)
    done = subprocess.run(
        [sys.executable, "-m", "examples.log_processor", f"{service.url}/elsewhere/"],
        cwd=ROOT,
        input=odd(1),
        env={**os.environ},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"/elsewhere/api/v1/logs answers 404" in done.stderr
