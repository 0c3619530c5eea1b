"""Versions put into the store by hand that cannot be served: predictions go on, /ready says why."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inference.store.slot import LOOK_S
from schemas.bundle.manifest import file_entry
from tests.integration.conftest import StartInference
from tests.made_logs import make_log

REQUEST = {"log_id": "a", "features": msgspec.to_builtins(make_log())}


def truncated_model(version: Path) -> None:
    """Cut the graph off, with a manifest that agrees with the rest."""
    cut_off(version / "model.onnx", 50_000)


def truncated_tables(version: Path) -> None:
    """Cut the tables off, with a manifest that agrees with the rest."""
    cut_off(version / "tables.npz", 200)


def cut_off(file: Path, size_bytes: int) -> None:
    """Keep the beginning of a file and have the manifest list that."""
    file.write_bytes(file.read_bytes()[:size_bytes])
    entry = msgspec.to_builtins(file_entry(file.read_bytes()))
    rewrite(file.parent, lambda document: document["files"].update({file.name: entry}))


def wrong_hash(version: Path) -> None:
    """Change one byte of the graph."""
    model = version / "model.onnx"
    data = bytearray(model.read_bytes())
    data[1000] ^= 1
    model.write_bytes(data)


def other_features(version: Path) -> None:
    """A manifest with features that this release does not know."""
    rewrite(version, lambda document: document["features"].update(names=["mood"] * 6))


def newer_format(version: Path) -> None:
    """A manifest of a later release."""
    rewrite(version, lambda document: document.update(artefact_format=99))


def older_format(version: Path) -> None:
    """A manifest of an earlier release, which had no tables."""
    rewrite(version, lambda document: document.update(artefact_format=1))


def other_detector(version: Path) -> None:
    """A manifest that says another detector than the bundle is of."""
    rewrite(version, lambda document: document.update(detector="surprisal"))


def missing_tables(version: Path) -> None:
    """A listed file is not there."""
    (version / "tables.npz").unlink()


def missing_manifest(version: Path) -> None:
    """No manifest at all."""
    (version / "manifest.json").unlink()


def missing_version(version: Path) -> None:
    """CURRENT names a version that is not there."""
    shutil.rmtree(version)


def rewrite(version: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a manifest in place."""
    path = version / "manifest.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def make_current(store: Path, version: int) -> None:
    """Replace CURRENT as publishers must: a worker's last look at it holds for `LOOK_S`."""
    (store / "next").write_text(f"{version}\n")
    (store / "next").replace(store / "CURRENT")
    time.sleep(2 * LOOK_S)  # what the publisher's own promise waits for


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (truncated_model, "onnxruntime refuses the graph"),
        (truncated_tables, "the tables cannot be read"),
        (wrong_hash, "not the file that was published"),
        (other_features, "the model takes the features"),
        (newer_format, "artefact format 99"),
        (older_format, "artefact format 1"),
        (other_detector, "the forest takes"),
        (missing_tables, "tables.npz cannot be read"),
        (missing_manifest, "manifest.json cannot be read"),
        (missing_version, "manifest.json cannot be read"),
    ],
)
def test_the_last_good_model_goes_on(
    start_inference: StartInference, model_dir: Path, damage: Callable[[Path], None], reason: str
) -> None:
    """Both workers answer with version 1 and name what is wrong with version 2; repairing heals."""
    inference = start_inference(model_dir, WEB_CONCURRENCY="2").wait_until("/ready")
    store = model_dir / "log-anomaly"
    shutil.copytree(store / "1", store / "2")
    damage(store / "2")
    make_current(store, 2)
    for _ in range(20):
        answer = inference.call("POST", "/predict", REQUEST, {"Connection": "close"})
        assert (answer.status, answer.json()["model_version"]) == (200, "1")
        ready = inference.call("GET", "/ready", headers={"Connection": "close"})
        assert ready.status == 200
        assert reason in ready.json()["detail"]
    make_current(store, 1)
    assert inference.call("GET", "/ready").json() == {"status": "ready", "model_version": "1"}


def test_a_worker_that_starts_on_a_broken_store_takes_the_last_good_version(
    start_inference: StartInference, model_dir: Path
) -> None:
    """A restart while CURRENT points to nowhere serves the version before it, and says why."""
    (model_dir / "log-anomaly" / "CURRENT").write_text("7\n")
    ready = start_inference(model_dir).call("GET", "/ready")
    assert (ready.status, ready.json()["model_version"]) == (200, "1")
    assert "version 7: manifest.json cannot be read" in ready.json()["detail"]


def test_without_any_good_version_it_is_not_ready(
    start_inference: StartInference, model_dir: Path
) -> None:
    """A service without one version that can be served is alive, not ready, and says why."""
    (model_dir / "log-anomaly" / "1" / "model.onnx").write_bytes(b"damaged")
    refused = start_inference(model_dir).call("GET", "/ready")
    assert refused.status == 503
    assert "not the file that was published" in refused.json()["detail"]


def test_a_model_of_other_rules_serves_with_a_warning(
    start_inference: StartInference, model_dir: Path
) -> None:
    """A model that learned from records of another extractor serves, and /ready says so."""
    path = model_dir / "log-anomaly" / "1" / "manifest.json"
    manifest = json.loads(path.read_bytes())
    path.write_text(json.dumps({**manifest, "extractor": "0" * 64}))
    ready = start_inference(model_dir).call("GET", "/ready")
    assert (ready.status, ready.json()["model_version"]) == (200, "1")
    assert "another extractor" in ready.json()["detail"]
