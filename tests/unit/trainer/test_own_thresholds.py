"""Thresholds of single services in one bundle."""

import random
from collections.abc import Iterable

import msgspec
import numpy as np
import pytest

from inference.model.message_judge import MessageJudge
from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import TABLES_FILE
from schemas.bundle.options import TrainOptions
from schemas.bundle.tables import Tables
from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import extract
from schemas.record.features import Level, LogFeatures
from schemas.record.key import NO_TRAITS, unpack
from trainer.counting.table import CountTable, count_logs
from trainer.fitting.own_thresholds import NONE_LARGE_ENOUGH
from trainer.fitting.pipeline import Fitted, fit, prove
from trainer.fitting.recalibration import recalibrate

LARGE = ("chatty", "loud", "quiet")
SHARE = 0.02
OPTIONS = TrainOptions(contamination=SHARE, n_estimators=10, per_service=True)


def lines(
    service: str, n: int, n_texts: int, levels: Iterable[Level], seed: int
) -> list[LogFeatures]:
    """Lines of a service: the n-th of its texts comes an n-th as often as the first."""
    choose = random.Random(seed)
    words = ["".join(choose.choices("abcdefgh", k=9)) for _ in range(n_texts)]
    often = [1 / (place + 1) for place in range(n_texts)]
    severities = list(levels)
    return [
        extract(
            choose.choices(words, often)[0],
            choose.choice(severities),
            service,
        )
        for _ in range(n)
    ]


@pytest.fixture(scope="module")
def table() -> CountTable:
    """Three services with many lines, one of which writes warnings and errors alone, and one small.

    Nobody noted when, so that thresholds are quantiles of the records as they are.
    """
    logs = lines("chatty", 4_000, 150, [Level.INFO, Level.DEBUG], 1)
    logs += lines("loud", 2_000, 80, [Level.WARN, Level.ERROR], 2)
    logs += lines("quiet", 1_500, 40, [Level.INFO], 3)
    logs += lines("small", 300, 30, [Level.INFO, Level.ERROR], 4)
    return msgspec.structs.replace(count_logs(logs), first_seen=None, last_seen=None)


@pytest.fixture(scope="module")
def fitted(table: CountTable) -> Fitted:
    """A model with thresholds by service."""
    return fit(table, OPTIONS)


@pytest.fixture(scope="module")
def bundle(fitted: Fitted) -> Bundle:
    """The same as it would lie in the store: the proof has compared it."""
    files = prove(fitted)
    return Bundle(1, fitted.candidate.model.manifest, files)


def share_of(model: Model, table: CountTable, service: str) -> float:
    """The share of a service's lines that are flagged."""
    of_service = unpack(table.keys)[2] == service_number(service, SERVICE_BUCKETS)
    judged = model.judge_keys(table.keys[of_service])
    counts = table.counts[of_service]
    return float(counts[judged.is_anomaly].sum() / counts.sum())


def test_each_large_service_is_flagged_at_the_contamination(
    bundle: Bundle, table: CountTable
) -> None:
    """By one threshold for all, more of a service with warnings is flagged, less of the others."""
    own = Model(bundle, memo_capacity=1)
    whole = fit(table, msgspec.structs.replace(OPTIONS, per_service=False)).candidate.model
    for service in LARGE:
        assert share_of(own, table, service) <= SHARE
        assert share_of(own, table.without_traits(), service) <= SHARE
    assert share_of(whole, table, "loud") > 1.5 * SHARE
    assert share_of(whole, table, "chatty") < share_of(own, table, "chatty")


def test_a_small_service_is_judged_by_the_whole(bundle: Bundle, table: CountTable) -> None:
    """To the last bit as by a model without thresholds by service."""
    whole = fit(table, msgspec.structs.replace(OPTIONS, per_service=False)).candidate.model
    small = unpack(table.keys)[2] == service_number("small", SERVICE_BUCKETS)
    keys = table.keys[small]
    judged = Model(bundle, memo_capacity=1).judge_keys(keys)
    assert judged.decisions.tolist() == whole.judge_keys(keys).decisions.tolist()


def test_the_manifest_lists_them_with_counts(bundle: Bundle) -> None:
    """The services with the most records first; the thresholds are those that decide."""
    scores = bundle.manifest.scores
    assert scores.n_own == 3
    assert [(own.service, own.n_records) for own in scores.own] == [
        ("chatty", 4_000),
        ("loud", 2_000),
        ("quiet", 1_500),
    ]
    model = Model(bundle, memo_capacity=1)
    for own in scores.own:
        assert own.message_threshold is not None
        log = extract("never seen before", Level.ERROR, own.service)
        judged = model.judge_logs([log])[0]
        surprisal = sum(np.frombuffer(judged.terms))
        assert judged.decision == pytest.approx(own.message_threshold - surprisal)


