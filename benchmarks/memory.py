"""Memory of the service's processes while it answers more than a million requests."""

from typing import Final

from benchmarks.comparison import Case
from benchmarks.competitors import own_service
from benchmarks.lab import Lab
from benchmarks.progress import say
from benchmarks.results import MemoryPoint, MemorySection
from benchmarks.servers import Service
from benchmarks.workloads import DISTINCT, REAL

FIRST: Final = 100_000
MORE: Final = 1_000_000
QUICK_MORE: Final = 100_000
CONNECTIONS: Final = 8


def measure_memory(lab: Lab) -> MemorySection:
    """Real and all-distinct records in turn, a second of each, with the memory after every pair.

    Half of all requests are records that were never seen before, so that the memo is filled, and
    refilled over and over.
    """
    about = lab.options.about()
    goal = FIRST + (QUICK_MORE if lab.options.quick else MORE)
    answered, faults = 0, ""
    with lab.services([own_service(lab.models.own)]) as (service,):
        points = [MemoryPoint(0, service.pss_bytes())]
        while answered < goal and not faults:
            requests, faults = _pair(lab, service)
            answered += requests
            points.append(MemoryPoint(answered, service.pss_bytes()))
            say(f"memory after {answered:,} requests: {points[-1].pss_bytes / 1e6:.1f} MB")
    return MemorySection(about, points, faults)


def _pair(lab: Lab, service: Service) -> tuple[int, str]:
    runs = [lab.load(service, Case(kind, 0, CONNECTIONS), seconds=1) for kind in (REAL, DISTINCT)]
    faults = [f"{count} x {kind}" for run in runs for kind, count in run.failures.items() if count]
    if not all(run.requests for run in runs):
        faults.append("a round without an answer")
    return sum(run.requests for run in runs), ", ".join(faults)
