"""Services under load: single records and batches, everybody in turn."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.agreement import compare_labels
from benchmarks.bare import Exchange, measure_bare, write_exchanges
from benchmarks.comparison import Case, Measure, alternate
from benchmarks.competitors import (
    BARE,
    NOOP,
    OURS,
    SURPRISAL,
    WORKERS,
    is_mlserver,
    load_competitors,
)
from benchmarks.lab import Lab
from benchmarks.results import LoadSection, Series
from benchmarks.servers import Service, request
from benchmarks.workloads import DISTINCT, KINDS, RAW, RAW_DISTINCT, REAL, REPEATED, bodies
from schemas.api.operations import API_PREFIX

BATCHES: Final = (100, 1_000)


def measure_predict(lab: Lab) -> LoadSection:
    """`POST /predict`, with few, many and very many connections."""
    about = lab.options.about()
    if lab.options.quick:
        cases = [Case(REAL, 0, 8), Case(REAL, 0, 64), Case(DISTINCT, 0, 8)]
    else:
        cases = [Case(REAL, 0, connections) for connections in (8, 64, 256)]
        cases += [Case(DISTINCT, 0, 8), Case(REPEATED, 0, 8)]
    folder = lab.subfolder("predict")
    with lab.services(load_competitors(lab.models, lab.peers, folder)) as services:
        agreement = compare_labels(lab.models.forest, lab.records, services)
        lab.warm_up(services)
        series = [measurement for case in cases for measurement in _compare(lab, case, services)]
    return LoadSection(about, series, agreement)


def measure_batch(lab: Lab) -> LoadSection:
    """`POST /predict/batch`, and msgspec alone where big batches of real records are measured.

    Raw records are asked of those alone who take them.
    """
    about = lab.options.about()
    kinds = (REAL, DISTINCT) if lab.options.quick else KINDS
    folder = lab.subfolder("batch")
    commands = load_competitors(lab.models, lab.peers, folder)
    with lab.services([command for command in commands if command.name != NOOP]) as services:
        floor = _Floor(lab, services[0], folder / "exchanges", BATCHES[-1])
        lab.warm_up(services)
        cases = [Case(workload, batch, 8) for batch in BATCHES for workload in kinds]
        series = [
            measurement for case in cases for measurement in _compare(lab, case, services, floor)
        ]
        # One client alone: what it waits for, beside the same work without a service around it.
        ours = [service for service in services if service.name in {OURS, SURPRISAL}]
        series += _compare(lab, Case(REAL, BATCHES[-1], 1), ours, floor)
        for case in [Case(kind, BATCHES[0], 8) for kind in (RAW, RAW_DISTINCT)]:
            series += _compare(lab, case, ours)
    return LoadSection(about, series)


class _Floor:
    """Bare decoding and encoding of real batches of one size, with the service's own answers."""

    def __init__(self, lab: Lab, service: Service, file: Path, batch: int) -> None:
        self._file = file
        self._batch = batch
        path = f"{API_PREFIX}/predict/batch"
        write_exchanges(
            file,
            [
                Exchange(body, request(service.port, "POST", path, body)[1])
                for body in bodies(lab.records.by_kind[REAL], batch)
            ],
        )

    def targets(self, case: Case, seconds: int) -> dict[str, Measure]:
        """The floor as one more target where it applies; it uses as many cores as the service."""
        if (case.workload, case.batch) != (REAL, self._batch):
            return {}
        processes = min(WORKERS, case.connections)
        return {BARE: partial(measure_bare, self._file, processes, seconds)}


def _compare(
    lab: Lab, case: Case, services: Sequence[Service], floor: _Floor | None = None
) -> list[Series]:
    targets: dict[str, Measure] = {
        service.name: partial(lab.load, service, case)
        for service in services
        # MLServer remembers nothing, so that the kind of the records is all the same to it.
        if case.workload == REAL or not is_mlserver(service.name)
    }
    if floor:
        targets |= floor.targets(case, lab.options.seconds)
    return alternate(case, targets, lab.options.rounds)
