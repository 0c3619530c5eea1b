"""Other thresholds for published models."""

import msgspec
import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import numpy_helper

from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MANIFEST_FILE,
    MODEL_FILE,
    TABLES_FILE,
    Manifest,
    file_entry,
)
from schemas.bundle.options import TrainOptions
from schemas.record.key import NO_TRAITS
from tests.made_logs import make_log, make_logs
from trainer.counting.table import EMPTY, CountTable, count_logs
from trainer.errors import InputError, ParityError
from trainer.fitting.export import export_forest, with_threshold
from trainer.fitting.forest import fit_forest, grow_forest
from trainer.fitting.learners import isolation_forest_learner
from trainer.fitting.parity import adversarial_rows
from trainer.fitting.pipeline import fit, prove
from trainer.fitting.quantiles import MARGIN
from trainer.fitting.recalibration import recalibrate
from trainer.fitting.reference import fitted_reference, published_reference
from trainer.fitting.threshold import denominator_of

DETECTORS: tuple[str, ...] = ("isolation_forest", "surprisal")
SHARES = (0.001, 0.01, 0.05, 0.1, 0.25, 0.5)


def publish(table: CountTable, **options: object) -> Bundle:
    """A trained and proved model as it would lie in the store."""
    fitted = fit(table, TrainOptions(**options))  # type: ignore[arg-type]
    files = prove(fitted)
    return Bundle(1, fitted.candidate.model.manifest, files)


@pytest.fixture(scope="module")
def bundles(message_table: CountTable) -> dict[str, Bundle]:
    """A model of each detector, of the same records."""
    return {detector: publish(message_table, detector=detector) for detector in DETECTORS}


def renewed(bundle: Bundle, contamination: float, table: CountTable | None = None) -> Bundle:
    """The bundle with another threshold."""
    new = recalibrate(bundle, contamination, table)
    return Bundle(2, new.model.manifest, new.files)


def kinds_of(table: CountTable, manifest: Manifest) -> list[CountTable]:
    """The records that are held against each threshold of a model."""
    bare = table.without_traits()
    written = table.traits != NO_TRAITS
    if manifest.detector == "isolation_forest" or not written.any():
        return [bare]
    return [bare, CountTable(keys=table.keys[written], counts=table.counts[written])]


def shares_flagged(bundle: Bundle, table: CountTable) -> list[tuple[float, float]]:
    """For each threshold, the share of a table's records that it flags.

    And the share that it would flag together with the records that lie on the threshold.
    """
    model = Model(bundle, memo_capacity=1)
    found = []
    for kind in kinds_of(table, bundle.manifest):
        judged = model.judge_keys(kind.keys)
        n = kind.n_samples
        # On the threshold itself a decision is 0, or within the margin that a forest is given.
        on_it = judged.is_anomaly | (judged.decisions < 2 * MARGIN)
        found.append(
            (kind.counts[judged.is_anomaly].sum() / n, kind.counts[on_it].sum() / n),
        )
    return found


@pytest.mark.parametrize("detector", DETECTORS)
@settings(deadline=None, max_examples=30)
@given(contamination=st.sampled_from(SHARES) | st.floats(0.0001, 0.5), seed=st.integers(0, 5))
def test_with_data_the_share_flagged_is_what_was_asked(
    bundles: dict[str, Bundle], detector: str, contamination: float, seed: int
) -> None:
    """At most the share that was asked for, and with the records on the threshold more than it.

    That is as near as a threshold can come where many records share one score.
    """
    table = count_logs(make_logs(700, seed=seed))
    for flagged, with_ties in shares_flagged(
        renewed(bundles[detector], contamination, table), table
    ):
        assert flagged <= contamination + 1e-9
        assert with_ties > contamination - 1e-6


@pytest.mark.parametrize("contamination", SHARES)
@pytest.mark.parametrize("detector", DETECTORS)
def test_each_kind_of_record_gets_its_own_threshold(
    bundles: dict[str, Bundle],
    message_table: CountTable,
    detector: str,
    contamination: float,
) -> None:
    """Records with a message are held to the share by themselves, those without by themselves."""
    found = shares_flagged(renewed(bundles[detector], contamination, message_table), message_table)
    assert len(found) == (2 if detector == "surprisal" else 1)
    for flagged, with_ties in found:
        assert flagged <= contamination
        assert with_ties > contamination


