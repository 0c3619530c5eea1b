"""A loaded model: verdicts, memo, answers."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET

from inference.detectors.isolation_forest_detector import IsolationForestDetector
from inference.detectors.judgements import Judgements
from inference.errors import BrokenVersionError
from inference.model.explanations import explanation_json
from inference.model.model import Model
from inference.model.verdicts import Verdict, batch_json, prediction_json
from inference.store.versions import ModelStore
from schemas.api.predictions import BatchPrediction, Prediction, PredictRequest
from schemas.bundle.contents import Bundle
from schemas.bundle.tables import Tables
from schemas.record.extraction import extract, without_message
from schemas.record.features import FEATURE_NAMES, Level, LogFeatures
from schemas.record.key import Columns
from schemas.record.templates import pattern_id
from tests.made_logs import make_logs, make_raw_logs


@pytest.fixture
def bundle(model_dir: Path) -> Bundle:
    """Version 1 as read from disk."""
    return ModelStore(model_dir).bundle(1)


def plain(verdicts: object) -> bytes:
    """Verdicts in a comparable form."""
    return msgspec.json.encode(verdicts)


def test_the_memo_changes_nothing(bundle: Bundle, logs: list[LogFeatures]) -> None:
    """A verdict is the same with a warm memo, with a tiny memo, alone and in a batch."""
    warm, tiny = Model(bundle, memo_capacity=10_000), Model(bundle, memo_capacity=1)
    first = plain(warm.verdicts(logs))
    assert plain(warm.verdicts(logs)) == first
    assert plain(tiny.verdicts(logs)) == first
    assert plain([warm.verdict(log) for log in logs]) == first
    assert plain([tiny.verdict(log) for log in logs]) == first


def test_distinct_logs_are_scored_once(
    bundle: Bundle, logs: list[LogFeatures], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch is reduced to its distinct tuples, and what is known is not scored again."""
    scored: list[int] = []
    judge = IsolationForestDetector.judge_columns

    def counting(
        self: IsolationForestDetector, asked: Sequence[LogFeatures], columns: Columns
    ) -> Judgements:
        scored.append(len(asked))
        return judge(self, asked, columns)

    model = Model(bundle, memo_capacity=10_000)
    monkeypatch.setattr(IsolationForestDetector, "judge_columns", counting)
    model.verdicts(logs)
    model.verdicts(logs)
    model.verdict(logs[0])
    assert scored == [len(set(logs))]


def test_answers_are_what_msgspec_would_write(bundle: Bundle, logs: list[LogFeatures]) -> None:
    """The joined bytes are exactly the JSON of the contract's structs."""
    model = Model(bundle, memo_capacity=100)
    requests = [PredictRequest(f'id "{number}" ü\n', log) for number, log in enumerate(logs[:50])]
    verdicts = model.verdicts(logs[:50])
    explained = [
        explanation_json(model, log, verdict)
        for log, verdict in zip(logs[:50], verdicts, strict=True)
    ]
    for explanations in (None, explained):
        body = batch_json(requests, verdicts, model.version, explanations)
        answer = msgspec.json.decode(body, type=BatchPrediction)
        assert msgspec.json.encode(answer) == body
        assert answer.anomaly_count == sum(
            prediction.is_anomaly for prediction in answer.predictions
        )
        assert [prediction.log_id for prediction in answer.predictions] == [
            request.log_id for request in requests
        ]
        for request, log, verdict, prediction in zip(
            requests, logs[:50], verdicts, answer.predictions, strict=True
        ):
            explanation = explanation_json(model, log, verdict) if explanations else b""
            single = prediction_json(request.log_id, verdict, explanation)
            assert single == msgspec.json.encode(prediction)
            assert (prediction.contributions is not None) == bool(explanations)


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_both_detectors_answer_in_the_same_fields(
    bundle: Bundle, surprisal_bundle: Bundle, detector: str
) -> None:
    """Raw logs and features in one batch, explained: the contract's structs, byte for byte.

    Terms come from the detector surprisal alone; its forest, unlike the other's, contributes to
    records without a message only.
    """
    chosen = {"isolation_forest": bundle, "surprisal": surprisal_bundle}[detector]
    model = Model(chosen, memo_capacity=1_000)
    raw = [model.extract(log.message, log.level, log.service) for log in make_raw_logs(30)]
    logs = [*raw, *make_logs(30)]
    requests = [PredictRequest(str(number)) for number in range(len(logs))]
    verdicts = model.verdicts(logs)
    body = batch_json(
        requests,
        verdicts,
        model.version,
        [
            explanation_json(model, log, verdict)
            for log, verdict in zip(logs, verdicts, strict=True)
        ],
    )
    answer = msgspec.json.decode(body, type=BatchPrediction)
    assert msgspec.json.encode(answer) == body
    for log, prediction in zip(logs, answer.predictions, strict=True):
        has_forest = detector == "isolation_forest" or type(log) is LogFeatures
        assert (prediction.contributions is not None) == has_forest
        assert (prediction.terms is not None) == (detector == "surprisal")
        assert prediction.is_anomaly == (prediction.decision < 0)
        assert 0 <= prediction.percentile <= 1


