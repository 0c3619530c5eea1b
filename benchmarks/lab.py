"""What every experiment needs: options, records, models, services and load on them."""

import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from benchmarks.comparison import Case
from benchmarks.competitors import OIP_PATH, Peers, is_mlserver
from benchmarks.feeds import FEEDS
from benchmarks.load import RequestFile, run_wrk
from benchmarks.models import Models
from benchmarks.results import About, Run
from benchmarks.servers import Command, Service
from benchmarks.workloads import REAL, Records, bodies, tensor_bodies
from schemas.api.operations import API_PREFIX

SLOW_PEER_RECORDS = 20_000
"""More than a peer that keeps scikit-learn in the request path gets through in a round."""


class Options(msgspec.Struct, frozen=True):
    """How much is measured.

    Attributes:
        rounds: rounds of each comparison.
        seconds: length of a round of load.
        quick: fewer cases, for a first impression.
    """

    rounds: int
    seconds: int
    quick: bool

    def about(self) -> About:
        """What to keep beside the figures."""
        command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return About(now, command, self.rounds, self.seconds, self.quick)


class Lab:
    """One run of the benchmarks, working in `folder`."""

    def __init__(
        self, options: Options, folder: Path, records: Records, models: Models, peers: Peers
    ) -> None:
        self.options = options
        self.folder = folder
        self.records = records
        self.models = models
        self.peers = peers
        self._files: dict[tuple[str, int, bool], RequestFile] = {}
        self._started = 0

    @contextmanager
    def start(self, commands: Sequence[Command]) -> Iterator[list[Service]]:
        """Start services and stop them at the end."""
        with ExitStack() as stack:
            yield [stack.enter_context(self.service(command)) for command in commands]

    @contextmanager
    def services(self, commands: Sequence[Command]) -> Iterator[list[Service]]:
        """The same, once all are ready."""
        with self.start(commands) as services:
            for service in services:
                service.wait_ready()
            yield services

    def subfolder(self, name: str) -> Path:
        """A folder for one experiment's files."""
        folder = self.folder / name
        folder.mkdir()
        return folder

    def service(self, command: Command) -> Service:
        """Start one service without waiting for it; its output goes to a file in the folder."""
        self._started += 1
        return Service(command, self.folder / f"service-{self._started}.log")

    def requests(self, workload: str, batch: int, *, tensors: bool) -> RequestFile:
        """The prebuilt requests of a workload, as our API or the Open Inference Protocol."""
        key = (workload, batch, tensors)
        if key not in self._files:
            file = self.folder / f"{workload}-{batch}-{tensors}.requests"
            if workload in FEEDS:
                feed = FEEDS[workload]
                made = feed.requests(self.records.raw, batch)
                self._files[key] = RequestFile(file, feed.path, made, feed.media_type)
            elif tensors:
                records = self.records.by_kind[workload]
                made = tensor_bodies(records[:SLOW_PEER_RECORDS], batch)
                self._files[key] = RequestFile(file, OIP_PATH, made)
            else:
                logs = self.records.of(workload)
                path = f"{API_PREFIX}/predict/batch" if batch else f"{API_PREFIX}/predict"
                self._files[key] = RequestFile(file, path, bodies(logs, batch))
        return self._files[key]

    def warm_up(self, services: Iterable[Service]) -> None:
        """A second of load on each, of which nothing is kept."""
        for service in services:
            self.load(service, Case(REAL, 0, 8), seconds=1)

    def load(self, service: Service, case: Case, seconds: int | None = None) -> Run:
        """A round of load on one service, as long as the options say unless `seconds` is given."""
        requests = self.requests(case.workload, case.batch, tensors=is_mlserver(service.name))
        before = service.cpu_s()
        length = seconds or self.options.seconds
        run = run_wrk(service.port, requests, service.name, case.connections, length)
        return msgspec.structs.replace(run, cpu_s=service.cpu_s() - before)
