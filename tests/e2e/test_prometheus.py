"""The rules and the dashboard on a real Prometheus that scrapes the real services."""

import contextlib
import functools
import gzip
import json
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.containers import ROOT
from tests.e2e.peers import wait_for
from tests.integration.calls import training
from tests.integration.conftest import POOL, Service, free_port
from tests.made_logs import make_logs

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULES = PROMETHEUS / "log-anomaly.rules.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "log-anomaly.json"
RULE_TESTS = sorted((ROOT / "tests" / "e2e" / "prometheus").glob("*_test.yml"))


SENT = 3_200
"""Logs that `send_traffic` has judged."""

CONFIG = """\
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: log-anomaly
    static_configs: [{{targets: ["127.0.0.1:{inference}"]}}]
  - job_name: log-anomaly-trainer
    static_configs: [{{targets: ["127.0.0.1:{trainer}"]}}]
"""


class Prometheus:
    """A Prometheus that runs."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str, **fields: str) -> Any:
        """What a call of its API answers as data."""
        answer = POOL.request("GET", f"{self.url}/api/v1/{path}", fields=fields).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def query(self, expression: str) -> list[float]:
        """The values of an expression now."""
        result = self.get("query", query=expression)["result"]
        return [float(sample["value"][1]) for sample in result]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Service]]:
    """Inference with two workers and a model of raw logs, and the trainer."""
    folder = tmp_path_factory.mktemp("prometheus")
    store = folder / "models"
    logs = str(ROOT / "samples" / "logs.jsonl.gz")
    command = [sys.executable, "-m", "trainer", "fit", logs, "--detector", "surprisal"]
    subprocess.run(
        [*command, "--model-dir", store], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
    )
    ports = {"PORT": free_port(), "TRAINER_PORT": free_port()}
    environ = {"MODEL_DIR": str(store), **{name: str(port) for name, port in ports.items()}}
    started = {
        "trainer": Service(
            ["trainer", "serve"], environ, ports["TRAINER_PORT"], folder / "trainer.log"
        ),
        "inference": Service(["inference"], environ, ports["PORT"], folder / "inference.log"),
    }
    for service in started.values():
        service.wait_until("/ready")
    yield started
    for service in started.values():
        service.stop()


@contextlib.contextmanager
def running_prometheus(
    folder: Path, data: Path, configuration: str = "global: {}\n"
) -> Iterator[Prometheus]:
    """A Prometheus while the block runs, with what it knows in a folder of data."""
    port = free_port()
    path = folder / "prometheus.yml"
    path.write_text(configuration)
    with (folder / "prometheus.log").open("ab") as log:
        process = subprocess.Popen(
            [
                "prometheus",
                f"--config.file={path}",
                f"--storage.tsdb.path={data}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        client = Prometheus(port)
        wait_for(lambda: POOL.request("GET", f"{client.url}/-/ready").status == 200)
        yield client
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def prometheus(
    services: dict[str, Service], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """Scrapes both every second, with the rules as they are shipped."""
    folder = tmp_path_factory.mktemp("data")
    targets = {name: service.port for name, service in services.items()}
    configuration = CONFIG.format(rules=RULES, **targets)
    with running_prometheus(folder, folder / "tsdb", configuration) as client:
        yield client


@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_the_alerts_fire_when_they_should(path: Path) -> None:
    """By Prometheus' own tests of rules, which say when they fire and when they do not."""
    subprocess.run(["promtool", "test", "rules", path], check=True)


def test_every_alert_has_a_case() -> None:
    """In the tests above each fires once and does not fire once at least."""
    alerts = set(re.findall(r"- alert: (\w+)", RULES.read_text()))
    cases = "".join(path.read_text() for path in RULE_TESTS)
    named = re.findall(r"alertname: (\w+)\n( *exp_alerts:)?", cases)
    assert {name for name, fires in named if fires} == alerts
    assert {name for name, fires in named if not fires} == alerts


def test_the_shipped_configuration_is_valid() -> None:
    """With the rules that it loads."""
    subprocess.run(["promtool", "check", "config", PROMETHEUS / "prometheus.yml"], check=True)


def test_names_and_meanings_keep_the_conventions(services: dict[str, Service]) -> None:
    """By Prometheus' own linter of metrics."""
    for service in services.values():
        text = POOL.request("GET", f"{service.url}/metrics").data
        subprocess.run(["promtool", "check", "metrics"], input=text, check=True)


def send_traffic(services: dict[str, Service]) -> None:
    """Raw logs in batches and one by one, a call that is refused, and a training."""
    inference, trainer = services["inference"], services["trainer"]
    with gzip.open(ROOT / "samples" / "logs.jsonl.gz", "rt") as lines:
        logs = [json.loads(line) for line in lines]
    members = ("message", "level", "service")
    raw = [{"log_id": n, **{name: log[name] for name in members}} for n, log in enumerate(logs)]
    for start in range(0, 3_000, 100):
        body = {"logs": raw[start : start + 100]}
        assert inference.call("POST", "/predict/batch", body).status == 200
    for log in raw[:200]:
        assert inference.call("POST", "/predict", log).status == 200
    assert inference.call("POST", "/predict", b"{}").status == 422
    assert trainer.call("POST", "/train", training(make_logs(300), activate=False)).status == 200


def test_every_query_of_the_dashboard_has_an_answer(
    services: dict[str, Service], prometheus: Prometheus
) -> None:
    """Numbers, once there were logs, calls and a training between two scrapes."""
    wait_for(lambda: prometheus.query("sum(up)") == [2])
    wait_for(lambda: prometheus.query("count(log_anomaly_trainings_total)"))
    for _ in range(2):
        scraped = sum(prometheus.query("sum(log_anomaly_logs_total)"))
        send_traffic(services)
        more = f"sum(log_anomaly_logs_total) >= {scraped + SENT}"
        wait_for(functools.partial(prometheus.query, more))
    panels = json.loads(DASHBOARD.read_text())["panels"]
    queries = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    assert len(queries) > 20
    for query in queries:
        expression = query.replace("$__rate_interval", "1m").replace("$job", ".+")
        wait_for(functools.partial(prometheus.query, expression))
        values = prometheus.query(expression)
        assert any(map(math.isfinite, values)), query
    judged = prometheus.query("sum(log_anomaly_logs_total)")
    assert judged[0] % SENT == 0
    assert judged[0] >= 2 * SENT
    assert prometheus.query("sum(log_anomaly_score_count)") == judged


def test_the_rules_evaluate(services: dict[str, Service], prometheus: Prometheus) -> None:
    """Each of them, on the metrics of the services; those of the last week are not due yet."""
    send_traffic(services)
    wait_for(lambda: prometheus.query("count(log_anomaly_logs_total)"))
    send_traffic(services)  # what is counted before the first scrape is no rate

    def states() -> dict[str, str]:
        groups = prometheus.get("rules")["groups"]
        return {
            rule["name"]: rule["health"]
            for group in groups
            if group["name"] != "log-anomaly-last-week"
            for rule in group["rules"]
        }

    wait_for(lambda: set(states().values()) == {"ok"})
    assert len(states()) >= 15
    wait_for(lambda: prometheus.query("log_anomaly:memo_hits:ratio5m"))


def test_prometheus_is_there() -> None:
    """The package has both programs; without them nothing above would have been tested."""
    assert shutil.which("prometheus")
    assert shutil.which("promtool")
