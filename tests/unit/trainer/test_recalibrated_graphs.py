"""What recalibration does to a graph, and how the graph is proved."""

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MODEL_FILE,
    TABLES_FILE,
)
from schemas.bundle.options import TrainOptions
from tests.made_logs import make_logs
from tests.recalibrated import DETECTORS, SHARES, publish, renewed
from trainer.counting.table import CountTable, count_logs
from trainer.errors import ParityError
from trainer.fitting.export import export_forest, with_threshold
from trainer.fitting.forest import fit_forest, grow_forest
from trainer.fitting.learners import isolation_forest_learner
from trainer.fitting.parity import adversarial_rows
from trainer.fitting.reference import fitted_reference, published_reference
from trainer.fitting.threshold import denominator_of


@pytest.mark.parametrize("with_data", [True, False])
def test_a_split_that_moved_by_next_to_nothing_is_found(
    bundles: dict[str, Bundle],
    message_table: CountTable,
    monkeypatch: pytest.MonkeyPatch,
    *,
    with_data: bool,
) -> None:
    """No record may lie in between: rows on the edges of the trees do, as after a training."""

    def moved(graph: bytes, denominator: float, offset: float) -> bytes:
        model = onnx.load_from_string(with_threshold(graph, denominator, offset))
        for node in model.graph.node:
            for attribute in node.attribute:
                if attribute.name == "nodes_values_as_tensor":
                    values = numpy_helper.to_array(attribute.t).copy()
                    values[0] += 1e-3
                    attribute.t.CopyFrom(numpy_helper.from_array(values, attribute.t.name))
        return bytes(model.SerializeToString())

    monkeypatch.setattr(isolation_forest_learner, "with_threshold", moved)
    with pytest.raises(ParityError, match="the exported graph disagrees"):
        renewed(bundles["isolation_forest"], 0.2, message_table if with_data else None)


@pytest.mark.parametrize("detector", DETECTORS)
def test_the_trees_of_a_published_graph_score_as_scikit_learn_does(
    message_table: CountTable, detector: str
) -> None:
    """To the last bit, for rows on all edges of the trees: a proof against them is as good."""
    rows = message_table.without_traits().rows
    options = TrainOptions(
        detector="isolation_forest", contamination=0.05, n_estimators=30, max_samples=64
    )
    forest = fit_forest(message_table.without_traits(), options)
    if detector == "surprisal":  # grown on rows that are no integers
        rows = np.log1p(rows)
        forest = grow_forest(rows, options)
    scikit_learn = fitted_reference(forest)
    published = published_reference(
        export_forest(forest), denominator_of(forest), scikit_learn.offset
    )
    tried = adversarial_rows(scikit_learn, rows)
    assert np.array_equal(published.score_samples(tried), scikit_learn.score_samples(tried))
    for found, expected in zip(published.splits, scikit_learn.splits, strict=True):
        assert np.array_equal(found, expected)


@pytest.mark.parametrize("with_data", [True, False])
def test_the_forest_of_surprisal_stays_as_it_is(
    bundles: dict[str, Bundle], message_table: CountTable, *, with_data: bool
) -> None:
    """Graph and tables are the same bytes; the thresholds stand in the manifest alone."""
    bundle = bundles["surprisal"]
    new = renewed(bundle, 0.2, message_table if with_data else None)
    for name in (MODEL_FILE, TABLES_FILE):
        assert new.files[name] == bundle.files[name]
    assert new.manifest.files == bundle.manifest.files
    before, after = bundle.manifest.scores, new.manifest.scores
    assert after.threshold <= before.threshold  # a tie of records judged as they came
    assert before.message_threshold is not None
    assert after.message_threshold is not None
    assert after.message_threshold < before.message_threshold


@pytest.mark.parametrize("contamination", SHARES)
def test_the_graph_of_a_forest_is_that_of_an_export(
    bundles: dict[str, Bundle], message_table: CountTable, contamination: float
) -> None:
    """Byte for byte what exporting the forest with the new offset would give: exact for any row.

    What the proof at the training established of such graphs therefore holds of this graph.
    """
    bundle = bundles["isolation_forest"]
    new = renewed(bundle, contamination)
    forest = fit_forest(
        message_table.without_traits(),
        TrainOptions(detector="isolation_forest", contamination=0.05),
    )
    assert export_forest(forest) == bundle.files[MODEL_FILE]
    forest.offset_ = new.manifest.scores.offset
    assert export_forest(forest) == new.files[MODEL_FILE]
    onnx.checker.check_model(onnx.load_from_string(new.files[MODEL_FILE]))


@pytest.mark.parametrize("options", [{"max_samples": 64, "n_estimators": 7}, {"max_samples": 4096}])
def test_other_forests_are_recalibrated_as_well(options: dict[str, object]) -> None:
    """The number of trees and of their samples stands in the manifest; there may be few rows."""
    table = count_logs(make_logs(300))
    bundle = publish(table, **options)
    new = renewed(bundle, 0.2)
    forest = fit_forest(table, bundle.manifest.options)
    forest.offset_ = new.manifest.scores.offset
    assert export_forest(forest) == new.files[MODEL_FILE]


@pytest.mark.parametrize("data", [True, False])
def test_a_graph_with_another_threshold_than_was_found_is_refused(
    bundles: dict[str, Bundle],
    message_table: CountTable,
    monkeypatch: pytest.MonkeyPatch,
    *,
    data: bool,
) -> None:
    """Recalibrated models are proved as fitted ones are, with records and without."""
    monkeypatch.setattr(
        isolation_forest_learner,
        "with_threshold",
        lambda graph, denominator, offset: with_threshold(graph, denominator, offset + 1e-3),
    )
    with pytest.raises(ParityError, match="disagrees"):
        renewed(bundles["isolation_forest"], 0.2, message_table if data else None)
