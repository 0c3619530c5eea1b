"""Fitting the surprisal detector."""

import math
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.detectors.scorer import Scorer
from schemas.bundle.options import TrainOptions
from schemas.record.extraction import extract
from schemas.record.features import Level
from schemas.record.key import NO_TRAITS
from schemas.record.surprisal import (
    FOREST_SCORES,
    SIGNATURE_BUCKETS,
    pair_bucket,
    signature_buckets,
)
from tests.made_logs import make_log
from trainer.counting.table import CountTable, count_logs
from trainer.errors import TooFewRowsError
from trainer.fitting.gauge import phi_of
from trainer.fitting.quantiles import Steps, share_below
from trainer.fitting.records import Records
from trainer.fitting.surprisal_fit import (
    SurprisalFit,
    fit_surprisal,
    judge_surprisal,
)

HUNDREDTHS = np.arange(1, FOREST_SCORES + 1) / FOREST_SCORES


@given(
    st.dictionaries(
        st.integers(300, 900), st.integers(1, 5) | st.integers(1, 5_000), min_size=1, max_size=30
    ).map(lambda rows: {score / 1_000: count for score, count in rows.items()})
)
def test_phi_is_of_the_share_with_a_score_at_least_as_high(rows: dict[float, int]) -> None:
    """It is min(1, -log10 p), p in whole hundredths, for every training score, ties included."""
    scores = np.array(list(rows), np.float64)
    counts = np.array(list(rows.values()), np.int64)
    forest_scores = Steps.of(scores, counts).reached_by(HUNDREDTHS)
    assert np.all(np.diff(forest_scores) <= 0)
    for score, phi in zip(scores, phi_of(scores, forest_scores).tolist(), strict=True):
        as_high = Fraction(int(counts[scores >= score].sum()), int(counts.sum()))
        hundredths = math.floor(100 * as_high)
        expected = 1.0 if hundredths == 0 else min(1.0, -math.log10(hundredths / 100))
        assert phi == pytest.approx(expected, abs=1e-12)


def test_an_ordinary_record_has_no_phi() -> None:
    """What nearly all records are, all forest scores reach: it does not surprisal the forest."""
    table = count_logs([make_log()] * 995 + [make_log(9, Level.WARN)] * 5)
    fitted = fit_surprisal(table, TrainOptions(detector="surprisal"))
    terms = judge_surprisal(table.keys, fitted).terms
    ordinary = int(np.argmax(table.counts))
    assert terms[ordinary, 3] == 0
    assert terms[1 - ordinary, 3] == 1


def test_forest_scores_are_of_the_training_records(message_table: CountTable) -> None:
    """The k-th is the largest score that k + 1 hundredths of the records reach, so they descend."""
    fitted = fit_surprisal(message_table, TrainOptions(detector="surprisal", n_estimators=20))
    forest_scores = fitted.tables.forest_scores
    assert forest_scores is not None
    assert np.all(np.diff(forest_scores) <= 0)
    scores = np.repeat(-fitted.forest.score_samples(fitted.rows), message_table.counts)
    for k, value in enumerate(forest_scores):
        assert np.count_nonzero(scores >= value - 1.1e-6) >= (k + 1) * len(scores) / 100
        assert np.count_nonzero(scores > value + 1e-7) < (k + 1) * len(scores) / 100


def test_rarities_are_counts_of_buckets(message_table: CountTable) -> None:
    """log10((n + 1) / (c + 1)) of all records by signature, of those with a message by template.

    And log10(c + 1) of the latter by service, and by service and template.
    """
    fitted = fit_surprisal(message_table, TrainOptions(detector="surprisal", n_estimators=5))
    records = Records.of(message_table.keys)
    n = message_table.n_samples
    tables = fitted.tables
    assert tables.signature_rarity is not None
    assert tables.template_rarity is not None
    for bucket in range(SIGNATURE_BUCKETS):
        if bucket in records.signature or bucket % 10_000 == 0:
            c = int(message_table.counts[records.signature == bucket].sum())
            expected = math.log10((n + 1) / (c + 1))
            assert tables.signature_rarity[bucket] == pytest.approx(expected, abs=1e-6)
    n_messages = int(message_table.counts[records.has_message].sum())
    for bucket in {0, *records.template.tolist()}:
        of_it = records.has_message & (records.template == bucket)
        c = int(message_table.counts[of_it].sum())
        expected = math.log10((n_messages + 1) / (c + 1))
        assert tables.template_rarity[bucket] == pytest.approx(expected, abs=1e-6)
    assert tables.service_magnitude is not None
    assert tables.pair_magnitude is not None
    pairs = {(0, 0), *zip(records.service.tolist(), records.template.tolist(), strict=True)}
    for service, template in pairs:
        of_service = records.has_message & (records.service == service)
        for magnitudes, place, of_it in (
            (tables.service_magnitude, service, of_service),
            (
                tables.pair_magnitude,
                pair_bucket(service, template),
                of_service & (records.template == template),
            ),
        ):
            expected = math.log10(int(message_table.counts[of_it].sum()) + 1)
            assert magnitudes[place] == pytest.approx(expected, abs=1e-6)


def test_training_leaves_a_record_itself_out(message_table: CountTable) -> None:
    """The forest is fitted on the rarity of c - 1: what was seen once is as rare as the unseen."""
    fitted = fit_surprisal(message_table, TrainOptions(detector="surprisal", n_estimators=5))
    records = Records.of(message_table.keys)
    n = message_table.n_samples
    for row, bucket in zip(fitted.rows, records.signature, strict=True):
        c = int(message_table.counts[records.signature == bucket].sum())
        assert row[2] == pytest.approx(math.log10((n + 1) / c), abs=1e-6)


