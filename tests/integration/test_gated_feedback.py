"""Corrections and models that come while a gate is at work on the same store."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.calls import training
from tests.integration.conftest import ROOT, Service, StartTrainer
from tests.integration.jobs import start
from tests.made_logs import make_logs
from trainer.cli import main
from trainer.jobs import Dataset, fit
from trainer.store.registry import ModelRegistry

SAMPLES = ROOT / "samples" / "logs.jsonl.gz"
MARK = {"message": "payment failed: connection refused", "level": "FATAL", "service": "billing"}
KEPT = {"message": "disk full", "level": "FATAL", "service": "billing"}


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A store in which version 1 serves."""
    store = tmp_path / "models"
    assert main(["fit", str(SAMPLES), "--model-dir", str(store)]) == 0
    return store


@pytest.fixture
def trainer(start_trainer: StartTrainer, models: Path) -> Service:
    """A trainer over that store, which has taken a correction as version 2."""
    service = start_trainer(models)
    give(service, "normal", KEPT)
    return service


def give(service: Service, verdict: str, log: dict[str, str]) -> None:
    """A correction that has been answered."""
    answer = service.call("POST", "/feedback", {"verdict": verdict, **log})
    assert answer.status == 200, answer.data


def marks(registry: ModelRegistry) -> list[str]:
    """What the current version is corrected in."""
    manifest = registry.manifest(registry.current_version())
    return [correction.text for correction in manifest.corrections]


class Disturbed(ModelRegistry):
    """A registry to which something happens just before a gate makes a version current."""

    happens: list[Callable[[], Any]]

    def succeed(self, version: int, compared: int | None) -> int | None:
        """As ever, once that has happened."""
        if self.happens:
            self.happens.pop()()
        return super().succeed(version, compared)


def gated(models: Path, happens: Callable[[], Any]) -> tuple[Disturbed, Any]:
    """`fit --gate` of the same logs, with what happens when all but the last step is done."""
    registry = Disturbed(models)
    registry.happens = [happens]
    fitted = fit(Dataset.find([str(SAMPLES)]), model_dir=registry, gate=True)
    assert not registry.happens
    return registry, fitted


def test_corrections_made_while_a_gate_decides_hold(trainer: Service, models: Path) -> None:
    """A correction that was answered is in the version that becomes current, beside the new model
    and its report; what was taken back meanwhile stays taken back.
    """

    def happens() -> None:
        give(trainer, "normal", MARK)
        give(trainer, "none", KEPT)

    registry, fitted = gated(models, happens)
    current = registry.current_version()
    assert (fitted.decision.replaced, fitted.decision.current) == (2, current)
    assert fitted.version < current
    assert marks(registry) == [MARK["message"]]
    new, served = registry.path(fitted.version), registry.path(current)
    for name in ("model.onnx", "tables.npz", "report.html"):
        assert (served / name).read_bytes() == (new / name).read_bytes()
    assert registry.rollback().version == current - 1  # the model of before, as corrected


def test_a_gate_without_corrections_publishes_nothing_more(trainer: Service, models: Path) -> None:
    """The version that was compared is the version that becomes current."""
    registry, fitted = gated(models, lambda: trainer.call("GET", "/health"))
    assert registry.current_version() == fitted.version == fitted.decision.current
    assert marks(registry) == [KEPT["message"]]


def test_a_model_that_comes_meanwhile_is_compared_too(trainer: Service, models: Path) -> None:
    """A gate never replaces a model that it has not seen."""
    body = training(make_logs(500, seed=1), contamination=0.05)
    registry, fitted = gated(models, lambda: trainer.call("POST", "/train", body))
    other = fitted.version + 1
    assert fitted.decision.replaced == other
    assert registry.manifest(other).training.n_samples == 500
    assert registry.current_version() == (fitted.decision.current or other)
    assert marks(registry) == [KEPT["message"]]


def test_a_version_that_waited_takes_over_what_holds(trainer: Service, models: Path) -> None:
    """`activate N --unless-worse` of a version that was published before the correction."""
    where = ["--model-dir", str(models)]
    assert main(["fit", str(SAMPLES), "--seed", "3", "--no-activate", *where]) == 0
    with start("activate", 3, "--unless-worse", "-", *where) as job:
        assert job.stdin is not None
        give(trainer, "normal", MARK)
        out, err = job.communicate((ROOT / "samples" / "logs.jsonl.gz").read_bytes(), 300)
    assert job.returncode == 0, err
    assert b"version 5 is current: version 3 with the corrections" in out
    registry = ModelRegistry(models)
    assert marks(registry) == [KEPT["message"], MARK["message"]]
    # Asked again, version 5 is just what would be published.
    assert main(["activate", "3", "--unless-worse", str(SAMPLES), *where]) == 0
    assert (registry.current_version(), registry.versions()[-1]) == (5, 5)
    assert registry.manifest(5).files == registry.manifest(3).files
