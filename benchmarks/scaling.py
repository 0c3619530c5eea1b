"""How cost grows with trees, max_samples, workers and batch size."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from msgspec.structs import replace

from benchmarks.comparison import Case, alternate
from benchmarks.competitors import WORKERS, own_service
from benchmarks.lab import Lab
from benchmarks.models import OPTIONS, publish
from benchmarks.results import ScalingSection, Series
from benchmarks.servers import Command
from benchmarks.workloads import DISTINCT, REAL
from schemas.bundle.options import TrainOptions

TREES: Final = (50, 100, 200, 500, 1_000)
MAX_SAMPLES: Final = (256, 512, 1_024, 2_048, 4_096)
WORKER_COUNTS: Final = (1, 2, 4)
BATCH_SIZES: Final = (1, 10, 100, 1_000, 10_000)
TRAINING_RECORDS: Final = 10_000
MAX_ROUNDS: Final = 3
BUSY: Final = 64
"""Connections that keep every worker busy."""

FOREST_CASES: Final = (Case(REAL, 0, 1), Case(DISTINCT, 0, 1), Case(DISTINCT, 1_000, 1))
WORKER_CASES: Final = (Case(REAL, 0, BUSY), Case(DISTINCT, 0, BUSY))


def measure_scaling(lab: Lab) -> ScalingSection:
    """Vary one thing at a time; the others stay at their defaults."""
    about = lab.options.about()
    step = 4 if lab.options.quick else 1  # the first and the last of each five
    series = {
        "trees": _forests(
            lab,
            {n: replace(OPTIONS, n_estimators=n) for n in TREES[::step]},
        ),
        "max_samples": _forests(
            lab,
            {n: replace(OPTIONS, max_samples=n) for n in MAX_SAMPLES[::step]},
        ),
    }
    workers = [
        own_service(lab.models.own, name=str(n), workers=n) for n in WORKER_COUNTS[:: min(step, 2)]
    ]
    series["workers"] = _compare(lab, workers, WORKER_CASES)
    cases = [Case(kind, size, 1) for size in BATCH_SIZES[::step] for kind in (REAL, DISTINCT)]
    series["batch"] = _compare(lab, [own_service(lab.models.own, name=str(WORKERS))], cases)
    return ScalingSection(about, series)


def _forests(lab: Lab, options: dict[int, TrainOptions]) -> list[Series]:
    commands = []
    for value, option in options.items():
        folder = lab.folder / f"{option.n_estimators}-{option.max_samples}"
        if not folder.exists():
            # Distinct records, of which bigger samples make bigger trees; real records repeat so
            # much that their trees hardly grow.
            publish(folder, lab.records.by_kind[DISTINCT][:TRAINING_RECORDS], option)
        commands.append(own_service(folder, name=str(value)))
    return _compare(lab, commands, FOREST_CASES)


def _compare(lab: Lab, commands: Sequence[Command], cases: Sequence[Case]) -> list[Series]:
    rounds = min(lab.options.rounds, MAX_ROUNDS)
    with lab.services(commands) as services:
        lab.warm_up(services)
        return [
            measurement
            for case in cases
            for measurement in alternate(
                case,
                {service.name: partial(lab.load, service, case, seconds=1) for service in services},
                rounds,
            )
        ]
