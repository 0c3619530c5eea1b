"""What is compared of two models."""

from collections.abc import Callable
from pathlib import Path

from inference.model.model import Model
from inference.shadow.comparing import compare
from inference.store.versions import ModelStore
from schemas.api.training import TrainResponse
from schemas.record.features import LogFeatures


def load(model_dir: Path, version: int) -> Model:
    """A model as serving loads it."""
    return Model(ModelStore(model_dir).bundle(version), memo_capacity=5_000)


def test_each_log_counts_by_both_verdicts(
    model_dir: Path, publish: Callable[..., TrainResponse], logs: list[LogFeatures]
) -> None:
    """The counts are those of the two models asked log by log, repeated logs included."""
    publish(contamination=0.2, random_state=9)
    model, candidate = load(model_dir, 1), load(model_dir, 2)
    many = [*logs, *logs[:300], *logs[:10]]
    found = compare(model, candidate, model.verdicts(many))
    labels = [(model.verdict(log).is_anomaly, candidate.verdict(log).is_anomaly) for log in many]
    assert found.n_logs == len(many)
    assert found.n_skipped == 0
    assert found.n_neither == labels.count((False, False))
    assert found.n_both == labels.count((True, True))
    assert found.n_model == labels.count((True, False))
    assert found.n_candidate == labels.count((False, True)) > 0
    assert (
        sum(difference.n_logs for difference in found.differences)
        == found.n_model + found.n_candidate
    )
    for difference in found.differences:
        assert (difference.model_decision < 0) is model.verdict(difference.log).is_anomaly
        assert (difference.candidate_decision < 0) is candidate.verdict(difference.log).is_anomaly
        assert difference.n_logs == many.count(difference.log)


def test_what_another_model_answered_is_skipped(
    model_dir: Path, publish: Callable[..., TrainResponse], logs: list[LogFeatures]
) -> None:
    """Between two models a swap may come: verdicts of the old say nothing of the new."""
    publish()
    first, second = load(model_dir, 1), load(model_dir, 2)
    found = compare(second, first, [*first.verdicts(logs[:7]), *second.verdicts(logs[:5])])
    assert (found.n_logs, found.n_skipped) == (5, 7)
