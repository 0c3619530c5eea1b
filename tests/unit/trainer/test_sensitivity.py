"""Whether a model has learned anything."""

from collections.abc import Mapping

import msgspec
import numpy as np
import pytest

from inference.detectors.judgements import Judgement, Judgements
from inference.detectors.registry import LOADERS
from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import Manifest
from schemas.bundle.options import TrainOptions
from schemas.record.features import MAX_MESSAGE_LENGTH, Level, LogFeatures
from tests.made_logs import make_log
from trainer.counting.table import CountTable, count_logs
from trainer.errors import InsensitiveModelError
from trainer.fitting.pipeline import NO_ORDER, Fitted, fit
from trainer.fitting.sensitivity import check_sensitivity, plant


class Faulty:
    """A detector with one of several faults, around a good detector."""

    def __init__(self, manifest: Manifest, files: Mapping[str, bytes], fault: str) -> None:
        self._good = LOADERS[manifest.detector](manifest, files)
        self._fault = fault

    def judge(self, logs: list[LogFeatures]) -> list[Judgement]:
        """Judge by the good detector, then spoil it."""
        if self._fault == "swapped":
            # The new service differs from the usual record in its service alone.
            usual = next(log for log in logs if log.service.startswith("new-service"))
            length, level = usual.message_length, usual.level
            logs = [
                msgspec.structs.replace(log, message_length=length, level=level) for log in logs
            ]
        return [self._spoil(judgement) for judgement in self._good.judge(logs)]

    def _spoil(self, judgement: Judgement) -> Judgement:
        if self._fault == "constant":
            return msgspec.structs.replace(judgement, anomaly_score=0.5, percentile=0.0)
        if self._fault == "ignored":
            return msgspec.structs.replace(judgement, is_anomaly=False, decision=9.0)
        return judgement


@pytest.fixture(scope="module", params=["isolation_forest", "surprisal"])
def fitted(request: pytest.FixtureRequest, message_table: CountTable) -> Fitted:
    """A good model of each detector."""
    return fit(message_table, TrainOptions(detector=request.param, contamination=0.05))


def spoilt(fitted: Fitted, fault: str) -> Model:
    """The model with a fault in its detector."""
    model = fitted.candidate.model
    copy = Model(Bundle(0, model.manifest, fitted.candidate.files), memo_capacity=1)
    copy._detector = Faulty(model.manifest, fitted.candidate.files, fault)  # type: ignore[assignment]
    return copy


def judged(fitted: Fitted, **columns: object) -> Judgements:
    """The judgements on the training records, with some columns replaced."""
    return msgspec.structs.replace(fitted.judgements, **columns)


def test_a_constant_scorer_is_refused(fitted: Fitted) -> None:
    """The same score for every record, planted or not."""
    same = np.full(fitted.table.n_distinct, 0.5)
    with pytest.raises(InsensitiveModelError, match="every record gets the same score"):
        check_sensitivity(
            spoilt(fitted, "constant"), fitted.table, judged(fitted, anomaly_scores=same), 0.05
        )


def test_an_ignored_threshold_is_refused(fitted: Fitted) -> None:
    """Nothing is flagged although a share was asked for, nor is what is odd in every way."""
    nothing = np.zeros(fitted.table.n_distinct, np.bool_)
    with pytest.raises(InsensitiveModelError, match="no record is flagged, however odd"):
        check_sensitivity(
            spoilt(fitted, "ignored"), fitted.table, judged(fitted, is_anomaly=nothing), 0.05
        )


def test_a_share_that_is_too_small_is_named(fitted: Fitted) -> None:
    """Where nothing is flagged since less than one record was asked for, the refusal says so."""
    nothing = np.zeros(fitted.table.n_distinct, np.bool_)
    with pytest.raises(InsensitiveModelError, match="contamination of 1e-06 is less than 1 in "):
        check_sensitivity(
            spoilt(fitted, "ignored"), fitted.table, judged(fitted, is_anomaly=nothing), 1e-6
        )


def test_a_threshold_that_stops_everything_is_refused(fitted: Fitted) -> None:
    """As by a threshold whose sign is wrong."""
    everything = np.ones(fitted.table.n_distinct, np.bool_)
    with pytest.raises(InsensitiveModelError, match="every training record is flagged"):
        check_sensitivity(
            fitted.candidate.model, fitted.table, judged(fitted, is_anomaly=everything), 0.05
        )


def test_swapped_columns_are_warned_of(fitted: Fitted) -> None:
    """A model that takes other columns for length and level does not see what is odd about them."""
    (warning,) = check_sensitivity(spoilt(fitted, "swapped"), fitted.table, fitted.judgements, 0.05)
    assert "does not see what is odd about" in warning
    assert "an absurd length" in warning


def test_a_good_model_passes(message_table: CountTable) -> None:
    """A surprisal detector sees each of the planted records; no order of them is known."""
    table = msgspec.structs.replace(message_table, first_seen=None, last_seen=None)
    fitted = fit(table, TrainOptions(detector="surprisal", contamination=0.05))
    assert fitted.warnings == [NO_ORDER]


def test_few_records_are_not_asked_for_their_order() -> None:
    """Nothing could be made of it."""
    logs = [make_log(length, Level.WARN) for length in range(200)]
    table = msgspec.structs.replace(count_logs(logs), first_seen=None, last_seen=None)
    options = TrainOptions(detector="surprisal", contamination=0.05)
    assert NO_ORDER not in fit(table, options).warnings


def test_planted_records_are_new_in_one_way(message_table: CountTable) -> None:
    """What training has not seen: a level, a service, a length, flags, a message."""
    logs = [make_log(100 + number % 9) for number in range(200)]
    planted = plant(count_logs(logs), with_message=True)
    usual = count_logs(logs)
    assert planted["a first FATAL"].level is Level.FATAL
    assert planted["an absurd length"].message_length == MAX_MESSAGE_LENGTH
    assert planted["a new service"].service not in usual.services.values()
    assert planted["a first exception"].has_exception
    assert planted["a first connection error"].has_connection_error
    assert "a message never seen" not in planted  # the usual record has no message
    assert "a message never seen" in plant(message_table, with_message=True)
    assert "a message never seen" not in plant(message_table, with_message=False)


def test_few_records_are_warned_of_alone() -> None:
    """Two distinct rows may well get the same score; a model of them says that it means little."""
    fitted = fit(
        count_logs([make_log(1), make_log(2)]),
        TrainOptions(detector="isolation_forest", contamination=0.05),
    )
    assert any("means little" in warning for warning in fitted.warnings)
