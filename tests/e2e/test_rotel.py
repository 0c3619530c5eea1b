"""rotel, a collector of OpenTelemetry, in front of the service and behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.configurations import configurations
from tests.e2e.containers import ROOT
from tests.e2e.peers import Serving, accepts, difference, running, sample_logs, wait_for
from tests.e2e.test_javascript import opentelemetry, start, wait_done
from tests.integration.conftest import free_port

AGENT: Final = "lib/python3.11/site-packages/rotel/rotel-agent"
N_LOGS: Final = 2_000


@contextmanager
def running_rotel(folder: Path, url: str) -> Iterator[str]:
    """Rotel with the settings that the page prints; gives where it takes logs."""
    http, grpc = free_port(), free_port()
    (page,) = configurations("integrations/opentelemetry.md", "rotel")
    text = page.adapted(
        {
            "http://log-anomaly:8000": url,
            "0.0.0.0:4318": f"127.0.0.1:{http}",
            "0.0.0.0:4317": f"127.0.0.1:{grpc}",
        }
    )
    environ = dict(line.split("=", 1) for line in text.split() if not line.startswith("#"))
    command: list[str | Path] = [ROOT / ".venv/peers" / AGENT, "start"]
    with running(command, folder / "rotel.log", environ):
        wait_for(lambda: accepts(http))
        yield f"http://127.0.0.1:{http}"


def test_what_passes_through_rotel_is_judged_as_raw_logs_are(
    serving: Serving, tmp_path: Path
) -> None:
    """Every record once, with the verdicts of a direct call."""
    logs = sample_logs(N_LOGS)
    direct = serving.judged_directly("/api/v1/logs", logs)
    before = serving.judged()
    with running_rotel(tmp_path, serving.url) as url:
        wait_done(start(tmp_path, "log_by_opentelemetry.mjs", logs, **opentelemetry(url)))
        after = serving.wait_judged(2 * N_LOGS)
    assert difference(after, before) == direct


def test_rotel_loses_nothing_while_the_service_is_away(serving: Serving, tmp_path: Path) -> None:
    """What programs log meanwhile is judged afterwards, each record once."""
    logs = sample_logs(N_LOGS)
    direct = serving.judged_directly("/api/v1/logs", logs)
    serving.stop()
    with running_rotel(tmp_path, serving.url) as url:
        wait_done(start(tmp_path, "log_by_opentelemetry.mjs", logs, **opentelemetry(url)))
        serving.start()
        assert serving.wait_judged(N_LOGS) == direct