@pytest.mark.parametrize("contamination", SHARES)
def test_without_data_a_forest_flags_the_share_of_its_training_records(
    bundles: dict[str, Bundle], message_table: CountTable, contamination: float
) -> None:
    """Found in the thousandths that a model keeps, the share is as with the records themselves."""
    new = renewed(bundles["isolation_forest"], contamination)
    ((flagged, with_ties),) = shares_flagged(new, message_table)
    assert flagged <= contamination
    assert with_ties > contamination
    again = renewed(bundles["isolation_forest"], contamination, message_table)
    assert new.manifest.scores.threshold == pytest.approx(again.manifest.scores.threshold, abs=1e-6)


@pytest.mark.parametrize("contamination", SHARES)
def test_without_data_surprisal_has_the_thresholds_of_a_new_training(
    bundles: dict[str, Bundle], message_table: CountTable, contamination: float
) -> None:
    """Training with that contamination would have found the very same ones, to the last bit."""
    scores = renewed(bundles["surprisal"], contamination).manifest.scores
    trained = publish(message_table, detector="surprisal", contamination=contamination)
    assert scores == trained.manifest.scores


@pytest.mark.parametrize("detector", DETECTORS)
def test_ties_are_no_anomaly(detector: str) -> None:
    """Where hundreds of records share the score at the threshold, none of them is flagged."""
    logs = [make_log()] * 700 + [make_log(3_000, has_timeout=True)] * 290
    logs += [make_log(length, has_exception=True) for length in range(10)]
    table = count_logs(logs)
    bundle = publish(table, detector=detector, contamination=0.5)
    for contamination in (0.1, 0.2, 0.299, 0.3, 0.45):
        for data in (None, table):
            new = renewed(bundle, contamination, data)
            judged = Model(new, memo_capacity=1).judge_keys(table.keys)
            flagged = table.counts[judged.is_anomaly]
            assert flagged.sum() <= contamination * 1_000
            assert (290 in flagged) == (contamination >= 0.3)
            assert 700 not in flagged
            assert new.manifest.calibration.flagged_share == flagged.sum() / 1_000


@pytest.mark.parametrize("contamination", SHARES)
@pytest.mark.parametrize("detector", DETECTORS)
def test_the_manifest_says_what_is_flagged_of_the_training_records(
    bundles: dict[str, Bundle], message_table: CountTable, detector: str, contamination: float
) -> None:
    """Counted at the training for each thousandth: the very share that the new model flags."""
    new = renewed(bundles[detector], contamination)
    judged = Model(new, memo_capacity=1).judge_keys(message_table.keys)
    flagged = int(message_table.counts[judged.is_anomaly].sum())
    assert new.manifest.calibration.flagged_share == flagged / message_table.n_samples


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
    options = TrainOptions(n_estimators=30, max_samples=64)
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
    assert new.manifest.scores.threshold < bundle.manifest.scores.threshold


@pytest.mark.parametrize("contamination", SHARES)
def test_the_graph_of_a_forest_is_that_of_an_export(
    bundles: dict[str, Bundle], message_table: CountTable, contamination: float
) -> None:
    """Byte for byte what exporting the forest with the new offset would give: exact for any row.

    What the proof at the training established of such graphs therefore holds of this one.
    """
    bundle = bundles["isolation_forest"]
    new = renewed(bundle, contamination)
    forest = fit_forest(message_table.without_traits(), TrainOptions())
    assert export_forest(forest) == bundle.files[MODEL_FILE]
    forest.offset_ = new.manifest.scores.offset
    assert export_forest(forest) == new.files[MODEL_FILE]
    onnx.checker.check_model(onnx.load_from_string(new.files[MODEL_FILE]))


@pytest.mark.parametrize("options", [{"max_samples": 64, "n_estimators": 7}, {"max_samples": 4096}])
def test_other_forests_are_recalibrated_as_well(options: dict[str, object]) -> None:
    """The number of trees and of their samples is told by the manifest; there may be few rows."""
    table = count_logs(make_logs(300))
    bundle = publish(table, **options)
    new = renewed(bundle, 0.2)
    forest = fit_forest(table, bundle.manifest.options)
    forest.offset_ = new.manifest.scores.offset
    assert export_forest(forest) == new.files[MODEL_FILE]


