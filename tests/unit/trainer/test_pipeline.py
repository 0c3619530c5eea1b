"""From a table to a published model."""

from pathlib import Path

import numpy as np

from inference.model import Model
from inference.store import ModelStore
from schemas.features import LogFeatures
from schemas.training import TrainOptions
from tests.made_logs import make_log
from trainer.pipeline import train
from trainer.registry import ModelRegistry
from trainer.table import CountTable, count_logs


def test_what_is_published_serves(model_dir: Path, logs: list[LogFeatures]) -> None:
    """The published version loads, and flags as many training rows as its manifest says."""
    bundle = ModelStore(model_dir).bundle(1)
    verdicts = Model(bundle, memo_capacity=1000).verdicts(logs)
    assert sum(verdict.is_anomaly for verdict in verdicts) == bundle.manifest.training.n_anomalies


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
    trained = train(table, TrainOptions(), ModelRegistry(tmp_path))
    assert trained.model_version == "1"
    assert any("means little" in warning for warning in trained.warnings)


def test_ties_that_defeat_the_contamination_are_warned_about(tmp_path: Path) -> None:
    """When so many rows share a score that far fewer are flagged than asked for, it is said."""
    logs = [make_log()] * 500 + [make_log(9)] * 500
    table = count_logs(logs)
    trained = train(table, TrainOptions(), ModelRegistry(tmp_path))
    assert trained.n_anomalies == 0
    assert any("a tie is no anomaly" in warning for warning in trained.warnings)


def test_the_same_rows_give_the_same_model(tmp_path: Path, table: CountTable) -> None:
    """Training again gives the same graph under the next number."""
    registry = ModelRegistry(tmp_path)
    for _ in range(2):
        train(table, TrainOptions(n_estimators=10), registry)
    first, second = registry.manifest(1), registry.manifest(2)
    assert first.files == second.files
