"""A floor for batches: msgspec alone decodes the requests and encodes the answers.

The very bytes that the service gets and gives, in as many processes as the service has workers, so
that both have the same cores to themselves.
"""

import subprocess
import sys
import time
from pathlib import Path

import msgspec

from benchmarks.results import Run
from benchmarks.venvs import ROOT
from schemas.api.predictions import BatchPrediction, BatchRequest


class Exchange(msgspec.Struct, frozen=True):
    """A request's body and the body of its answer."""

    request: bytes
    answer: bytes


def write_exchanges(file: Path, exchanges: list[Exchange]) -> None:
    """Keep exchanges for `measure_bare`."""
    file.write_bytes(msgspec.msgpack.encode(exchanges))


def measure_bare(file: Path, processes: int, seconds: int) -> Run:
    """Decode and encode for a while in several processes at once."""
    command = [sys.executable, "-m", "benchmarks.bare", str(file), str(seconds)]
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) for _ in range(processes)
    ]
    runs = [msgspec.json.decode(process.communicate()[0], type=Run) for process in started]
    return Run(
        requests=sum(run.requests for run in runs),
        seconds=max(run.seconds for run in runs),
        latency_ms=runs[0].latency_ms,
        cpu_s=sum(run.cpu_s for run in runs),
    )


def _loop(file: Path, seconds: float) -> Run:
    exchanges = msgspec.msgpack.decode(file.read_bytes(), type=list[Exchange])
    decode = msgspec.json.Decoder(BatchRequest, strict=False).decode
    encode = msgspec.json.Encoder().encode
    answers = [msgspec.json.decode(exchange.answer, type=BatchPrediction) for exchange in exchanges]
    durations = []
    cpu = time.process_time()
    started = before = time.perf_counter()
    while before - started < seconds:
        for exchange, answer in zip(exchanges, answers, strict=True):
            decode(exchange.request)
            encode(answer)
            now = time.perf_counter()
            durations.append(1e3 * (now - before))
            before = now
    cpu = time.process_time() - cpu
    durations.sort()
    latency = {
        f"p{percent}": durations[len(durations) * percent // 100] for percent in (50, 90, 99)
    }
    return Run(len(durations), before - started, {}, latency | {"max": durations[-1]}, cpu)


if __name__ == "__main__":
    print(msgspec.json.encode(_loop(Path(sys.argv[1]), float(sys.argv[2]))).decode())
