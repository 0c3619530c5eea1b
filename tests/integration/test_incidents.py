"""Anomalies are reported as lines and alerts, whichever way a log comes in."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import urllib3

from inference.metrics.families import Spec
from inference.metrics.reports import LINES, LOST, OTHER_LOGS, POSTS
from schemas.record.templates import pattern_id, template_of
from tests.integration.conftest import POOL, ROOT, Service, StartInference
from tests.integration.receivers import Receiver
from tests.otlp_requests import as_protobuf, record, request
from tests.tensors import PATH, Columns, infer_body
from tests.waiting import until

MESSAGE = "java.lang.IllegalStateException: timeout after 17 ms, order of alice cannot be placed"
LOG = {"message": MESSAGE, "level": "FATAL", "service": "payments"}
PATTERN = f"{pattern_id(MESSAGE):016x}"


def alerts(receiver: Receiver) -> list[dict[str, Any]]:
    """All alerts that were sent, in their order."""
    return [alert for body in receiver.bodies for alert in json.loads(body)]


def counted(service: Service, spec: Spec, outcome: str = "") -> float:
    """A counter of the service."""
    start = spec.name + (f'{{outcome="{outcome}"}} ' if outcome else " ")
    text = POOL.request("GET", f"{service.url}/metrics").data.decode()
    (line,) = [sample for sample in text.splitlines() if sample.startswith(start)]
    return float(line.removeprefix(start))


def lines_of(service: Service) -> list[dict[str, Any]]:
    """The anomaly lines on its standard output."""
    lines = [json.loads(line) for line in service.log.read_text().splitlines() if line]
    return [line for line in lines if line.get("event") == "anomaly"]


def post(service: Service, path: str, body: bytes, content_type: str) -> None:
    """A call that is answered."""
    headers = {"Content-Type": content_type}
    answer = POOL.request("POST", service.url + path, body=body, headers=headers)
    assert answer.status == 200, answer.data


def send_every_way(service: Service) -> int:
    """Send one anomalous log each way that there is; how many ways those are."""
    single = json.dumps({"log_id": 1, **LOG}).encode()
    post(service, "/api/v1/predict", single, "application/json")
    post(service, "/api/v1/predict?explain=true", single, "application/json")
    batch = b'{"logs":[%b]}' % single
    post(service, "/api/v1/predict/batch", batch, "application/json")
    post(service, "/api/v1/predict/batch?on_error=report", batch, "application/json")
    post(service, "/api/v1/predict/batch", single + b"\n", "application/x-ndjson")
    post(service, "/api/v1/logs", single, "application/json")
    otlp = request(record(MESSAGE, 21, "FATAL"), service__name="payments")
    post(service, "/v1/logs", json.dumps(otlp).encode(), "application/json")
    post(service, "/v1/logs", as_protobuf(otlp), "application/x-protobuf")
    columns: Columns = {name: ("BYTES", [value]) for name, value in LOG.items()}
    body, _ = infer_body(columns, binary=False)
    post(service, PATH, body, "application/json")
    return 9


def test_every_way_in_reports_the_same_alert(
    start_inference: StartInference, model_dir: Path
) -> None:
    """One alert with the labels of the pattern, which has counted all logs; no raw text in it."""
    receiver = Receiver()
    with receiver.running():
        service = start_inference(
            model_dir,
            WEB_CONCURRENCY="1",
            ANOMALY_ALERTMANAGER_URL=receiver.url,
            ANOMALY_SERVE_ALERT_INTERVAL_S="0.4",
            ANOMALY_SERVE_ALERT_LINK="http://logs/?q={service}+{pattern_id}",
        )
        n = send_every_way(service)
        until(lambda: alerts(receiver)[-1:] and counted(service, POSTS, "taken"), "an alert")
        sent = until(
            lambda: [
                alert for alert in alerts(receiver) if alert["annotations"]["count"] == str(n)
            ],
            "all logs",
        )[0]
    assert {json.dumps(alert["labels"], sort_keys=True) for alert in alerts(receiver)} == {
        json.dumps(
            {
                "alertname": "LogAnomaly",
                "service": "payments",
                "level": "FATAL",
                "pattern_id": PATTERN,
                "model": "log-anomaly",
            },
            sort_keys=True,
        )
    }
    assert sent["annotations"]["text"] == template_of(MESSAGE)
    assert sent["annotations"]["why"]
    assert sent["annotations"]["model_version"] == "1"
    assert sent["generatorURL"] == f"http://logs/?q=payments+{PATTERN}"
    assert sent["annotations"]["link"] == sent["generatorURL"]
    assert sent["endsAt"] > sent["annotations"]["last_seen"] >= sent["startsAt"]
    assert b"17 ms" not in b"".join(receiver.bodies)


def test_lines_are_bounded_and_hold_no_text(
    start_inference: StartInference, model_dir: Path
) -> None:
    """One line per anomaly up to the rate; the next line and metrics count the others."""
    service = start_inference(model_dir, WEB_CONCURRENCY="1", ANOMALY_SERVE_STDOUT_PER_S="3")
    batch = {"logs": [{"log_id": index, **LOG} for index in range(50)]}
    assert service.call("POST", "/predict/batch", batch).json()["anomaly_count"] == 50
    first = until(lambda: len(found := lines_of(service)) >= 3 and found, "three lines")
    assert len(first) == 3
    assert {key: first[0][key] for key in ("service", "level", "pattern_id")} == {
        "service": "payments",
        "level": "FATAL",
        "pattern_id": PATTERN,
    }
    assert first[0]["why"]
    assert 0 <= first[0]["anomaly_score"] <= 1
    assert first[0]["percentile"] > 0.9
    assert first[0]["model_version"] == "1"
    assert counted(service, LINES, "suppressed") == 47

    def next_line() -> list[dict[str, Any]]:
        service.call("POST", "/predict", {"log_id": 1, **LOG})
        return lines_of(service)[3:]

    line = until(next_line, "a fourth line")[0]
    assert line["suppressed"] >= 47
    assert "alice" not in service.log.read_text()


def test_nothing_is_reported_unless_wanted(
    start_inference: StartInference, model_dir: Path
) -> None:
    """Without settings: no line on standard output, nothing counted as reported."""
    service = start_inference(model_dir)
    send_every_way(service)
    assert counted(service, LINES, "written") == 0
    assert lines_of(service) == []


def test_it_is_loaded_for_those_who_want_it() -> None:
    """An app without these settings has nothing of it in memory."""
    code = (
        "import sys; from inference.app import create_app\n"
        "from inference.settings import InferenceSettings\n"
        "create_app(InferenceSettings())\n"
        "print([name for name in sys.modules if name.startswith('inference.incidents')])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert loaded.stdout == b"[]\n"


def test_what_alertmanager_misses_is_sent_again(
    start_inference: StartInference, model_dir: Path
) -> None:
    """Calls are answered while it is away; what still lasts when it comes back is sent."""
    receiver = Receiver()
    service = start_inference(
        model_dir, ANOMALY_ALERTMANAGER_URL=receiver.url, ANOMALY_SERVE_ALERT_INTERVAL_S="2"
    )
    assert service.call("POST", "/predict", {"log_id": 1, **LOG}).status == 200
    until(lambda: counted(service, POSTS, "failed") >= 2, "a second try")
    with receiver.running():
        assert until(lambda: alerts(receiver), "the alert")[0]["annotations"]["count"] == "1"
    assert counted(service, LOST) == 0


def test_what_ended_meanwhile_is_counted_as_lost(
    start_inference: StartInference, model_dir: Path
) -> None:
    """An alert that Alertmanager never took before it ended is not sent any more."""
    receiver = Receiver()  # which is not there
    service = start_inference(
        model_dir, ANOMALY_ALERTMANAGER_URL=receiver.url, ANOMALY_SERVE_ALERT_INTERVAL_S="0.1"
    )
    assert service.call("POST", "/predict", {"log_id": 1, **LOG}).status == 200
    until(lambda: counted(service, LOST) == 1, "the loss")


def test_alerts_are_bounded(start_inference: StartInference, model_dir: Path) -> None:
    """Patterns beyond the bound are one alert, and counted."""
    receiver = Receiver()
    service = start_inference(
        model_dir,
        WEB_CONCURRENCY="1",
        ANOMALY_ALERTMANAGER_URL=receiver.url,
        ANOMALY_SERVE_ALERTS="2",
    )
    texts = [f"{MESSAGE} by {'x' * n}" for n in range(1, 6)]
    batch = {"logs": [{**LOG, "log_id": n, "message": text} for n, text in enumerate(texts)]}
    with receiver.running():
        assert service.call("POST", "/predict/batch", batch).json()["anomaly_count"] == 5
        sent = until(lambda: alerts(receiver), "alerts")
    assert [alert["labels"]["pattern_id"] for alert in sent] == [
        *(f"{pattern_id(text):016x}" for text in texts[:2]),
        "other",
    ]
    assert sent[2]["annotations"]["count"] == "3"
    assert "text" not in sent[2]["annotations"]
    assert counted(service, OTHER_LOGS) == 3


def test_workers_count_together(start_inference: StartInference, model_dir: Path) -> None:
    """Whichever worker sends an alert, its count is that of all workers of the service."""
    receiver = Receiver()
    body = {"log_id": 1, **LOG}
    service = start_inference(
        model_dir,
        WEB_CONCURRENCY="2",
        ANOMALY_ALERTMANAGER_URL=receiver.url,
        ANOMALY_SERVE_ALERT_INTERVAL_S="1",
        ALLOW_METRICS="false",  # so it needs no metrics
    ).wait_until("/ready")
    connections: list[urllib3.HTTPConnectionPool] = []
    workers: dict[str, urllib3.HTTPConnectionPool] = {}
    with receiver.running():
        while len(workers) < 2:
            assert len(connections) < 100, "the other worker takes no connection"
            connections.append(urllib3.HTTPConnectionPool("127.0.0.1", service.port, maxsize=1))
            answer = connections[-1].request("POST", "/api/v1/predict", json=body)
            workers.setdefault(answer.headers["X-Request-ID"][:16], connections[-1])
        for connection in workers.values():
            connection.request("POST", "/api/v1/predict", json=body)
        total = str(len(connections) + 2)
        until(
            lambda: (
                [alert["annotations"]["count"] for alert in alerts(receiver)][-4:] == [total] * 4
            ),
            "two calls of either worker with the count of both",
        )


def test_a_worker_that_ends_sends_what_is_left(
    start_inference: StartInference, model_dir: Path
) -> None:
    """An anomaly in the last answer before SIGTERM still becomes an alert and a line."""
    receiver = Receiver()
    with receiver.running():
        service = start_inference(
            model_dir,
            ANOMALY_ALERTMANAGER_URL=receiver.url,
            ANOMALY_SERVE_ALERT_INTERVAL_S="3600",
            ANOMALY_SERVE_STDOUT_PER_S="10",
        )
        assert service.call("POST", "/predict", {"log_id": 1, **LOG}).status == 200
        os.kill(service.process.pid, signal.SIGTERM)
        assert service.process.wait(40) == 0
    assert alerts(receiver)
    assert len(lines_of(service)) == 1
