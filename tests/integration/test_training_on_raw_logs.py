"""Trainings on raw logs, through inference: the model that `fit` makes of the same logs."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inference.store.versions import ModelStore
from tests.integration.conftest import StartInference, StartTrainer
from tests.made_logs import make_logs, make_raw_logs
from trainer.cli.main import main

SPELT = {"WARN": "warning", "ERROR": "E", "INFO": "info", "DEBUG": "trace"}
"""Other names for levels; both sides know them."""


def raw_logs(count: int) -> list[dict[str, Any]]:
    """Raw logs as programs write them."""
    return [
        {
            "message": f"{log.message} \x1b[0mafter {number} ms",
            "level": SPELT[log.level.value],
            "service": log.service,
        }
        for number, log in enumerate(make_raw_logs(count))
    ]


def files(store: Path) -> dict[str, bytes]:
    """Graph and tables of a store's first version."""
    return dict(ModelStore(store).bundle(1).files)


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_the_model_is_that_of_fit(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path, detector: str
) -> None:
    """Byte for byte; ids beside logs are ignored, and the body waits for its turn."""
    logs = raw_logs(4_000)
    written = tmp_path / "logs.jsonl"
    written.write_text("".join(json.dumps(log) + "\n" for log in logs))
    options = ["--detector", detector, "--contamination", "0.05"]
    assert main(["fit", str(written), "--model-dir", str(tmp_path / "fitted"), *options]) == 0

    inference = start_inference(tmp_path / "asked", start_trainer(tmp_path / "asked"))
    body = {
        "logs": [{"log_id": number, **log} for number, log in enumerate(logs)],
        "detector": detector,
        "contamination": 0.05,
    }
    assert len(json.dumps(body)) > 300_000
    trained = inference.call("POST", "/train", body)
    assert trained.status == 200, trained.data
    assert trained.json()["n_samples"] == 4_000
    assert files(tmp_path / "asked") == files(tmp_path / "fitted")
    training = inference.call("GET", "/model/info").json()["manifest"]["training"]
    assert training["n_messages"] == (4_000 if detector == "surprisal" else 0)
    answer = inference.call("POST", "/predict", {"log_id": "a", **logs[0]})
    assert answer.json()["model_version"] == "1"


def test_features_and_raw_logs_stand_side_by_side(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path
) -> None:
    """Features as `logs` are those of `training_data`; beside raw logs both are learned."""
    given = [msgspec.to_builtins(log) for log in make_logs(300)]
    trainer = start_trainer(tmp_path / "both")
    inference = start_inference(tmp_path / "both", trainer)
    as_logs = {"logs": [{"features": features, "message": "unread"} for features in given]}
    hashes = []
    for body in (as_logs, {"training_data": given}):
        assert inference.call("POST", "/train", body).status == 200
        manifest = inference.call("GET", "/model/info").json()["manifest"]
        hashes.append({name: entry["sha256"] for name, entry in manifest["files"].items()})
    assert hashes[0] == hashes[1]
    mixed = {"logs": [*as_logs["logs"], *raw_logs(200)], "detector": "surprisal"}
    trained = inference.call("POST", "/train", mixed)
    assert (trained.status, trained.json()["n_samples"]) == (200, 500)
    manifest = inference.call("GET", "/model/info").json()["manifest"]
    assert manifest["training"]["n_messages"] == 200


def test_what_is_wrong_is_named(
    start_trainer: StartTrainer, start_inference: StartInference, tmp_path: Path
) -> None:
    """By the path of each log at fault; nothing is published."""
    inference = start_inference(tmp_path / "store", start_trainer(tmp_path / "store"))

    def faults(body: dict[str, Any]) -> dict[str, str]:
        refused = inference.call("POST", "/train", body)
        assert refused.status == 422, refused.data
        return {error["path"]: error["message"] for error in refused.json()["errors"]}

    good = raw_logs(2)
    wrong = [*good, {"level": "INFO"}, {"message": "a", "service": "s" * 257}]
    assert faults({"logs": wrong}) == {
        "logs[2].features": "is required, or message with level and service",
        "logs[3].service": "Expected `str` of length <= 256",
    }
    assert set(faults({"logs": [{"features": {}}], "contamination": 2})) >= {
        "logs[0].features.level",
        "contamination",
    }
    assert "in its place" in faults({})[""]
    features = [msgspec.to_builtins(log) for log in make_logs(2)]
    assert "not with it" in faults({"logs": good, "training_data": features})[""]
    assert not (tmp_path / "store" / "log-anomaly").exists()
