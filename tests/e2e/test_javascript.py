"""Loggers of JavaScript, unchanged: OpenTelemetry, and pino and winston, which push to Loki."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.configurations import configurations
from tests.e2e.containers import ROOT
from tests.e2e.peers import Serving, difference, sample_logs, wait_for

SCRIPTS: Final = Path(__file__).with_name("node")
MODULES: Final = ROOT / ".venv" / "node" / "node_modules"
N_LOGS: Final = 2_000


def start(
    folder: Path, script: str, logs: Sequence[dict[str, str]], **environ: str
) -> subprocess.Popen[str]:
    """Start a program that logs `logs`."""
    link = folder / "node_modules"  # where Node looks, from the script's folder upwards
    if not link.exists():
        link.symlink_to(MODULES)
    copy = folder / script
    copy.write_bytes((SCRIPTS / script).read_bytes())
    given = folder / "logs.json"
    given.write_text(json.dumps(logs))
    with given.open() as file:
        return subprocess.Popen(
            ["node", copy],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, **environ},
        )


def wait_done(program: subprocess.Popen[str]) -> None:
    """Wait until a program has ended well, without a word."""
    output, _ = program.communicate(timeout=120)
    assert (program.returncode, output) == (0, "")


def opentelemetry(url: str, compression: str = "gzip") -> dict[str, str]:
    """The variables that say where an SDK sends to."""
    return {
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"{url}/v1/logs",
        "OTEL_EXPORTER_OTLP_LOGS_COMPRESSION": compression,
        "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT": "60000",
    }


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_opentelemetrys_exporter_is_judged_as_raw_logs_are(
    serving: Serving, tmp_path: Path, compression: str
) -> None:
    """Every record once, with the verdicts of a direct call."""
    logs = sample_logs(N_LOGS)
    direct = serving.judged_directly("/api/v1/logs", logs)
    before = serving.judged()
    environ = opentelemetry(serving.url, compression)
    wait_done(start(tmp_path, "log_by_opentelemetry.mjs", logs, **environ))
    assert difference(serving.judged(), before) == direct


def test_opentelemetrys_exporter_asks_again_while_there_is_no_model(
    bare_serving: Serving, sample_store: Path, tmp_path: Path
) -> None:
    """503 with Retry-After loses nothing: the program ends when all was taken."""
    logs = sample_logs(500)
    environ = opentelemetry(bare_serving.url)
    program = start(tmp_path, "log_by_opentelemetry.mjs", logs, **environ)
    wait_for(lambda: bare_serving.n_answers("/v1/logs", 503))
    bare_serving.store.symlink_to(sample_store)
    wait_done(program)
    assert bare_serving.n_judged() == len(logs)


@pytest.mark.parametrize("section", ["pino", "winston"])
def test_loggers_that_push_to_loki_push_here(
    serving: Serving, tmp_path: Path, section: str
) -> None:
    """As the page sets them up: every line once, with its level and the service of the label."""
    logs = [{**log, "service": "orders-api"} for log in sample_logs(N_LOGS)]
    direct = serving.judged_directly("/api/v1/logs", logs)
    before = serving.judged()
    (page,) = configurations("integrations/loki.md", section)
    module = page.adapted({"http://log-anomaly:8000": serving.url})
    (tmp_path / "logger.mjs").write_text(module)
    wait_done(start(tmp_path, "log_by_logger.mjs", logs))
    assert difference(serving.judged(), before) == direct
