"""What both detectors must hold: a record is judged alike however it comes."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from inference.detectors.detector import Detector
from inference.detectors.isolation_forest_detector import IsolationForestDetector
from inference.detectors.judgements import Judgement, Judgements
from inference.detectors.surprisal_detector import SurprisalDetector
from inference.store.versions import ModelStore
from schemas.bundle.contents import Bundle
from schemas.record.extraction import patterns_of
from schemas.record.features import LogFeatures
from schemas.record.key import columns_of, pack_record
from tests.made_logs import make_logs, make_raw_logs

NAMES = ("isolation_forest", "surprisal")


@pytest.fixture
def bundle(model_dir: Path) -> Bundle:
    """A published version of the detector isolation_forest."""
    return ModelStore(model_dir).bundle(1)


@pytest.fixture(params=NAMES)
def detector(request: pytest.FixtureRequest, bundle: Bundle, surprisal_bundle: Bundle) -> Detector:
    """Each of the detectors, from a published bundle."""
    if request.param == "surprisal":
        return SurprisalDetector(surprisal_bundle.manifest, surprisal_bundle.files)
    return IsolationForestDetector(bundle.manifest, bundle.files)


def with_and_without_messages(detector: Detector, count: int) -> list[LogFeatures]:
    """Records as both kinds of requests bring them."""
    raw = make_raw_logs(count, seed=5)
    made = [detector.extract(log.message, log.level, log.service) for log in raw]
    return [*made, *make_logs(count, seed=5)]


def row(judgements: Judgements, index: int) -> Judgement:
    """One of many judgements."""
    return Judgement(
        bool(judgements.is_anomaly[index]),
        float(judgements.anomaly_scores[index]),
        float(judgements.decisions[index]),
        float(judgements.percentiles[index]),
        judgements.contributions[index].tobytes(),
        judgements.terms[index].tobytes(),
    )


def test_alone_in_a_batch_or_in_a_table(detector: Detector) -> None:
    """One log, a batch of logs and the packed records of a job are judged alike, bit by bit."""
    logs = with_and_without_messages(detector, 200)
    alone = [detector.judge([log])[0] for log in logs]
    packed = detector.judge_keys(np.array([pack_record(log) for log in logs], np.int64))
    assert detector.judge(logs) == alone
    assert [row(packed, index) for index in range(len(logs))] == [
        msgspec.structs.replace(verdict, contributions=verdict.contributions or bytes(24))
        for verdict in alone
    ]
    assert any(verdict.is_anomaly for verdict in alone)
    assert not all(verdict.is_anomaly for verdict in alone)


def test_novelty_by_columns(detector: Detector) -> None:
    """What is new of several records is what is new of each; some are, some are not."""
    logs = with_and_without_messages(detector, 200)
    numbers = detector.novelties(columns_of(logs), patterns_of(logs)).tolist()
    assert numbers == [detector.novelty(log).number for log in logs]
    assert len(set(numbers)) > 1 or isinstance(detector, IsolationForestDetector)


def test_a_judgement_is_in_its_bounds(detector: Detector) -> None:
    """Signs and ranges are those that `Judgement` promises."""
    for verdict in detector.judge(with_and_without_messages(detector, 100)):
        assert verdict.is_anomaly == (verdict.decision < 0)
        assert 0 < verdict.anomaly_score <= 1
        assert 0 <= verdict.percentile <= 1
        assert len(verdict.contributions) in {0, 6 * 4}


def test_contributions_keep_their_order(bundle: Bundle) -> None:
    """A model with its features in another order answers them in ours, alone and in a batch."""
    turned = [*bundle.manifest.features.names[1:], bundle.manifest.features.names[0]]
    features = msgspec.structs.replace(bundle.manifest.features, names=turned)
    manifest = msgspec.structs.replace(bundle.manifest, features=features)
    detector = IsolationForestDetector(manifest, bundle.files)
    logs = make_logs(20, seed=5)
    assert detector.judge(logs) == [detector.judge([log])[0] for log in logs]
