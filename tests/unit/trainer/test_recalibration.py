"""Other thresholds for published models."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import (
    MANIFEST_FILE,
    MODEL_FILE,
    TABLES_FILE,
    Manifest,
    file_entry,
)
from tests.made_logs import make_log, make_logs
from tests.recalibrated import DETECTORS, SHARES, publish, renewed, shares_flagged
from trainer.counting.table import EMPTY, CountTable, count_logs
from trainer.errors import InputError


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
    """Training with that contamination would have found the same thresholds, to the last bit."""
    scores = renewed(bundles["surprisal"], contamination).manifest.scores
    trained = publish(message_table, detector="surprisal", contamination=contamination)
    assert scores == trained.manifest.scores


@pytest.mark.parametrize("detector", DETECTORS)
def test_ties_are_no_anomaly(detector: str) -> None:
    """Where hundreds of records share the score at the threshold, none of them is flagged."""
    logs = [make_log()] * 700 + [make_log(3_000, has_timeout=True)] * 290
    logs += [make_log(length, has_exception=True) for length in range(10)]
    # Nobody noted in which order: all of a kind one after the other would be a change of times.
    table = msgspec.structs.replace(count_logs(logs), first_seen=None, last_seen=None)
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


@pytest.mark.parametrize("detector", DETECTORS)
def test_the_manifest_tells_of_the_new_bundle(bundles: dict[str, Bundle], detector: str) -> None:
    """Hashes, contamination and thresholds are new; where it comes from stays."""
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
    """What a smaller share flags, a greater share flags as well."""
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
