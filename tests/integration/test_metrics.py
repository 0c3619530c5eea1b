"""/metrics of running services: all workers, whatever becomes of them."""

import os
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import urllib3
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from tests.integration.calls import JSON, REQUEST, training
from tests.integration.conftest import POOL, Service, StartInference, StartTrainer
from tests.made_logs import make_logs

OPENMETRICS = "application/openmetrics-text; version=1.0.0"

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(service: Service, accept: str = "text/plain") -> Samples:
    """All samples, read by the parser of the format that was asked for."""
    answer = POOL.request("GET", f"{service.url}/metrics", headers={"Accept": accept})
    assert answer.status == 200
    read: Any = read_openmetrics if accept == OPENMETRICS else read_text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in read(answer.data.decode())
        for sample in family.samples
    }


def total(samples: Samples, name: str, **labels: str) -> float:
    """The sum over all samples with these labels."""
    return sum(
        value
        for (sample, found), value in samples.items()
        if sample == name and labels.items() <= dict(found).items()
    )


def counters(samples: Samples) -> Samples:
    """Those that must never go back."""
    ends = ("_total", "_bucket", "_count", "_sum")
    return {key: value for key, value in samples.items() if key[0].endswith(ends)}


class Client(threading.Thread):
    """Asks for one prediction after the other, on a new connection where one broke."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self._url = f"{service.url}/api/v1/predict"
        self.ending = threading.Event()
        self.asked = self.answered = 0

    def run(self) -> None:
        """Until it is to end."""
        pool = urllib3.PoolManager(retries=False, timeout=30.0)
        while not self.ending.is_set():
            self.asked += 1
            try:
                if pool.request("POST", self._url, json=REQUEST).status == 200:
                    self.answered += 1
            except urllib3.exceptions.HTTPError:
                pass  # whoever was to answer was killed


def test_no_counter_goes_back_when_workers_are_killed_or_replaced(
    start_inference: StartInference, model_dir: Path
) -> None:
    """Every answer that a client got has been counted at the end, and nothing that nobody asked."""
    service = start_inference(model_dir, WEB_CONCURRENCY="2")
    master = psutil.Process(service.process.pid)
    clients = [Client(service) for _ in range(3)]
    for client in clients:
        client.start()
    seen: Samples = {}
    replaced: set[int] = set()
    until = time.monotonic() + 8
    rounds = 0
    while time.monotonic() < until:
        try:
            now = scrape(service)
        except urllib3.exceptions.HTTPError:
            continue  # the worker that was to answer was killed
        for key, value in counters(seen).items():
            assert now.get(key, 0) >= value, key
        seen = now
        rounds += 1
        workers = [child.pid for child in master.children() if child.pid not in replaced]
        if rounds % 10 == 0 and len(workers) == 2:
            replaced.add(workers[0])
            os.kill(workers[0], signal.SIGKILL)
        if rounds == 25:
            service.process.send_signal(signal.SIGHUP)
    for client in clients:
        client.ending.set()
    for client in clients:
        client.join()
    assert len(replaced) >= 2
    service.wait_until("/ready")
    now = scrape(service)
    asked, answered = (
        sum(getattr(client, what) for client in clients) for what in ("asked", "answered")
    )
    requests = "log_anomaly_http_requests_total"
    assert answered <= total(now, requests, route="/api/v1/predict", status="200") <= asked
    judged = total(now, "log_anomaly_logs_total")
    assert answered <= judged <= asked
    assert total(now, "log_anomaly_score_count") == judged
    assert total(now, "log_anomaly_score_bucket", le="+Inf") == judged
    assert total(now, "log_anomaly_model_loads_total", result="loaded") >= 2 + len(replaced)


def test_any_worker_answers_for_all(start_inference: StartInference, model_dir: Path) -> None:
    """In both formats, HEAD too, with the counts of batches, refusals and what is no HTTP."""
    service = start_inference(model_dir, WEB_CONCURRENCY="2")
    until = time.monotonic() + 30
    while total(scrape(service), "log_anomaly_workers") < 2:  # a worker may be slower to load
        assert time.monotonic() < until
    batch = {"logs": [{**REQUEST, "log_id": n} for n in range(50)]}
    for _ in range(4):  # each on a connection of its own, so on different workers
        pool = urllib3.PoolManager(retries=False)
        url = f"{service.url}/api/v1/predict/batch"
        assert pool.request("POST", url, json=batch).status == 200
        assert pool.request("POST", url, body=b"{", headers=JSON).status == 400
        assert pool.request("GET", f"{service.url}/nowhere/{_}").status == 404
    long = {"X": "a" * 100_000}
    assert POOL.request("GET", f"{service.url}/api/v1/health", headers=long).status == 431
    for accept in ("text/plain", OPENMETRICS):
        samples = scrape(service, accept)
        assert total(samples, "log_anomaly_logs_total") == 200
        requests = Counter(
            {
                (labels["route"], labels["status"]): int(value)
                for (name, found), value in samples.items()
                for labels in [dict(found)]
                if name == "log_anomaly_http_requests_total" and value
            }
        )
        assert requests["/api/v1/predict/batch", "200"] == 4
        assert requests["/api/v1/predict/batch", "400"] == 4
        assert requests["other", "404"] == 4
        assert requests["other", "431"] == 1
        assert total(samples, "log_anomaly_http_problems_total", problem="malformed-json") == 4
    head = POOL.request("HEAD", f"{service.url}/metrics")
    assert (head.status, head.data) == (200, b"")
    assert head.headers["Content-Type"].startswith("text/plain; version=0.0.4")


def test_metrics_can_be_switched_off(start_inference: StartInference, model_dir: Path) -> None:
    """Then there is no such path, and predictions are as ever."""
    service = start_inference(model_dir, ALLOW_METRICS="false")
    assert POOL.request("GET", f"{service.url}/metrics").status == 404
    assert service.call("POST", "/predict", REQUEST).status == 200
    assert "/metrics" not in POOL.request("GET", f"{service.url}/openapi.json").json()["paths"]


def test_the_trainer_counts_its_trainings(start_trainer: StartTrainer, tmp_path: Path) -> None:
    """By result, with rows and seconds of those that were published."""
    trainer = start_trainer(tmp_path / "models")
    assert trainer.call("POST", "/train", training(make_logs(300), n_estimators=5)).status == 200
    assert trainer.call("POST", "/train", training(make_logs(1))).status == 422
    assert trainer.call("POST", "/train", b"{").status == 400
    samples = scrape(trainer, OPENMETRICS)
    results = {
        dict(labels)["result"]: value
        for (name, labels), value in samples.items()
        if name == "log_anomaly_trainings_total"
    }
    assert {result: n for result, n in results.items() if n} == {"published": 1, "refused": 2}
    assert total(samples, "log_anomaly_training_rows_total") == 300
    assert total(samples, "log_anomaly_training_duration_seconds_count") == 1
    assert total(samples, "log_anomaly_training_duration_seconds_sum") > 0
