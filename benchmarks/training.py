"""`POST /train` as a client sees it: from sending the logs to having the answer."""

import time
from collections.abc import Sequence
from typing import Final

import msgspec

from benchmarks.competitors import fastapi_service, own_service, own_trainer
from benchmarks.lab import Lab
from benchmarks.progress import say
from benchmarks.results import Timing, TimingSection
from benchmarks.servers import Service, request
from benchmarks.workloads import REAL
from schemas.api.operations import API_PREFIX
from schemas.record.features import LogFeatures

FEW: Final = 1_000
MIN_ROUNDS: Final = 5
CONTAMINATION: Final = 0.05


def measure_training(lab: Lab) -> TimingSection:
    """Train on a thousand records and on all of them, our service and the conventional one in turn.

    Ours answers when the new model is proved, published and serving; it passes the training on to
    the trainer, a process of its own, which is part of what is timed.
    """
    about = lab.options.about()
    rounds = lab.options.rounds if lab.options.quick else max(lab.options.rounds, MIN_ROUNDS)
    folder = lab.subfolder("train")
    trainer = own_trainer(folder / "models")
    commands = [trainer, own_service(folder / "models", trainer_port=trainer.port)]
    if lab.peers.fastapi:
        forest_file = folder / "forest.pickle"
        forest_file.write_bytes(lab.models.forest_file.read_bytes())
        commands.append(fastapi_service(lab.peers.fastapi, forest_file))
    records = lab.records.by_kind[REAL]
    with lab.start(commands) as services:
        services[0].wait_ready()
        _train(services[1], _body(records[:FEW]))  # without a model it would not get ready
        for service in services[1:]:
            service.wait_ready()
        timings = []
        for count in (FEW, len(records)):
            body = _body(records[:count])
            timings += _alternate(services[1:], body, f"{count:,} records", rounds)
    return TimingSection(about, timings)


def _alternate(services: Sequence[Service], body: bytes, what: str, rounds: int) -> list[Timing]:
    seconds: dict[str, list[float]] = {service.name: [] for service in services}
    faults: dict[str, str] = {}
    for number in range(rounds + 1):
        for service in services:
            started = time.perf_counter()
            fault = _train(service, body)
            if number:  # round 0 warms up
                seconds[service.name].append(time.perf_counter() - started)
            if fault:
                faults[service.name] = fault
    timings = [Timing(name, what, took, faults.get(name, "")) for name, took in seconds.items()]
    for timing in timings:
        say(f"training on {what}, {timing.target}: {timing.median_s or 0:.3f} s {timing.void}")
    return timings


def _train(service: Service, body: bytes) -> str:
    """Train once; returns what went wrong, if anything."""
    status, answer = request(service.port, "POST", f"{API_PREFIX}/train", body)
    return "" if status == 200 else f"status {status}: {answer[:200]!r}"  # noqa: PLR2004


def _body(records: Sequence[LogFeatures]) -> bytes:
    return msgspec.json.encode(
        {
            "training_data": records,
            "contamination": CONTAMINATION,
            "detector": "isolation_forest",
        }
    )