def test_columns_of_the_forest() -> None:
    """ln(1 + length), decades of severity, the signature's rarity, the three flags."""
    log = make_log(99, Level.FATAL, has_exception=True, has_connection_error=True)
    table = count_logs([log])
    records = Records.of(table.keys)
    row = records.forest_rows(np.array([2.5], np.float32))
    assert row.dtype == np.float32
    assert row.tolist() == [[np.float32(math.log(100)), 3, 2.5, 1, 0, 1]]
    assert (
        records.signature.tolist()
        == signature_buckets(np.array([99]), np.array([4]), np.array([725]), np.array([5])).tolist()
    )
    assert not records.has_message.any()


def surprisals_left_out(table: CountTable, fitted: SurprisalFit) -> tuple[list[float], list[float]]:
    """D of each record without and with its message, with itself left out of all counts."""
    records = Records.of(table.keys)
    n = table.n_samples
    m = int(table.counts[records.has_message].sum())
    scores = Scorer(fitted.graph, 6).score(fitted.rows).anomaly_scores
    assert fitted.tables.forest_scores is not None
    phis = phi_of(scores, fitted.tables.forest_scores).tolist()
    bare, with_message = [], []
    for index, phi in enumerate(phis):
        c_signature = table.counts[records.signature == records.signature[index]].sum()
        c_template = table.counts[
            records.has_message & (records.template == records.template[index])
        ].sum()
        of_service = records.has_message & (records.service == records.service[index])
        c_service = table.counts[of_service].sum()
        c_pair = table.counts[of_service & (records.template == records.template[index])].sum()
        severity, flags = float(records.severity[index]), bool(records.flags[index])
        signature = math.log10((n + 1) / c_signature)
        bare.append(severity + 0.5 * flags + signature + phi)
        if records.has_message[index]:
            hint = flags or bool(records.has_failure[index])
            rarity = 0.5 * math.log10((m + 1) / c_template) + 0.25 * signature
            rarity += 0.25 * math.log10(c_service / c_pair)
            with_message.append(severity + 0.5 * hint + rarity)
    return bare, with_message


@pytest.mark.parametrize("contamination", [0.01, 0.05, 0.1, 0.5])
def test_tau_is_the_quantile_of_the_training_records(
    message_table: CountTable, contamination: float
) -> None:
    """It is the smallest D of a record that at least 1 - contamination of them do not exceed.

    That is so where nobody noted when records were seen. All records count for the threshold
    without messages, those with a message for the other.
    """
    options = TrainOptions(detector="surprisal", contamination=contamination)
    message_table = msgspec.structs.replace(message_table, first_seen=None, last_seen=None)
    fitted = fit_surprisal(message_table, options)
    assert not fitted.is_forward
    has_message = message_table.traits != NO_TRAITS
    for surprises, counts, tau in zip(
        surprisals_left_out(message_table, fitted),
        (message_table.counts, message_table.counts[has_message]),
        (fitted.threshold, fitted.message_threshold),
        strict=True,
    ):
        assert tau is not None
        rows = np.repeat(surprises, counts)
        assert np.mean(rows > tau + 2e-6) <= contamination + 1e-12
        assert np.mean(rows > tau - 2e-6) > contamination
        assert np.abs(rows - tau).min() < 2e-6


def test_without_messages_there_are_no_tables_for_them(table: CountTable) -> None:
    """A model of features alone has one threshold, and judges messages by it."""
    fitted = fit_surprisal(table, TrainOptions(detector="surprisal", n_estimators=5))
    assert fitted.message_threshold is None
    assert fitted.tables.template_rarity is None
    assert fitted.tables.message_percentiles is None
    asked = count_logs([extract("disk failed", Level.INFO, "cart")])
    with_message = judge_surprisal(asked.keys, fitted)
    bare = judge_surprisal(asked.keys - asked.traits, fitted)
    assert with_message.decisions.tolist() == bare.decisions.tolist()
    assert with_message.percentiles.tolist() == bare.percentiles.tolist()


def test_messages_alone_are_no_distinct_rows() -> None:
    """A forest of six columns needs two distinct rows of them; other messages do not help."""
    logs = [extract(message, Level.INFO, "cart") for message in ("ab", "cd", "ef")]
    with pytest.raises(TooFewRowsError, match="two distinct rows at least"):
        fit_surprisal(count_logs(logs), TrainOptions(detector="surprisal"))


def test_the_same_table_gives_the_same_bytes(message_table: CountTable) -> None:
    """Fitting again gives identical graphs and tables; another seed gives another forest."""
    first, second, other = (
        fit_surprisal(message_table, TrainOptions(detector="surprisal", random_state=seed))
        for seed in (1, 1, 2)
    )
    assert first.graph == second.graph != other.graph
    assert first.tables.to_bytes() == second.tables.to_bytes()


@given(st.lists(st.floats(0, 9), min_size=1, max_size=20), st.floats(-1, 10))
def test_a_percentile_is_the_share_below(quantiles: list[float], value: float) -> None:
    """The share of the quantiles that are lower, ties not."""
    ascending = np.sort(np.array(quantiles))
    share = share_below(ascending, np.array([value]))[0]
    assert share == sum(quantile < value for quantile in quantiles) / len(quantiles)