@pytest.mark.parametrize("detector", DETECTORS)
def test_the_manifest_tells_of_the_new_bundle(bundles: dict[str, Bundle], detector: str) -> None:
    """Hashes, contamination and thresholds are the new ones; where it comes from stays."""
    old = bundles[detector]
    new = renewed(old, 0.2)
    assert set(new.files) == set(old.files)
    assert new.files[MANIFEST_FILE] == new.manifest.to_json()
    assert Manifest.from_json(new.files[MANIFEST_FILE]) == new.manifest
    entries = {name: file_entry(new.files[name]) for name in (MODEL_FILE, TABLES_FILE)}
    assert new.manifest.files == entries
    assert new.manifest.options == msgspec.structs.replace(old.manifest.options, contamination=0.2)
    assert new.manifest.scores.quantiles == old.manifest.scores.quantiles
    for name in ("detector", "features", "training", "libraries"):
        assert getattr(new.manifest, name) == getattr(old.manifest, name)
    assert new.manifest.parity.n_training_rows == 0  # they are gone, so all rows are made up
    graph_is_new = new.files[MODEL_FILE] != old.files[MODEL_FILE]
    assert (new.manifest.parity.n_adversarial_rows > 4_096) == graph_is_new
    assert new.manifest.parity.n_verdicts > 1_000
    assert (new.manifest.calibration.source, new.manifest.calibration.n_records) == (
        "thousandths",
        1_500,
    )


@pytest.mark.parametrize("detector", DETECTORS)
def test_there_and_back_again(bundles: dict[str, Bundle], detector: str) -> None:
    """A threshold depends on the share alone, not on the thresholds before it."""
    once = renewed(bundles[detector], 0.1)
    back = renewed(renewed(bundles[detector], 0.4), 0.1)
    assert back.manifest.scores == once.manifest.scores
    assert back.files[MODEL_FILE] == once.files[MODEL_FILE]


def test_data_without_messages_leaves_their_threshold(bundles: dict[str, Bundle]) -> None:
    """Records of features say nothing of how surprising messages are."""
    old = bundles["surprisal"].manifest.scores
    new = renewed(bundles["surprisal"], 0.2, count_logs(make_logs(500))).manifest.scores
    assert new.message_threshold == old.message_threshold
    assert new.threshold != old.threshold


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_share_finer_than_thousandths_needs_data(
    bundles: dict[str, Bundle], message_table: CountTable, detector: str
) -> None:
    """A model keeps thousandths of its training records; finer shares are refused without data."""
    with pytest.raises(InputError, match="give DATA for a finer share"):
        renewed(bundles[detector], 0.0009)
    assert renewed(bundles[detector], 0.0009, message_table)


@pytest.mark.parametrize("detector", DETECTORS)
def test_data_without_a_record_is_refused(bundles: dict[str, Bundle], detector: str) -> None:
    """A threshold cannot be found on nothing."""
    with pytest.raises(InputError, match="no usable record"):
        renewed(bundles[detector], 0.1, EMPTY)


def test_more_is_flagged_the_more_is_asked_for(
    bundles: dict[str, Bundle], message_table: CountTable
) -> None:
    """What a smaller share flags, a greater one flags as well."""
    for bundle in bundles.values():
        before = np.zeros(message_table.n_distinct, np.bool_)
        for contamination in SHARES:
            model = Model(renewed(bundle, contamination), memo_capacity=1)
            flagged = model.judge_keys(message_table.keys).is_anomaly
            assert not np.any(before & ~flagged)
            before = flagged


@pytest.mark.parametrize("contamination", SHARES)
@pytest.mark.parametrize("detector", DETECTORS)
def test_percentiles_stay_as_they_were(
    bundles: dict[str, Bundle], message_table: CountTable, detector: str, contamination: float
) -> None:
    """The new graph rounds scores otherwise, by 1e-8: no record's percentile may move for that."""
    keys = message_table.keys
    old = Model(bundles[detector], memo_capacity=1).judge_keys(keys)
    new = Model(renewed(bundles[detector], contamination), memo_capacity=1).judge_keys(keys)
    assert np.array_equal(old.percentiles, new.percentiles)
    if detector == "isolation_forest":
        assert 0 < np.abs(old.anomaly_scores - new.anomaly_scores).max() < 1e-7


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
