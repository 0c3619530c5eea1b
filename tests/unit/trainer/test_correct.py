"""What people say of verdicts, in models."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from inference.model.model import Model
from schemas.bundle.corrections import MAX_CORRECTIONS, Correction, alike, utc_now
from schemas.bundle.manifest import MANIFEST_FILE
from schemas.bundle.options import TrainOptions
from schemas.record.extraction import MessageFeatures, extract
from schemas.record.features import Level, LogFeatures
from tests.made_logs import make_log, make_logs, make_raw_logs
from trainer.counting.table import CountTable
from trainer.errors import NoVersionError, TooManyCorrectionsError
from trainer.jobs.correct import correct
from trainer.jobs.recalibrate import recalibrate
from trainer.jobs.train import train
from trainer.store.registry import ModelRegistry

NOISY = extract("IOException: connection to db 7 refused, timed out", Level.FATAL, "billing")


def corrected(log: LogFeatures, verdict: str, **more: object) -> Correction:
    """A person's word on a log."""
    about = (
        {"pattern_id": f"{log.pattern:016x}"}
        if isinstance(log, MessageFeatures)
        else {"features": log}
    )
    fields = {"verdict": verdict, "service": log.service, "created_at": utc_now(), **about, **more}
    return Correction(**fields)  # type: ignore[arg-type]  # of the kinds that it has


def current(registry: ModelRegistry) -> Model:
    """The model that serves."""
    return Model(registry.bundle(registry.current_version()), memo_capacity=10_000)


@pytest.fixture(params=["isolation_forest", "surprisal"])
def registry(
    tmp_path: Path, message_table: CountTable, request: pytest.FixtureRequest
) -> ModelRegistry:
    """A store with a model of each detector."""
    registry = ModelRegistry(tmp_path)
    train(message_table, TrainOptions(detector=request.param, contamination=0.05), registry)
    return registry


def others() -> list[LogFeatures]:
    """Logs of other patterns, other services, and without messages."""
    logs = [extract(log.message, log.level, log.service) for log in make_raw_logs(300)]
    near = msgspec.structs.replace(NOISY, service="billing-2")
    return [*logs, *make_logs(300), near, extract("disk failed", Level.ERROR, "billing")]


@pytest.mark.parametrize("log", [NOISY, make_log(5_000, Level.FATAL, has_exception=True)])
def test_normal_silences_its_lines_and_nothing_else(
    registry: ModelRegistry, log: LogFeatures
) -> None:
    """Whatever their numbers; every other verdict keeps its bits, and a rollback undoes it."""
    before = current(registry)
    assert before.verdict(log).is_anomaly
    done = correct(log, corrected(log, "normal"), model_dir=registry)
    after = current(registry)
    assert (after.version, done.version) == ("2", 2)
    assert not after.verdict(log).is_anomaly
    (judged,) = after.judge_logs([log])
    assert judged == before.judge_logs([log])[0]  # what the detector says stays what it was
    if isinstance(log, MessageFeatures):
        like = extract(
            "IOException: connection to db 912 refused, timed out", Level.WARN, "billing"
        )
        assert not after.verdict(like).is_anomaly
    old, new = before.verdicts(others()), after.verdicts(others())
    swapped = [line.json.replace(b'"model_version":"1"', b'"model_version":"2"') for line in old]
    assert [line.json for line in new] == swapped
    registry.rollback()
    assert current(registry).verdict(log).is_anomaly


def test_an_anomaly_stays_one(registry: ModelRegistry) -> None:
    """However common it is; `decision` and score say so as well; none takes it back."""
    usual = next(log for log in others() if not current(registry).verdict(log).is_anomaly)
    plain = current(registry).verdict(usual)
    correct(usual, corrected(usual, "anomaly"), model_dir=registry)
    marked = current(registry)
    verdict = marked.verdict(usual)
    assert verdict.is_anomaly
    assert b'"decision":-' in verdict.json
    assert correct(usual, None, model_dir=registry).corrections == []
    again = current(registry).verdict(usual)
    assert again.json.replace(b'"model_version":"3"', b'"model_version":"1"') == plain.json


def test_later_models_take_it_over(registry: ModelRegistry, message_table: CountTable) -> None:
    """Until it ends; a training that began before it was made loses nothing."""
    soon = utc_now() + timedelta(days=1)
    correct(NOISY, corrected(NOISY, "normal", note="planned", until=soon), model_dir=registry)
    train(message_table, TrainOptions(contamination=0.05), registry)
    kept = current(registry)
    assert kept.manifest.corrections[0].note == "planned"
    assert not kept.verdict(NOISY).is_anomaly
    assert kept.corrector.ends_at == soon.timestamp()
    ended = corrected(NOISY, "normal", until=utc_now() - timedelta(seconds=1))
    bundle = registry.bundle(registry.current_version())
    manifest = msgspec.structs.replace(bundle.manifest, corrections=[ended])
    registry.publish({**bundle.files, MANIFEST_FILE: manifest.to_json()})
    # The correction that holds still was carried over in the place of what was published.
    assert current(registry).manifest.corrections[0].note == "planned"


def test_what_was_taken_back_does_not_come_back(registry: ModelRegistry) -> None:
    """Neither with a version that was corrected, when that is recalibrated."""
    word = correct(NOISY, corrected(NOISY, "normal"), model_dir=registry)
    correct(NOISY, None, model_dir=registry)
    recalibrate(0.05, model_dir=registry, version=word.version)
    assert current(registry).manifest.corrections == []
    assert registry.manifest(word.version).corrections == word.corrections


def test_an_ended_correction_does_not_hold(registry: ModelRegistry) -> None:
    """A model that holds an ended correction is outdated from then on."""
    bundle = registry.bundle(1)
    ended = corrected(NOISY, "normal", until=utc_now() - timedelta(seconds=1))
    manifest = msgspec.structs.replace(bundle.manifest, corrections=[ended])
    model = Model(msgspec.structs.replace(bundle, manifest=manifest), memo_capacity=1)
    assert model.verdict(NOISY).is_anomaly
    assert not model.is_outdated
    soon = msgspec.structs.replace(ended, until=utc_now() + timedelta(hours=1))
    manifest = msgspec.structs.replace(bundle.manifest, corrections=[soon])
    model = Model(msgspec.structs.replace(bundle, manifest=manifest), memo_capacity=1)
    assert not model.verdict(NOISY).is_anomaly
    assert not model.is_outdated
    model.corrector.ends_at = 0
    assert model.is_outdated


def test_corrections_are_bounded(registry: ModelRegistry) -> None:
    """A correction more than a model may have is refused; another on the same logs is no more."""
    bundle = registry.bundle(1)
    logs = [make_log(service=f"service-{number}") for number in range(MAX_CORRECTIONS)]
    manifest = msgspec.structs.replace(
        bundle.manifest, corrections=[corrected(log, "normal") for log in logs]
    )
    registry.publish({**bundle.files, MANIFEST_FILE: manifest.to_json()})
    with pytest.raises(TooManyCorrectionsError, match="1000 corrections"):
        correct(NOISY, corrected(NOISY, "normal"), model_dir=registry)
    assert (
        len(correct(logs[0], corrected(logs[0], "anomaly"), model_dir=registry).corrections)
        == 1_000
    )
    assert alike(logs[0]) != alike(logs[1])


def test_there_must_be_a_model(tmp_path: Path) -> None:
    """Without a model there is nothing to correct."""
    with pytest.raises(NoVersionError):
        correct(NOISY, corrected(NOISY, "normal"), model_dir=tmp_path)
