"""A candidate beside the model of a running service, over every way in which logs come."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import psutil
import pytest

from inference.store.versions import ModelStore
from schemas.api.training import TrainResponse
from schemas.record.features import LogFeatures
from tests.integration.conftest import POOL, Service, StartInference
from tests.integration.test_metrics import scrape, total
from tests.made_logs import make_logs, make_raw_logs
from trainer.cli import main
from trainer.store.registry import ModelRegistry

Publish = Callable[..., TrainResponse]
TIMEOUT_S = 30.0


def report(service: Service, until: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The report on the candidate, asked for until it is as wanted."""
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        answer: dict[str, Any] = service.call("GET", "/model/shadow").json()
        if until(answer):
            return answer
        assert time.monotonic() < deadline, answer
        time.sleep(0.02)  # polling another process: there is nothing to wait on


def predict(service: Service, log: LogFeatures) -> dict[str, Any]:
    """A verdict, by a call of its own on a connection of its own."""
    body = {"log_id": "a", "features": msgspec.to_builtins(log)}
    headers = {"Content-Type": "application/json", "Connection": "close"}
    answer = service.call("POST", "/predict", msgspec.json.encode(body), headers)
    assert answer.status == 200, answer.data
    verdict: dict[str, Any] = answer.json()
    return verdict


@pytest.fixture
def two(model_dir: Path, publish: Publish) -> Path:
    """A store in which version 1 serves and version 2 flags a fifth of all."""
    publish(contamination=0.2)
    ModelRegistry(model_dir).activate(1)
    return model_dir


def test_every_way_in_is_judged_and_all_workers_add_up(
    two: Path, start_inference: StartInference
) -> None:
    """Single calls, the short way and the long, batches, JSON lines, raw logs and OTLP; the
    verdicts that are answered stay the model's, and a killed worker's figures are kept.
    """
    service = start_inference(
        two, WEB_CONCURRENCY="2", ANOMALY_SHADOW="2", ANOMALY_SERVE_DRIFT_WINDOW_S="60"
    ).wait_until("/ready")
    report(service, lambda comparison: comparison["judging_workers"] == 2)
    logs = make_logs(40, seed=5)
    assert {predict(service, log)["model_version"] for log in logs} == {"1"}
    request = {"log_id": "a", "features": msgspec.to_builtins(logs[0])}
    assert service.call("POST", "/predict?explain=true", request).status == 200
    assert service.call("POST", "/predict/batch", {"logs": [request] * 30}).status == 200
    lines = msgspec.json.encode(request) + b"\n" + msgspec.json.encode(request) + b"\n"
    ndjson = {"Content-Type": "application/x-ndjson"}
    assert service.call("POST", "/predict/batch", lines, ndjson).status == 200
    raw = [msgspec.to_builtins(log) for log in make_raw_logs(50)]
    assert service.call("POST", "/logs", raw).json()["log_count"] == 50
    record = {"severityNumber": 9, "body": {"stringValue": "cache miss for order 17"}}
    otlp = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record] * 7}]}]}
    assert POOL.request("POST", f"{service.url}/v1/logs", json=otlp).status == 200

    n_logs = 40 + 1 + 30 + 2 + 50 + 7
    comparison = report(
        service, lambda comparison: comparison["log_count"] + comparison["dropped_count"] >= n_logs
    )
    assert comparison["log_count"] == n_logs
    assert comparison["dropped_count"] == 0
    assert (comparison["candidate_version"], comparison["model_version"]) == ("2", "1")
    assert comparison["candidate_hash"] == ModelStore(two).digest(2)
    flagged = comparison["candidate_flagged_share"] - comparison["model_flagged_share"]
    delta = (comparison["only_candidate_count"] - comparison["only_model_count"]) / n_logs
    assert flagged == pytest.approx(delta)
    assert comparison["agreement"] == pytest.approx(
        1 - (comparison["only_candidate_count"] + comparison["only_model_count"]) / n_logs
    )
    assert sum(example["log_count"] for example in comparison["examples"]) > 0
    samples = scrape(service)
    assert total(samples, "log_anomaly_shadow_logs_total") == n_logs
    assert total(samples, "log_anomaly_shadow_workers", state="judging") == 2
    assert total(samples, "log_anomaly_logs_total") == n_logs

    assert POOL.request("HEAD", f"{service.url}/api/v1/model/shadow").status == 200
    killed = psutil.Process(service.process.pid).children()[0]
    killed.kill()
    killed.wait(TIMEOUT_S)
    comparison = report(service, lambda comparison: comparison["judging_workers"] == 2)
    assert comparison["log_count"] == n_logs
    assert total(scrape(service), "log_anomaly_shadow_logs_total") == n_logs


