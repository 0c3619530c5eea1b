"""Adding a detector takes a class in each half and an entry in each registry."""

import json
from collections.abc import Iterator
from pathlib import Path

import falcon.testing
import pytest

from benchmarks.quality import labelled_table
from inference.app import create_app
from inference.settings import InferenceSettings
from inference.store.versions import ModelStore
from tests import level_detector
from tests.integration.conftest import ROOT
from trainer.cli import main
from trainer.jobs import Dataset, evaluate, fit, recalibrate, score

LOGS = str(ROOT / "samples" / "logs.jsonl.gz")
ERROR = {"log_id": "a", "message": "disk is gone", "level": "ERROR", "service": "cart"}
QUIET = {**ERROR, "level": "INFO"}


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    with level_detector.registered():
        yield


@pytest.fixture
def model_dir(tmp_path: Path) -> Path:
    """A store with a version of the trivial rule `level`."""
    data = Dataset.find([LOGS])
    fitted = fit(data, model_dir=tmp_path, options=level_detector.options(contamination=0.1))
    assert fitted.version == 1
    assert fitted.report.detector == "level"
    assert {distribution.detector for distribution in fitted.report.distributions} == {
        "level",
        "isolation_forest",
        "surprisal",
    }
    assert fitted.report.patterns[0].record.reason.startswith(("ERROR from", "FATAL from"))
    assert fitted.report_path.read_bytes().startswith(b"<!doctype html>")
    return tmp_path


def test_it_is_fitted_proved_published_and_served(model_dir: Path) -> None:
    """Its verdicts are answered and explained by the service."""
    manifest = ModelStore(model_dir).manifest(1)
    assert manifest.parity.n_verdicts > 0
    assert set(manifest.files) == {"tables.npz"}
    app = create_app(InferenceSettings(model_dir=str(model_dir)))
    client = falcon.testing.TestClient(app)
    answers = [
        client.simulate_post("/api/v1/predict", params={"explain": "true"}, json=log).json
        for log in (ERROR, QUIET)
    ]
    assert [answer["is_anomaly"] for answer in answers] == [True, False]
    assert answers[0]["terms"] == {"severity": 3.0}
    assert "contributions" not in answers[0]
    assert client.simulate_get("/api/v1/model/info").json["manifest"]["detector"] == "level"


def test_it_is_recalibrated_evaluated_and_scores_archives(model_dir: Path, tmp_path: Path) -> None:
    """All jobs take it as they take the others."""
    data = Dataset.find([LOGS])
    assert recalibrate(0.01, model_dir=model_dir).version == 2
    assert recalibrate(0.3, data, model_dir=model_dir).version == 3
    report = evaluate(data, model_dir=model_dir, report_path=tmp_path / "page.html").report
    assert report.detector == "level"
    scored = score(data, tmp_path / "out.jsonl", model_dir=model_dir, version=1)
    assert 0 < scored.n_anomalies < scored.n_verdicts
    first = json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])
    assert first["model_version"] == "1"


def test_the_command_line_and_the_benchmark_know_it(
    model_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its name is an option, and it is ranked beside the others."""
    assert main(["fit", LOGS, "--detector", "level", "--model-dir", str(model_dir)]) == 0
    assert "level" in capsys.readouterr().out
    assert "| level |" in labelled_table()
