"""What was measured, as it is kept in `results.json`; tables and plots are made from this alone."""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from benchmarks.job_runs import Job
from benchmarks.layout import laid_out

RESULTS_FILE: Final = "results.json"


class Run(msgspec.Struct, frozen=True):
    """One round of load on one target.

    Attributes:
        requests: answers that arrived.
        seconds: how long the round took.
        failures: how often what went wrong, by kind (`status`: an answer other than 2xx).
        latency_ms: `p50`, `p90`, `p99` and `max`.
        cpu_s: processor time that all processes of the target used meanwhile.
    """

    requests: int
    seconds: float
    failures: dict[str, int] = {}
    latency_ms: dict[str, float] = {}
    cpu_s: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


class Series(msgspec.Struct, frozen=True):
    """All rounds of one target under one load.

    Attributes:
        target: who answered.
        workload: kind of the records: real, distinct or repeated; or the feed of raw logs.
        batch: logs per request; 0 is `POST /predict`.
        connections: connections at once, each with one request under way.
        runs: the rounds, in order.
    """

    target: str
    workload: str
    batch: int
    connections: int
    runs: list[Run]

    @property
    def void(self) -> str:
        """Why the figures count for nothing; empty if they count."""
        failures: dict[str, int] = {}
        for run in self.runs:
            for kind, count in run.failures.items():
                failures[kind] = failures.get(kind, 0) + count
        reasons = [f"{count} x {kind}" for kind, count in failures.items() if count]
        if not reasons and not all(run.requests for run in self.runs):
            reasons = ["a round without an answer"]
        if not self.runs:
            reasons = ["not measured"]
        return ", ".join(reasons)

    @property
    def rate(self) -> float | None:
        """Requests a second, the median over the rounds; None if void."""
        return self._median(lambda run: run.rate)

    @property
    def logs_rate(self) -> float | None:
        """Logs a second; None if void."""
        return None if self.rate is None else self.rate * max(self.batch, 1)

    @property
    def cpu_ms(self) -> float | None:
        """Processor time a request in milliseconds; None if void."""
        return self._median(lambda run: 1e3 * run.cpu_s / run.requests)

    def latency_ms(self, percentile: str) -> float | None:
        """The median over the rounds of a percentile of the latency; None if void."""
        return self._median(lambda run: run.latency_ms[percentile])

    def _median(self, value: Callable[[Run], float]) -> float | None:
        return None if self.void else median(map(value, self.runs))


class Timing(msgspec.Struct, frozen=True):
    """Something that was timed as a whole, several times.

    Attributes:
        target: who was timed.
        what: what it did.
        seconds: each round's time.
        void: why the figure counts for nothing; empty if it counts.
    """

    target: str
    what: str
    seconds: list[float]
    void: str = ""

    @property
    def median_s(self) -> float | None:
        """The median; None if void."""
        return None if self.void or not self.seconds else median(self.seconds)


class Agreement(msgspec.Struct, frozen=True):
    """How far a target's labels are scikit-learn's."""

    target: str
    asked: int
    different: int


class MemoryPoint(msgspec.Struct, frozen=True):
    """Memory of a process tree after so many requests."""

    requests: int
    pss_bytes: int


class PackageSize(msgspec.Struct, frozen=True):
    """What one installed distribution takes on disk; byte code is part of `size_bytes`."""

    name: str
    version: str
    size_bytes: int
    bytecode_bytes: int


class GraphFigure(msgspec.Struct, frozen=True):
    """One way to evaluate the forest; one entry per round in the lists.

    `nodes` and `size_bytes` are 0 where there is no graph.
    """

    target: str
    nodes: int
    size_bytes: int
    load_ms: list[float]
    one_row_us: list[float]
    bulk_us_per_row: list[float]


class About(msgspec.Struct, frozen=True):
    """When and how a section was measured."""

    measured_at: str
    command: str
    rounds: int
    seconds: float
    quick: bool


class LoadSection(msgspec.Struct, frozen=True):
    """Services under load."""

    about: About
    series: list[Series]
    agreement: list[Agreement] = []


class TimingSection(msgspec.Struct, frozen=True):
    """Things that were timed as a whole."""

    about: About
    timings: list[Timing]


class MemorySection(msgspec.Struct, frozen=True):
    """Memory of the service while requests go on; the first point is before any."""

    about: About
    points: list[MemoryPoint]
    void: str = ""


class SizeSection(msgspec.Struct, frozen=True):
    """The installed serving requirements."""

    about: About
    packages: list[PackageSize]


class GraphSection(msgspec.Struct, frozen=True):
    """The graphs alone, without a service."""

    about: About
    n_estimators: int
    figures: list[GraphFigure]


class ScalingSection(msgspec.Struct, frozen=True):
    """How cost grows: per thing that was varied, series whose target is the value."""

    about: About
    series: dict[str, list[Series]]


class ArchiveSection(msgspec.Struct, frozen=True):
    """Jobs over archives; `files` says what these are."""

    about: About
    files: dict[str, str]
    jobs: list[Job]


class Pace(msgspec.Struct, frozen=True):
    """What sending at a fixed rate cost the machine; one entry per round in the lists.

    Attributes:
        situation: as the series beside it.
        cores: processor time of the sender a second.
        lag_ms: 99th percentile of how late it sent while a connection was free.
    """

    situation: str
    cores: list[float]
    lag_ms: list[float]


class OpenLoopSection(msgspec.Struct, frozen=True):
    """Requests at a fixed `rate`; series whose target is what goes on beside them."""

    about: About
    peak: float
    rate: float
    series: list[Series]
    pace: list[Pace]


class Machine(msgspec.Struct, frozen=True):
    """Where it was measured, and with what."""

    processor: str
    cores: int
    memory_gb: float
    system: str
    python: str
    versions: dict[str, dict[str, str]]
    records: str


class Results(msgspec.Struct, kw_only=True):
    """Everything; a section that was not measured yet is None."""

    machine: Machine | None = None
    predict: LoadSection | None = None
    batch: LoadSection | None = None
    feeds: LoadSection | None = None
    counted: LoadSection | None = None
    open_loop: OpenLoopSection | None = None
    train: TimingSection | None = None
    startup: TimingSection | None = None
    memory: MemorySection | None = None
    sizes: SizeSection | None = None
    graph: GraphSection | None = None
    scaling: ScalingSection | None = None
    archives: ArchiveSection | None = None
    unavailable: dict[str, str] = {}


def load_results(folder: Path) -> Results:
    """What earlier runs left in `folder`; empty results if there is nothing."""
    path = folder / RESULTS_FILE
    return msgspec.json.decode(path.read_bytes(), type=Results) if path.exists() else Results()


def save_results(folder: Path, results: Results) -> None:
    """Write the results for later runs and for rendering anew."""
    (folder / RESULTS_FILE).write_text(laid_out(msgspec.to_builtins(results)) + "\n")