def test_from_candidate_to_current(
    two: Path, start_inference: StartInference, capsys: pytest.CaptureFixture[str]
) -> None:
    """`shadow N` is taken up by running workers, `activate N` makes it serve, `shadow off` ends it;
    a candidate can be deleted by nobody meanwhile, and a broken candidate harms nothing.
    """
    where = ["--model-dir", str(two)]
    service = start_inference(two, ANOMALY_SHADOW="candidate").wait_until("/ready")
    assert (
        report(service, lambda comparison: comparison["state"] == "missing")["candidate_version"]
        is None
    )
    assert main(["shadow", "2", *where]) == 0
    assert (
        report(service, lambda comparison: comparison["state"] == "judging")["candidate_version"]
        == "2"
    )
    assert main(["delete", "2", *where]) != 0
    assert "is the candidate" in capsys.readouterr().err
    assert main(["activate", "2", *where]) == 0
    log = make_logs(1)[0]
    assert predict(service, log)["model_version"] == "2"
    report(service, lambda comparison: comparison["state"] == "serving")
    assert main(["activate", "1", *where]) == 0
    assert main(["shadow", "off", *where]) == 0
    report(service, lambda comparison: comparison["state"] == "missing")
    (two / "log-anomaly" / "2" / "tables.npz").write_bytes(b"none")
    assert main(["shadow", "2", *where]) != 0
    (two / "log-anomaly" / "CANDIDATE").write_text("2\n")
    comparison = report(service, lambda comparison: comparison["state"] == "broken")
    assert "tables.npz is not the file that was published" in comparison["detail"]
    assert predict(service, log)["model_version"] == "1"
    assert total(scrape(service), "log_anomaly_shadow_workers", state="broken") >= 1


def test_a_rollback_while_the_candidate_judges(
    two: Path, publish: Publish, start_inference: StartInference
) -> None:
    """Each answer is of a version that serves, figures begin anew for the new pair and hold logs of
    that pair alone, and what is counted for Prometheus never goes back.
    """
    publish(contamination=0.1)  # version 3 serves, 2 is the candidate, 1 served before
    where = ["--model-dir", str(two)]
    service = start_inference(
        two, WEB_CONCURRENCY="2", ANOMALY_SHADOW="candidate", ANOMALY_SERVE_DRIFT_WINDOW_S="60"
    ).wait_until("/ready")
    assert main(["shadow", "2", *where]) == 0
    logs = make_logs(60, seed=6)
    report(service, lambda comparison: comparison["judging_workers"] == 2)
    for log in logs:
        assert predict(service, log)["model_version"] == "3"
    before = report(service, lambda comparison: comparison["log_count"] > 0)
    assert (before["model_version"], before["candidate_version"]) == ("3", "2")

    counted = total(scrape(service), "log_anomaly_shadow_logs_total")
    answered = [predict(service, log)["model_version"] for log in logs[:20]]
    assert main(["rollback", *where]) == 0  # while verdicts of version 3 wait
    answered += [predict(service, log)["model_version"] for log in logs]
    assert answered == ["3"] * 20 + ["1"] * 60
    pair = report(
        service,
        lambda comparison: (
            comparison["judging_workers"] == 2
            and comparison["log_count"] + comparison["dropped_count"] >= 60
        ),
    )
    assert (pair["model_version"], pair["candidate_version"], pair["state"]) == (
        "1",
        "2",
        "judging",
    )
    assert 0 < pair["log_count"] <= 60
    assert total(scrape(service), "log_anomaly_shadow_logs_total") >= counted

    assert main(["activate", "2", *where]) == 0
    report(service, lambda comparison: comparison["state"] == "serving")
    assert main(["rollback", *where]) == 0  # away from the candidate
    assert predict(service, logs[0])["model_version"] == "1"
    again = report(service, lambda comparison: comparison["state"] == "judging")
    assert again["model_version"] == "1"


def test_without_the_setting_nothing_of_it_is_loaded(
    model_dir: Path, start_inference: StartInference
) -> None:
    """The call says that it is off, and /metrics has none of its families."""
    service = start_inference(model_dir).wait_until("/ready")
    assert service.call("GET", "/model/shadow").json()["state"] == "off"
    assert "log_anomaly_shadow" not in POOL.request("GET", f"{service.url}/metrics").data.decode()
