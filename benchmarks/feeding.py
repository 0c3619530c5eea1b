"""The experiments `feeds` and `counted`: raw logs as they are shipped, and what a call costs."""

from functools import partial
from typing import Final

from benchmarks.comparison import Case, alternate
from benchmarks.competitors import SURPRISAL, UNCOUNTED, bare_socket, own_service
from benchmarks.feeds import JSON_LINES, OTLP_JSON, OTLP_PROTOBUF, REQUEST_LINES
from benchmarks.lab import Lab
from benchmarks.results import LoadSection
from benchmarks.workloads import REAL

FEED_CASES: Final = (
    Case(JSON_LINES, 100, 8),
    Case(JSON_LINES, 1_000, 8),
    Case(OTLP_PROTOBUF, 1_000, 8),
    Case(OTLP_JSON, 1_000, 8),
    Case(REQUEST_LINES, 1_000, 8),
)
COUNTED_CASE: Final = Case(REAL, 0, 64)
ROUNDS_FACTOR: Final = 2
"""A difference of some per cent needs more rounds than one of several times."""


def measure_feeds(lab: Lab) -> LoadSection:
    """Both detectors in turn, on real logs with every number drawn anew."""
    about = lab.options.about()
    forest, surprisal = lab.models.fed
    commands = [own_service(forest), own_service(surprisal, name=SURPRISAL)]
    with lab.services(commands) as services:
        lab.warm_up(services)
        series = [
            measurement
            for case in FEED_CASES
            for measurement in alternate(
                case,
                {service.name: partial(lab.load, service, case) for service in services},
                lab.options.rounds,
            )
        ]
    return LoadSection(about, series)


def measure_counted(lab: Lab) -> LoadSection:
    """`POST /predict` of a service with metrics, of a service without, and of a bare socket."""
    about = lab.options.about()
    uncounted = own_service(lab.models.own, name=UNCOUNTED, environment={"ALLOW_METRICS": "false"})
    with lab.services([own_service(lab.models.own), uncounted, bare_socket()]) as services:
        lab.warm_up(services)
        targets = {
            service.name: partial(lab.load, service, COUNTED_CASE, seconds=1)
            for service in services
        }
        series = alternate(COUNTED_CASE, targets, ROUNDS_FACTOR * lab.options.rounds)
    return LoadSection(about, series)
