"""Anomalies become incidents in a real Alertmanager, and notifications of a webhook."""

import contextlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import urllib3

from schemas.record.templates import pattern_id
from tests.e2e.containers import ROOT
from tests.integration.conftest import POOL, Service, free_port
from tests.integration.receivers import Receiver
from tests.waiting import until

PAGE = ROOT / "docs" / "incidents.md"

INTERVAL_S = 1.0
"""Of alerts, which so end after five seconds of quiet."""

STORM = 100_000
BATCH = 1_000
TEXTS = [
    "java.lang.OutOfMemoryError: heap of 512 MB exhausted",
    "connection to ledger refused, giving up",
    "panic: circuit breaker meltdown",
]
SILENCED_TEXT = "java.lang.StackOverflowError: watchdog gave up on its child"
OTHER_TEXT = "kernel: unrecoverable parity failure, halting"


def configuration() -> str:
    """The alertmanager.yml that the page prints."""
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    return str(block)


class Alertmanager:
    """An Alertmanager that runs, and the receiver of its notifications."""

    def __init__(self, port: int, receiver: Receiver) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._receiver = receiver

    def alerts(self) -> list[dict[str, Any]]:
        """What it knows now."""
        found: list[dict[str, Any]] = POOL.request("GET", f"{self.url}/api/v2/alerts").json()
        return found

    def is_ready(self) -> bool:
        """Whether it answers."""
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            return POOL.request("GET", f"{self.url}/-/ready").status == 200
        return False

    def notified(self, service: str, status: str) -> list[set[str]]:
        """The patterns in each notification about a service."""
        sent = [json.loads(body) for body in self._receiver.bodies]
        return [
            {alert["labels"]["pattern_id"] for alert in notification["alerts"]}
            for notification in sent
            if notification["commonLabels"]["service"] == service
            and notification["status"] == status
        ]


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alertmanager]:
    """Runs with the page's configuration, but for the receiver's port and shorter times."""
    folder = tmp_path_factory.mktemp("alertmanager")
    receiver, port = Receiver(), free_port()
    text = configuration().replace("http://127.0.0.1:5001", receiver.url)
    for long, short in (("group_wait: 30s", "2s"), ("group_interval: 5m", "3s")):
        text = text.replace(long, f"{long.split(':')[0]}: {short}")
    (folder / "alertmanager.yml").write_text(text)
    with receiver.running(), (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                "prometheus-alertmanager",
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            running = Alertmanager(port, receiver)
            until(running.is_ready, "Alertmanager")
            yield running
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def services(
    alertmanager: Alertmanager, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Service]]:
    """Two inference services of two workers each, over one model of raw logs."""
    folder = tmp_path_factory.mktemp("services")
    logs = str(ROOT / "samples" / "logs.jsonl.gz")
    command = [sys.executable, "-m", "trainer", "fit", logs, "--model-dir", str(folder / "models")]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    started = []
    for name in ("first", "second"):
        port = free_port()
        environ = {
            "PORT": str(port),
            "MODEL_DIR": str(folder / "models"),
            "WEB_CONCURRENCY": "2",
            "ANOMALY_ALERTMANAGER_URL": alertmanager.url,
            "ANOMALY_SERVE_ALERT_INTERVAL_S": str(INTERVAL_S),
        }
        started.append(Service(["inference"], environ, port, folder / f"{name}.log"))
    for service in started:
        service.wait_until("/ready")
    yield started
    for service in started:
        service.stop()


def send(service: Service, name: str, texts: list[str], n: int) -> None:
    """Have lines of a service judged, each time on a new connection, which any worker may take.

    A call that a killed worker had in hand is repeated, as shippers do.
    """
    logs = [
        {"message": texts[number % len(texts)], "level": "FATAL", "service": name}
        for number in range(n)
    ]
    body = "\n".join(map(json.dumps, logs)).encode()
    headers = {"Connection": "close", "Content-Type": "application/x-ndjson"}
    while True:
        try:
            answer = service.call("POST", "/logs?return=none", body, headers)
        except urllib3.exceptions.HTTPError:
            continue
        assert answer.status == 200, answer.data
        assert answer.json()["anomaly_count"] == n
        return


def names(*texts: str) -> set[str]:
    """Their pattern ids."""
    return {f"{pattern_id(text):016x}" for text in texts}


@pytest.mark.parametrize("path", [PAGE, ROOT / "deploy" / "alertmanager" / "alertmanager.yml"])
def test_configurations_are_valid(path: Path, tmp_path: Path) -> None:
    """That of the page, and that beside the compose file: amtool finds no fault."""
    file = tmp_path / "alertmanager.yml"
    file.write_text(configuration() if path == PAGE else path.read_text())
    subprocess.run(["amtool", "check-config", file], check=True)


def test_a_storm_is_one_notification(alertmanager: Alertmanager, services: list[Service]) -> None:
    """Through both services and all workers: one message when it begins, one when it is over."""
    for number in range(STORM // BATCH):
        send(services[number % 2], "storm", TEXTS, BATCH)
    until(lambda: alertmanager.notified("storm", "resolved"), "the resolution")
    assert alertmanager.notified("storm", "firing") == [names(*TEXTS)]
    assert alertmanager.notified("storm", "resolved") == [names(*TEXTS)]


def test_a_silenced_pattern_is_silent(alertmanager: Alertmanager, services: list[Service]) -> None:
    """By its id alone, while another pattern of the same service gets through."""
    (silenced,) = names(SILENCED_TEXT)
    amtool = ["amtool", f"--alertmanager.url={alertmanager.url}", "silence", "add"]
    options = ["--author=test", "--comment=known", "--duration=1h", f"pattern_id={silenced}"]
    subprocess.run([*amtool, *options], check=True, stdout=subprocess.DEVNULL)
    send(services[0], "silenced", [SILENCED_TEXT, OTHER_TEXT], BATCH)
    until(lambda: alertmanager.notified("silenced", "resolved"), "the other pattern's end")
    assert alertmanager.notified("silenced", "firing") == [names(OTHER_TEXT)]


def test_a_killed_worker_takes_no_alert_with_it(
    alertmanager: Alertmanager, services: list[Service]
) -> None:
    """What goes on stays one alert, beyond the time at which that of the worker would have ended.

    The clock of the alert's end is moved on by whichever worker sees the next line.
    """
    service = services[0]
    master = psutil.Process(service.process.pid)
    send(service, "lasting", [OTHER_TEXT], BATCH)
    until(lambda: alertmanager.notified("lasting", "firing"), "the notification")
    killed = master.children()[0]
    killed.kill()
    deadline = time.monotonic() + 10 * INTERVAL_S  # an alert ends after five
    while time.monotonic() < deadline:
        send(service, "lasting", [OTHER_TEXT], 10)
    assert killed.pid not in [child.pid for child in master.children()]
    (alert,) = [
        active for active in alertmanager.alerts() if active["labels"]["service"] == "lasting"
    ]
    assert alert["status"]["state"] == "active"
    assert alertmanager.notified("lasting", "firing") == [names(OTHER_TEXT)]
    assert alertmanager.notified("lasting", "resolved") == []
