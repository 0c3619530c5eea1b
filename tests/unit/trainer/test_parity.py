"""The proof before publishing."""

from pathlib import Path
from types import ModuleType

import msgspec
import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from sklearn.ensemble import IsolationForest

import inference.detectors.surprisal_detector
import trainer.fitting.learners.isolation_forest_learner
import trainer.fitting.parity
import trainer.fitting.surprisal_fit
from inference.detectors.scorer import Scorer
from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import TABLES_FILE, Manifest, ParitySummary
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.key import message_of, without_traits
from trainer.counting.table import CountTable
from trainer.errors import ParityError
from trainer.fitting.agreement import prove_agreement
from trainer.fitting.export import export_forest
from trainer.fitting.forest import fit_forest
from trainer.fitting.parity import adversarial_rows, prove_parity
from trainer.fitting.pipeline import Fitted, fit
from trainer.fitting.reference import fitted_reference
from trainer.jobs.train import train
from trainer.store.registry import ModelRegistry


@pytest.fixture
def forest(table: CountTable) -> IsolationForest:
    """A fitted forest."""
    return fit_forest(table, TrainOptions(detector="isolation_forest", contamination=0.05))


def tampered(graph: bytes, attribute: str, change: float) -> bytes:
    """The graph with one number of its ensemble changed."""
    model = onnx.load_from_string(graph)
    (ensemble,) = [node for node in model.graph.node if node.op_type == "TreeEnsembleRegressor"]
    (tensor,) = [attribute_.t for attribute_ in ensemble.attribute if attribute_.name == attribute]
    values = numpy_helper.to_array(tensor).copy()
    values[0] += change
    tensor.CopyFrom(numpy_helper.from_array(values, attribute))
    return bytes(model.SerializeToString())


def prove(forest: IsolationForest, graph: bytes, table: CountTable, **sizes: int) -> ParitySummary:
    """The proof as training runs it: the graph itself says which rows are near the threshold."""
    decisions = Scorer(graph, table.rows.shape[1]).score(table.rows).decisions
    return prove_parity(fitted_reference(forest), graph, table.rows, decisions, **sizes)


def test_a_good_export_is_proved(forest: IsolationForest, table: CountTable) -> None:
    """The summary says what was compared."""
    summary = prove(forest, export_forest(forest), table)
    assert summary.n_training_rows == table.n_distinct
    assert summary.n_adversarial_rows == trainer.fitting.parity.ADVERSARIAL_ROWS
    assert summary.label_differences == 0
    assert summary.max_score_error < 1e-6


def test_one_threshold_moved_by_one_step_is_found(
    forest: IsolationForest, table: CountTable
) -> None:
    """The adversarial rows reach an edge of the first tree that moved by one float32 step."""
    graph = tampered(export_forest(forest), "nodes_values_as_tensor", 1e-3)
    with pytest.raises(ParityError, match=r"first on \[.*nothing was published"):
        prove(forest, graph, table)


def test_a_moved_offset_is_found(forest: IsolationForest, table: CountTable) -> None:
    """Rows that tie with the offset change their label when it moves by next to nothing."""
    graph = tampered(export_forest(forest), "base_values_as_tensor", -1e-9)
    with pytest.raises(ParityError, match="label -1, expected 1"):
        prove(forest, graph, table)


def test_large_tables_are_compared_in_part(forest: IsolationForest, table: CountTable) -> None:
    """Of many rows a sample is compared, with all those nearest to the threshold in it."""
    graph = export_forest(forest)
    proof = prove(forest, graph, table, max_rows=40, n_nearest=10)
    assert 30 <= proof.n_training_rows <= 40
    moved = tampered(graph, "base_values_as_tensor", -1e-9)
    with pytest.raises(ParityError):
        prove(forest, moved, table, max_rows=40, n_nearest=10)


def test_adversarial_rows_sit_on_the_edges(forest: IsolationForest, table: CountTable) -> None:
    """Among them are values at thresholds of the trees and one step to each side."""
    column = adversarial_rows(fitted_reference(forest), table.rows)[:, 0]
    thresholds = np.concatenate(
        [
            tree.tree_.threshold[(tree.tree_.children_left >= 0) & (tree.tree_.feature == 0)]
            for tree in forest.estimators_
        ]
    ).astype(np.float32)
    for edge in (
        thresholds,
        *(np.nextafter(thresholds, np.float32(to)) for to in (-np.inf, np.inf)),
    ):
        assert np.isin(column, edge).sum() > 100


