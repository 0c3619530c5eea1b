"""From a table to a published model."""

from pathlib import Path

import numpy as np
import pytest

from inference.model.model import Model
from inference.store.versions import ModelStore
from schemas.bundle.manifest import Manifest
from schemas.bundle.options import TrainOptions
from schemas.record.features import LogFeatures
from schemas.record.key import NO_TRAITS
from tests.made_logs import make_log
from trainer.counting.table import CountTable, count_logs
from trainer.fitting.pipeline import fit, prove
from trainer.jobs.train import train
from trainer.store.registry import ModelRegistry


def test_what_is_published_serves(model_dir: Path, logs: list[LogFeatures]) -> None:
    """The published version loads, and flags as many training rows as its manifest says."""
    bundle = ModelStore(model_dir).bundle(1)
    verdicts = Model(bundle, memo_capacity=1000).verdicts(logs)
    assert sum(verdict.is_anomaly for verdict in verdicts) == round(
        bundle.manifest.calibration.flagged_share * bundle.manifest.training.n_samples
    )


def test_the_manifest_tells_what_was_learned(model_dir: Path, table: CountTable) -> None:
    """Rows, levels, quantiles and threshold are those of the training data."""
    manifest = ModelStore(model_dir).manifest(1)
    assert manifest.training.n_samples == 1001 == sum(manifest.training.rows_per_level.values())
    assert manifest.training.n_distinct == table.n_distinct
    quantiles = list(manifest.scores.quantiles.values())
    assert quantiles == sorted(quantiles)
    assert manifest.scores.threshold == -manifest.scores.offset
    assert manifest.libraries["scikit-learn"]


def test_the_threshold_is_that_quantile_of_the_scores(model_dir: Path) -> None:
    """With contamination 0.05 the threshold is the 95 % quantile of the training scores."""
    scores = ModelStore(model_dir).manifest(1).scores
    assert np.isclose(scores.quantiles["0.95"], scores.threshold, atol=1e-7)


def test_two_distinct_rows_are_enough_and_warned_about(tmp_path: Path) -> None:
    """The smallest training set publishes a model and says that it means little."""
    table = count_logs([make_log(1), make_log(2)])
    trained = train(
        table,
        TrainOptions(detector="isolation_forest", contamination=0.05),
        ModelRegistry(tmp_path),
    )
    assert trained.model_version == "1"
    assert any("means little" in warning for warning in trained.warnings)


def test_ties_that_defeat_the_contamination_are_warned_about(tmp_path: Path) -> None:
    """When so many rows share a score that far fewer are flagged than asked for, it warns."""
    logs = [make_log()] * 500 + [make_log(9)] * 500
    table = count_logs(logs)
    trained = train(
        table,
        TrainOptions(detector="isolation_forest", contamination=0.05),
        ModelRegistry(tmp_path),
    )
    assert trained.n_anomalies == 0
    assert any("a tie is no anomaly" in warning for warning in trained.warnings)


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_the_same_rows_give_the_same_model(
    tmp_path: Path, message_table: CountTable, detector: str
) -> None:
    """Training again gives the same graph and tables under the next number."""
    registry = ModelRegistry(tmp_path)
    for _ in range(2):
        train(message_table, TrainOptions(n_estimators=10, detector=detector), registry)
    first, second = registry.manifest(1), registry.manifest(2)
    assert first.files == second.files
    assert set(first.files) == {"model.onnx", "tables.npz"}


def test_a_forest_does_not_see_messages(message_table: CountTable) -> None:
    """Logs with their messages make the very forest of their six features."""
    options = TrainOptions(detector="isolation_forest", contamination=0.05, n_estimators=10)
    fitted = fit(message_table, options)
    bare = fit(message_table.without_traits(), options)
    assert fitted.candidate.files == bare.candidate.files
    assert fitted.candidate.model.manifest.training.n_messages == 0


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_the_manifest_counts_as_the_model_judges(message_table: CountTable, detector: str) -> None:
    """As many training rows are anomalies, have a message and a level as the manifest says."""
    fitted = fit(message_table, TrainOptions(detector=detector))
    model = fitted.candidate.model
    table = fitted.table
    training = model.manifest.training
    flagged = model.judge_keys(table.keys).is_anomaly
    assert fitted.n_anomalies == table.counts[flagged].sum() > 0
    calibration = model.manifest.calibration
    assert calibration.source == "training"
    assert calibration.flagged_share == fitted.n_anomalies / table.n_samples
    assert training.n_samples == table.n_samples == 1_500
    assert training.n_distinct == table.n_distinct
    assert training.n_messages == table.counts[table.traits != NO_TRAITS].sum()
    assert sum(training.rows_per_level.values()) == 1_500
    assert np.array_equal(fitted.judgements.is_anomaly, flagged)


def test_nothing_is_proved_before_it_is(message_table: CountTable) -> None:
    """Fitting alone yields a model that says nothing of a proof, and no file of a manifest."""
    fitted = fit(message_table, TrainOptions(n_estimators=10, detector="surprisal"))
    assert "manifest.json" not in fitted.candidate.files
    assert fitted.candidate.model.manifest.parity.n_training_rows == 0
    files = prove(fitted)
    parity = Manifest.from_json(files["manifest.json"]).parity
    assert parity.n_training_rows > 0
    assert parity.n_verdicts > 0
