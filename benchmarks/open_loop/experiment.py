"""The experiment `open-loop`: a fixed rate, alone, beside trainings, reloads and batches."""

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median
from typing import Final

import msgspec

from benchmarks.comparison import Case
from benchmarks.competitors import NOOP, noop_service, own_service, own_trainer
from benchmarks.lab import Lab
from benchmarks.open_loop.background import Background, send_batch, train_and_roll_back
from benchmarks.open_loop.process import Orders, send_beside
from benchmarks.open_loop.sender import PacedRun
from benchmarks.progress import say
from benchmarks.results import OpenLoopSection, Pace, Run, Series
from benchmarks.servers import Service
from benchmarks.workloads import REAL, bodies
from trainer.store.registry import ModelRegistry

CONNECTIONS: Final = 64
BATCH: Final = 10_000
TRAIN_EVERY_S: Final = 3.0
ROUND_FACTOR: Final = 3
"""A round is so many times as long as one of the other experiments, for a training to fit in."""

RATE: Final = 12_000
"""Half of the peak when the bar was set. Half of today's leaves two cores no room for the sender,
the trainer and the client of batches: all then wait for the processor (benchmarks/NOTES.md)."""

NOTHING: Final = f"{NOOP}, alone"
ALONE: Final = "predict, alone"
TRAININGS: Final = "predict beside trainings and reloads"
BATCHES: Final = f"predict beside one client of batches of {BATCH:,}"
ALL: Final = f"predict beside trainings, reloads and one client of batches of {BATCH:,}"
NOTHING_BESIDE_ALL: Final = f"{NOOP} in processes of its own, beside the same"
"""What waiting for the processor costs: these processes share nothing else with the work."""

_SITUATIONS: Final = (NOTHING, ALONE, TRAININGS, BATCHES, ALL, NOTHING_BESIDE_ALL)


def measure_open_loop(lab: Lab) -> OpenLoopSection:
    """Every situation once a round, in turn; wrk says how much of the peak the rate is."""
    about = lab.options.about()
    store = lab.subfolder("open-loop") / "models"
    shutil.copytree(lab.models.own, store)
    trainer = own_trainer(store)
    commands = [trainer, own_service(store, trainer_port=trainer.port), noop_service()]
    runs: dict[str, list[PacedRun]] = {name: [] for name in _SITUATIONS}
    with lab.services(commands) as (_, ours, noop):
        lab.warm_up([ours, noop])
        peak = median(
            lab.load(ours, Case(REAL, 0, CONNECTIONS)).rate for _ in range(lab.options.rounds)
        )
        meanwhile = _Meanwhile(lab, ours, ModelRegistry(store))
        for _ in range(lab.options.rounds):
            for name in _SITUATIONS:
                target = noop if name in {NOTHING, NOTHING_BESIDE_ALL} else ours
                runs[name].append(_round(lab, target, RATE, meanwhile.of(name)))
                _show(name, runs[name][-1])
    return OpenLoopSection(
        about,
        peak,
        RATE,
        [Series(name, REAL, 0, CONNECTIONS, [paced.run for paced in runs[name]]) for name in runs],
        [_pace(name, found) for name, found in runs.items()],
    )


class _Meanwhile:
    """What goes on beside the load, by situation."""

    def __init__(self, lab: Lab, service: Service, registry: ModelRegistry) -> None:
        records = lab.records.by_kind[REAL]
        body = msgspec.json.encode({"training_data": records, "detector": "isolation_forest"})
        self._train = train_and_roll_back(service.port, body, registry)
        self._batch = send_batch(service.port, next(bodies(records, BATCH)))

    def of(self, situation: str) -> list[Background]:
        """New threads, not started yet."""
        found = []
        if situation in {TRAININGS, ALL, NOTHING_BESIDE_ALL}:
            found.append(Background(self._train, every_s=TRAIN_EVERY_S))
        if situation in {BATCHES, ALL, NOTHING_BESIDE_ALL}:
            found.append(Background(self._batch))
        return found


def _round(lab: Lab, service: Service, rate: float, meanwhile: Sequence[Background]) -> PacedRun:
    requests = lab.requests(REAL, 0, tensors=False)
    seconds = ROUND_FACTOR * lab.options.seconds
    first = requests.first(service.name)
    orders = Orders(service.port, str(requests.file), first, rate, seconds, CONNECTIONS)
    before = service.cpu_s()
    with ExitStack() as stack:
        for background in meanwhile:
            stack.enter_context(background)
        found = send_beside(orders)
    requests.advance(service.name, int(rate * seconds))
    faults = {kind: count for background in meanwhile for kind, count in background.faults.items()}
    run = msgspec.structs.replace(
        found.run, failures={**found.run.failures, **faults}, cpu_s=service.cpu_s() - before
    )
    return msgspec.structs.replace(found, run=run)


def _pace(name: str, runs: Sequence[PacedRun]) -> Pace:
    return Pace(
        name,
        [paced.sender_cpu_s / paced.run.seconds for paced in runs],
        [paced.lag_ms for paced in runs],
    )


def _show(name: str, found: PacedRun) -> None:
    run: Run = found.run
    latency = ", ".join(f"{kind} {value:.2f}" for kind, value in run.latency_ms.items())
    failures = {kind: count for kind, count in run.failures.items() if count}
    say(f"{name}: {run.rate:,.0f}/s, {latency} ms {failures or ''}")