@pytest.mark.parametrize(
    ("detector", "exporter"),
    [
        ("isolation_forest", trainer.fitting.learners.isolation_forest_learner),
        ("surprisal", trainer.fitting.surprisal_fit),
    ],
)
def test_a_failed_proof_publishes_nothing(
    message_table: CountTable,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    detector: str,
    exporter: ModuleType,
) -> None:
    """A graph that disagrees with its forest never reaches the store, whatever the detector."""
    export = export_forest
    monkeypatch.setattr(
        exporter,
        "export_forest",
        lambda forest: tampered(export(forest), "base_values_as_tensor", 0.5),
    )
    registry = ModelRegistry(tmp_path)
    with pytest.raises(ParityError):
        train(message_table, TrainOptions(detector=detector), registry)
    assert registry.versions() == []
    assert registry.signature() is None


def test_a_serving_code_that_adds_up_otherwise_publishes_nothing(
    message_table: CountTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bundle that the serving detector reads in another way never reaches the store."""
    monkeypatch.setattr(inference.detectors.surprisal_detector, "HINT", 0.5 + 1e-6)
    registry = ModelRegistry(tmp_path)
    with pytest.raises(ParityError, match="the loaded model disagrees with the training code"):
        train(message_table, TrainOptions(detector="surprisal"), registry)
    assert registry.versions() == []
    assert registry.signature() is None


@pytest.fixture(scope="module")
def fitted(message_table: CountTable) -> Fitted:
    """A fitted surprisal detector that is not published."""
    return fit(message_table, TrainOptions(detector="surprisal", n_estimators=20))


def tables_of(fitted: Fitted) -> Tables:
    """The tables of its bundle."""
    return Tables.from_bytes(fitted.candidate.files[TABLES_FILE])


def prove_loaded(fitted: Fitted, manifest: Manifest, tables: Tables) -> ParitySummary:
    """The proof of a model that is loaded with this manifest and these tables."""
    files = {**fitted.candidate.files, TABLES_FILE: tables.to_bytes()}
    model = Model(Bundle(0, manifest, files), memo_capacity=1)
    return prove_agreement(model, fitted.detector, fitted.table, fitted.judgements, ParitySummary())


def test_whole_verdicts_are_proved(fitted: Fitted) -> None:
    """Distinct records are compared with their message and without it, and as a service does."""
    manifest = fitted.candidate.model.manifest
    proof = prove_loaded(fitted, manifest, tables_of(fitted))
    table = fitted.table
    bare = np.unique(without_traits(table.keys))
    both = len(np.union1d(table.keys, bare))
    assert proof.n_verdicts == both + table.n_distinct > 2 * len(bare)
    assert proof.max_verdict_error == 0
    assert proof.label_differences == 0


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("signature_rarity", 1 + 1e-6),
        ("template_rarity", 1 + 1e-6),
        ("forest_scores", 1 - 1e-5),
        ("percentiles", 0.9),
        ("message_percentiles", 0.9),
    ],
)
def test_tampered_tables_are_found(fitted: Fitted, name: str, factor: float) -> None:
    """What adds up to D may not be off by a millionth, nor thousandths by a tenth."""
    tables = tables_of(fitted)
    values = getattr(tables, name)
    moved = (values * factor).astype(values.dtype)
    with pytest.raises(ParityError, match="disagrees with the training code on"):
        prove_loaded(
            fitted,
            fitted.candidate.model.manifest,
            msgspec.structs.replace(tables, **{name: moved}),
        )


def test_one_tampered_bucket_is_found(fitted: Fitted) -> None:
    """One wrong rarity of the 65,536 is found if a single training record falls into it."""
    tables = tables_of(fitted)
    assert tables.template_rarity is not None
    moved = tables.template_rarity.copy()
    rarest, _ = message_of(int(fitted.table.traits.max()))
    moved[rarest] += np.float32(1e-3)
    with pytest.raises(ParityError, match="nothing was published"):
        prove_loaded(
            fitted,
            fitted.candidate.model.manifest,
            msgspec.structs.replace(tables, template_rarity=moved),
        )


@pytest.mark.parametrize("name", ["threshold", "message_threshold"])
@pytest.mark.parametrize("step", [-1e-6, 1e-6])
def test_a_tampered_threshold_is_found(fitted: Fitted, name: str, step: float) -> None:
    """A threshold that is off by a millionth of a decade makes decisions differ."""
    manifest = fitted.candidate.model.manifest
    scores = msgspec.structs.replace(
        manifest.scores, **{name: getattr(manifest.scores, name) + step}
    )
    with pytest.raises(ParityError, match="disagrees with the training code on"):
        prove_loaded(fitted, msgspec.structs.replace(manifest, scores=scores), tables_of(fitted))