@pytest.mark.parametrize("detector", ["isolation_forest", "surprisal"])
def test_raw_logs_are_answered_with_the_id_of_their_pattern(
    bundle: Bundle, surprisal_bundle: Bundle, detector: str
) -> None:
    """Whatever the detector reads, warm or cold; records that came as features have none."""
    chosen = {"isolation_forest": bundle, "surprisal": surprisal_bundle}[detector]
    warm, tiny = Model(chosen, memo_capacity=1_000), Model(chosen, memo_capacity=1)
    # Of one length, level and service: a forest judges them alike.
    messages = ["user ann left", "user 12 left", "user 77 left", "disk is full."]
    raw = [extract(message, Level.INFO, "shop") for message in messages]
    logs = [*raw, *map(without_message, raw)]
    ids = [f"{pattern_id(message):016x}" for message in messages] + [UNSET] * len(raw)
    for model in (warm, tiny, warm):
        requests = [PredictRequest(number) for number in range(len(logs))]
        body = batch_json(requests, model.verdicts(logs), model.version)
        answers = msgspec.json.decode(body, type=BatchPrediction).predictions
        assert [answer.pattern_id for answer in answers] == ids
        if detector == "isolation_forest":
            assert len({answer.anomaly_score for answer in answers}) == 1


def test_percentiles_are_shares_of_the_training_logs(
    bundle: Bundle, logs: list[LogFeatures]
) -> None:
    """The share of the training logs with a lower score, to a thousandth; never more than it."""
    model = Model(bundle, memo_capacity=10_000)
    answers = [
        msgspec.json.decode(prediction_json("a", verdict), type=Prediction)
        for verdict in model.verdicts(logs)
    ]
    scores = np.array([answer.anomaly_score for answer in answers])
    for score, answer in zip(scores, answers, strict=True):
        below = np.count_nonzero(scores < score) / len(scores)
        assert below - 0.001 < answer.percentile <= below + 1e-9


def test_contributions_add_up_to_the_exponent(bundle: Bundle, logs: list[LogFeatures]) -> None:
    """anomaly_score = 2 ** (base + sum of the contributions), to float32's precision."""
    model = Model(bundle, memo_capacity=100)
    for log in set(logs):
        verdict = model.verdict(log)
        body = prediction_json("a", verdict, explanation_json(model, log, verdict))
        prediction = msgspec.json.decode(body, type=Prediction)
        explanation = prediction.contributions
        assert explanation is not None
        exponent = explanation.base + sum(getattr(explanation, name) for name in FEATURE_NAMES)
        assert prediction.anomaly_score == pytest.approx(2**exponent, abs=1e-6)


@settings(max_examples=50)
@given(st.text(max_size=64))
def test_any_log_id_comes_back(log_id: str) -> None:
    """Whatever the log id, the answer is JSON that gives it back."""
    verdict = Verdict(is_anomaly=False, json=b',"is_anomaly":false', contributions=b"", terms=b"")
    assert msgspec.json.decode(prediction_json(log_id, verdict))["log_id"] == log_id


def test_a_model_with_other_features_is_refused(bundle: Bundle) -> None:
    """Features that this release cannot build are refused at load, with the version."""
    features = msgspec.structs.replace(bundle.manifest.features, names=["mood"] * 6)
    manifest = msgspec.structs.replace(bundle.manifest, features=features)
    with pytest.raises(BrokenVersionError, match="version 1: the model takes the features"):
        Model(msgspec.structs.replace(bundle, manifest=manifest), memo_capacity=1)


def test_a_model_with_fewer_features_is_refused(bundle: Bundle) -> None:
    """A manifest that does not fit its graph is refused at load."""
    features = msgspec.structs.replace(bundle.manifest.features, names=["level", "service"])
    manifest = msgspec.structs.replace(bundle.manifest, features=features)
    with pytest.raises(BrokenVersionError, match="expected one float input"):
        Model(msgspec.structs.replace(bundle, manifest=manifest), memo_capacity=1)


@pytest.mark.parametrize("name", ["model.onnx", "tables.npz"])
def test_a_model_without_a_file_is_refused(bundle: Bundle, name: str) -> None:
    """What a detector needs and the manifest does not list is named."""
    files = {other: data for other, data in bundle.files.items() if other != name}
    with pytest.raises(BrokenVersionError, match=f"version 1: the manifest lists no {name}"):
        Model(msgspec.structs.replace(bundle, files=files), memo_capacity=1)


def test_a_model_of_another_hash_of_services_is_broken(bundle: Bundle) -> None:
    """Its service numbers mean other services."""
    features = msgspec.structs.replace(bundle.manifest.features, service_hash="md5")
    manifest = msgspec.structs.replace(bundle.manifest, features=features)
    with pytest.raises(BrokenVersionError, match="hashed by 'md5'"):
        Model(msgspec.structs.replace(bundle, manifest=manifest), memo_capacity=1)


def test_a_model_whose_tables_hold_no_numbers_is_broken(bundle: Bundle) -> None:
    """A NaN among the percentiles is refused; it would sort anywhere."""
    tables = Tables.from_bytes(bundle.files["tables.npz"])
    percentiles = tables.percentiles.copy()
    percentiles[500] = np.nan
    damaged = msgspec.structs.replace(tables, percentiles=percentiles).to_bytes()
    files = {**bundle.files, "tables.npz": damaged}
    with pytest.raises(BrokenVersionError, match="holds what is no number"):
        Model(msgspec.structs.replace(bundle, files=files), memo_capacity=1)
