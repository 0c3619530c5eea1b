"""A service of this tree that may stop and start, and programs of others that send logs to it."""

import gzip
import json
import re
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.containers import ROOT
from tests.integration.conftest import POOL, Service, free_port
from tests.waiting import until

SAMPLES: Final = ROOT / "samples" / "logs.jsonl.gz"
WAIT_S: Final = 60.0
STOP_S: Final = 30.0

JUDGED: Final = ("log_anomaly_logs", "log_anomaly_anomalies", "log_anomaly_score")
"""The families that count what was judged, and how."""

PATTERNS: Final = "log_anomaly_pattern_logs"

Judged = Counter[tuple[str, ...]]
"""What a service has counted of logs, by name and labels."""


def sample_logs(count: int) -> list[dict[str, str]]:
    """The last of the sample logs, faults among them."""
    with gzip.open(SAMPLES, "rt") as lines:
        logs = [json.loads(line) for line in lines]
    return [{name: log[name] for name in ("message", "level", "service")} for log in logs[-count:]]


def wait_for(condition: Callable[[], object], why: Callable[[], object] = str) -> None:
    """Ask another process until something holds; errors while it starts are no answer.

    Args:
        condition: what must come to hold.
        why: what to show if it does not.
    """
    until(condition, why, within_s=WAIT_S, ignoring=(Exception,))


def accepts(port: int) -> bool:
    """Whether somebody listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Serving:
    """The inference service at one address, which may stop and start again there.

    Attributes:
        url: where it is.
        store: the models that it serves.

    Args:
        folder: where its log goes.
        store: as above; it need not be there yet.
        environ: settings.
    """

    def __init__(self, folder: Path, store: Path, **environ: str) -> None:
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.store = store
        self._log = folder / "inference.log"
        self._environ = {"PORT": str(self._port), "MODEL_DIR": str(store), **environ}
        self._service: Service | None = None

    def start(self, ready: str = "/ready") -> None:
        """Start it and wait for its answer.

        Args:
            ready: the path that must be answered with 200.
        """
        self.launch().wait_until(ready)

    def launch(self) -> Service:
        """Start it and do not wait."""
        self._service = Service(["inference"], self._environ, self._port, self._log)
        return self._service

    def stop(self) -> None:
        """Stop it as an update does."""
        if self._service is not None:
            self._service.stop()
            self._service = None

    def post(self, path: str, body: Any) -> Any:
        """What a call is answered with that must be answered with 200."""
        answer = POOL.request("POST", f"{self.url}{path}", json=body)
        assert answer.status == 200, answer.data
        return answer.json()

    def metrics(self) -> str:
        """The metrics it gives to Prometheus."""
        return POOL.request("GET", f"{self.url}/metrics").data.decode()

    def n_answers(self, route: str, status: int) -> int:
        """How many calls of a route were answered with a status."""
        name = "log_anomaly_http_requests_total"
        sample = rf'{name}\{{route="{re.escape(route)}",status="{status}"\}} ([\d.]+)'
        return sum(round(float(count)) for count in re.findall(sample, self.metrics()))

    def judged(self) -> Judged:
        """What it has counted of logs since it started."""
        return Counter(
            {
                (sample.name, *sorted(sample.labels.values())): round(sample.value, 6)
                for family in text_string_to_metric_families(self.metrics())
                if family.name in (*JUDGED, PATTERNS)
                for sample in family.samples
                if sample.value
            }
        )

    def n_judged(self) -> int:
        """How many logs that was."""
        return round(self.judged()[("log_anomaly_score_count",)])

    def wait_judged(self, count: int) -> Judged:
        """Wait until so many logs were judged since it started."""
        wait_for(lambda: self.n_judged() >= count, lambda: f"{self.n_judged()} of {count} logs")
        return self.judged()

    def judged_directly(self, path: str, body: Any) -> Judged:
        """What a call adds to what is counted."""
        before = self.judged()
        self.post(path, body)
        return difference(self.judged(), before)


def difference(after: Judged, before: Judged) -> Judged:
    """What was counted in between."""
    after = Counter({name: round(value - before[name], 6) for name, value in after.items()})
    return Counter({name: value for name, value in after.items() if value})


@contextmanager
def running(
    command: Sequence[str | Path], log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program while the block runs."""
    with log.open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=env)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(STOP_S)
