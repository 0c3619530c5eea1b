"""The proof before publishing."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from sklearn.ensemble import IsolationForest

import trainer.parity
import trainer.pipeline
from schemas.encoding import FeatureEncoder
from schemas.training import TrainOptions
from trainer.errors import ParityError
from trainer.export import export_forest
from trainer.forest import fit_forest
from trainer.parity import adversarial_rows, prove_parity
from trainer.pipeline import train
from trainer.registry import ModelRegistry
from trainer.table import CountTable


@pytest.fixture
def forest(table: CountTable) -> IsolationForest:
    """A fitted forest."""
    return fit_forest(table, TrainOptions())


def tampered(graph: bytes, attribute: str, change: float) -> bytes:
    """The graph with one number of its ensemble changed."""
    model = onnx.load_from_string(graph)
    (ensemble,) = [node for node in model.graph.node if node.op_type == "TreeEnsembleRegressor"]
    (tensor,) = [one.t for one in ensemble.attribute if one.name == attribute]
    values = numpy_helper.to_array(tensor).copy()
    values[0] += change
    tensor.CopyFrom(numpy_helper.from_array(values, attribute))
    return bytes(model.SerializeToString())


def test_a_good_export_is_proved(forest: IsolationForest, table: CountTable) -> None:
    """The summary says what was compared."""
    summary = prove_parity(forest, export_forest(forest), table.rows)
    assert summary.n_training_rows == table.n_distinct
    assert summary.n_adversarial_rows == trainer.parity.ADVERSARIAL_ROWS
    assert summary.label_differences == 0
    assert summary.max_score_error < 1e-6


def test_one_threshold_moved_by_one_step_is_found(
    forest: IsolationForest, table: CountTable
) -> None:
    """The adversarial rows reach an edge of the first tree that moved by one float32 step."""
    graph = tampered(export_forest(forest), "nodes_values_as_tensor", 1e-3)
    with pytest.raises(ParityError, match=r"first on \[.*nothing was published"):
        prove_parity(forest, graph, table.rows)


def test_a_moved_offset_is_found(forest: IsolationForest, table: CountTable) -> None:
    """Rows that tie with the offset change their label when it moves by next to nothing."""
    graph = tampered(export_forest(forest), "base_values_as_tensor", -1e-9)
    with pytest.raises(ParityError, match="label -1, expected 1"):
        prove_parity(forest, graph, table.rows)


def test_large_tables_are_compared_in_part(
    forest: IsolationForest, table: CountTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of many rows a sample is compared, with all those nearest to the threshold in it."""
    monkeypatch.setattr(trainer.parity, "MAX_TRAINING_ROWS", 40)
    monkeypatch.setattr(trainer.parity, "NEAREST_ROWS", 10)
    graph = export_forest(forest)
    assert 30 <= prove_parity(forest, graph, table.rows).n_training_rows <= 40
    with pytest.raises(ParityError):
        prove_parity(forest, tampered(graph, "base_values_as_tensor", -1e-9), table.rows)


def test_adversarial_rows_sit_on_the_edges(forest: IsolationForest, table: CountTable) -> None:
    """Among them are values at thresholds of the trees and one step to each side."""
    column = adversarial_rows(forest, table.rows)[:, 0]
    thresholds = np.concatenate(
        [
            one.tree_.threshold[(one.tree_.children_left >= 0) & (one.tree_.feature == 0)]
            for one in forest.estimators_
        ]
    ).astype(np.float32)
    for edge in (
        thresholds,
        *(np.nextafter(thresholds, np.float32(to)) for to in (-np.inf, np.inf)),
    ):
        assert np.isin(column, edge).sum() > 100


def test_a_failed_proof_publishes_nothing(
    table: CountTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A graph that disagrees never reaches the store."""
    export = export_forest
    monkeypatch.setattr(
        trainer.pipeline,
        "export_forest",
        lambda forest: tampered(export(forest), "base_values_as_tensor", 0.5),
    )
    registry = ModelRegistry(tmp_path)
    with pytest.raises(ParityError):
        train(table, TrainOptions(), FeatureEncoder(), registry)
    assert registry.versions() == []
    assert registry.signature() is None
