"""The services as their images run them, on read-only roots."""

import json
import re
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.api.operations import API_PREFIX, OPERATIONS
from tests.e2e.containers import Container, Image, Mount
from tests.made_logs import make_logs

EXAMPLES: Final = {operation.path: operation.example for operation in OPERATIONS}


def events(container: Container) -> list[dict[str, Any]]:
    """What a service has logged; fails on a line that is not JSON."""
    return [json.loads(line) for line in container.log.read_text().splitlines()]


def training(count: int) -> dict[str, Any]:
    """The body of a training."""
    return {"training_data": msgspec.to_builtins(make_logs(count)), "n_estimators": 20}


def test_serving_needs_no_writable_disk(serving_image: Image, trained_store: Path) -> None:
    """With root and store read-only, a model from elsewhere is served, alone and in batches."""
    with serving_image.start("PORT", [Mount(trained_store, "/models", "ro")]) as inference:
        ready = inference.call(f"{API_PREFIX}/ready")
        assert (ready.status, ready.json) == (200, {"status": "ready", "model_version": "1"})
        path = f"{API_PREFIX}/predict"
        single = inference.call(path, EXAMPLES[path])
        assert single.status == 200
        assert single.json["model_version"] == "1"
        assert 0 < single.json["anomaly_score"] <= 1
        batch = inference.call(f"{path}/batch", EXAMPLES[f"{path}/batch"])
        assert batch.status == 200
        assert batch.json["predictions"][0] == single.json
        info = inference.call(f"{API_PREFIX}/model/info")
        assert info.status == 200
        assert {event["level"] for event in events(inference)} == {"INFO"}


def test_documentation_survives_the_trimming(serving_image: Image, trained_store: Path) -> None:
    """The page, every file it loads and the document are there, so nothing needed was removed."""
    with serving_image.start("PORT", [Mount(trained_store, "/models", "ro")]) as inference:
        page = inference.call("/docs")
        assert page.status == 200
        files = re.findall(r'(?:src|href)="(docs/[^"]+)"', page.body.decode())
        assert len(files) >= 3
        for name in files:
            asset = inference.call(f"/{name}")
            assert asset.status == 200
            assert asset.body
        document = inference.call("/openapi.json")
        assert document.status == 200
        assert f"{API_PREFIX}/predict" in document.json["paths"]


def test_a_training_is_served_from_the_shared_volume(
    serving_image: Image, training_image: Image, empty_store: Path
) -> None:
    """Inference starts without a model, passes a training on and serves its version at once; a
    version that the trainer publishes by itself follows as fast.
    """
    with (
        training_image.start("TRAINER_PORT", [Mount(empty_store, "/models", "rw")]) as trainer,
        serving_image.start(
            "PORT",
            [Mount(empty_store, "/models", "ro")],
            {"TRAINER_URL": f"http://127.0.0.1:{trainer.port}"},
        ) as inference,
    ):
        assert trainer.call(f"{API_PREFIX}/ready").status == 200
        assert inference.call(f"{API_PREFIX}/ready").status == 503
        for version, service in (("1", inference), ("2", trainer)):
            trained = service.call(f"{API_PREFIX}/train", training(300))
            assert (trained.status, trained.json["model_version"]) == (200, version)
            path = f"{API_PREFIX}/predict"
            assert inference.call(path, EXAMPLES[path]).json["model_version"] == version
        assert events(trainer)
        assert events(inference)


def test_the_training_image_trains_offline(
    training_image: Image, features_file: Path, empty_store: Path
) -> None:
    """With other arguments the trainer's image is a job that reads files and publishes."""
    command = ["python", "-m", "trainer", "fit", "--contamination", "0.05"]
    done = training_image.run(
        [*command, f"/mnt/{features_file.name}"],
        [Mount(empty_store, "/models", "rw"), Mount(features_file.parent, "/mnt", "ro")],
    )
    assert done.returncode == 0, done.stderr
    assert (empty_store / "log-anomaly" / "CURRENT").read_text() == "1\n"