def test_raw_logs_of_two_services_are_not_mixed_up(bundle: Bundle) -> None:
    """The same message of two services is remembered for each, in either order."""
    model = Model(bundle, memo_capacity=100)
    logs = [("served by 7", Level.WARN, service) for service in ("chatty", "loud", "small")]
    expected = [model.verdict(extract(*log)).json for log in logs]
    assert len(set(expected)) == 3
    for order in (logs, logs[::-1]):
        judge = MessageJudge(model)
        for _ in range(2):
            judged = {
                log: judged_log.verdict
                for log, judged_log in zip(order, judge.judge(order), strict=True)
            }
            assert [judged[log].json for log in logs] == expected


def test_the_reason_names_the_threshold(bundle: Bundle) -> None:
    """Terms add up to the service's own threshold less the decision, and words say whose it is."""
    model = Model(bundle, memo_capacity=1)
    own = {
        own_threshold.service: own_threshold.message_threshold
        for own_threshold in bundle.manifest.scores.own
    }
    for service in ("loud", "small"):
        log = extract("never seen before", Level.ERROR, service)
        judged = model.judge_logs([log])[0]
        reason = model.reason(log, {}, np.frombuffer(judged.terms).tolist())
        tau = own.get(service, bundle.manifest.scores.message_threshold)
        assert tau is not None
        assert sum(np.frombuffer(judged.terms)) == pytest.approx(tau - judged.decision)
        assert reason.endswith(", by loud's own threshold") == (service == "loud")


@pytest.mark.parametrize("share", [0.01, 0.1])
@pytest.mark.parametrize("with_data", [True, False])
def test_a_recalibration_moves_all_thresholds_alike(
    bundle: Bundle, table: CountTable, share: float, *, with_data: bool
) -> None:
    """Services keep their distance; of the data that is given, no more is flagged than asked."""
    new = recalibrate(bundle, share, table if with_data else None)
    again = Bundle(2, new.model.manifest, new.files)
    assert again.files[TABLES_FILE] == bundle.files[TABLES_FILE]
    before, after = bundle.manifest.scores, again.manifest.scores
    assert before.message_threshold is not None
    assert after.message_threshold is not None
    moved = after.message_threshold - before.message_threshold
    assert moved != 0
    for old, own in zip(before.own, after.own, strict=True):
        assert old.message_threshold is not None
        assert own.message_threshold == pytest.approx(old.message_threshold + moved)
    judged = new.model.judge_keys(table.keys)
    flagged = table.counts[judged.is_anomaly].sum() / table.n_samples
    if with_data:
        assert flagged <= share
    assert again.manifest.calibration.flagged_share == pytest.approx(flagged, abs=1e-9)


def test_where_no_service_is_large_enough_a_warning_says_so(table: CountTable) -> None:
    """And the model is as without, byte for byte."""
    small = unpack(table.keys)[2] == service_number("small", SERVICE_BUCKETS)
    part = CountTable(keys=table.keys[small], counts=table.counts[small], services=table.services)
    by_service = fit(part, OPTIONS)
    assert NONE_LARGE_ENOUGH in by_service.warnings
    whole = fit(part, msgspec.structs.replace(OPTIONS, per_service=False))
    assert by_service.candidate.files == whole.candidate.files
    assert NONE_LARGE_ENOUGH not in whole.warnings


def test_a_model_without_has_no_room_for_them(table: CountTable) -> None:
    """It is off unless somebody asks."""
    files = fit(table, TrainOptions(n_estimators=5)).candidate.files
    tables = Tables.from_bytes(files[TABLES_FILE])
    assert tables.service_offsets is None
    assert tables.message_service_offsets is None


def test_a_forest_has_one_threshold() -> None:
    """The refusal names the detector that takes the option."""
    with pytest.raises(ValueError, match="name the detector surprisal"):
        TrainOptions(detector="isolation_forest", per_service=True)


def test_numbers_without_messages_have_their_own(table: CountTable) -> None:
    """A table of six features alone has thresholds by service, and none for messages."""
    bare = fit(table.without_traits(), OPTIONS)
    prove(bare)
    scores = bare.candidate.model.manifest.scores
    assert (bare.table.traits == NO_TRAITS).all()
    assert scores.n_own > 0
    assert {own.message_threshold for own in scores.own} == {None}
