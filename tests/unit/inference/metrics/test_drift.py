"""How far logs are from those of the training."""

from collections.abc import Sequence

import msgspec
import pytest

from inference.metrics.board import Board
from inference.metrics.drift import ENOUGH_LOGS, LOOKS, Window, drift_families
from inference.metrics.judged import Judged
from inference.model.model import Model
from schemas.bundle.contents import Bundle
from schemas.record.features import FEATURE_NAMES, LogFeatures
from tests.made_logs import make_raw_logs
from tests.unit.inference.metrics.test_traffic import Clock

WINDOW_S = 600.0


class Service:
    """Judges logs, counts them and looks back, all in one process."""

    def __init__(self, bundle: Bundle) -> None:
        self.clock = Clock()
        self.board = Board()
        self.judged = Judged(self.board, 10, 10)
        self.board.open()
        self.window = Window(WINDOW_S, self.clock)
        self.model = Model(bundle, memo_capacity=10_000, marker=self.judged)
        self.window.begin(self.judged.spread(self.board.totals()))

    def judge(self, logs: Sequence[LogFeatures]) -> None:
        """Judge and count."""
        self.judged.count_all(self.model.verdicts(logs))

    def samples(self) -> dict[tuple[str, ...], float]:
        """The samples of drift."""
        now = self.window.since(self.judged.spread(self.board.totals()))
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in drift_families(self.model.manifest, now)
            for sample in family.samples
        }


@pytest.fixture
def service(surprisal_bundle: Bundle) -> Service:
    """With a model of logs with and without messages."""
    return Service(surprisal_bundle)


@pytest.fixture
def drawn(service: Service) -> list[LogFeatures]:
    """Logs like those that the model learned from: a thousand of the same, and more."""
    return [
        service.model.extract(log.message, log.level, log.service) for log in make_raw_logs(1_000)
    ]


def test_logs_like_those_of_the_training_do_not_drift(
    service: Service, drawn: list[LogFeatures], message_table: object, logs: list[LogFeatures]
) -> None:
    """The very records have an index of nearly nothing, and none of them was never seen."""
    assert message_table is not None  # 1,000 raw logs, and the first 500 of the others
    service.judge([*drawn, *logs[:500]])
    samples = service.samples()
    for feature in FEATURE_NAMES:
        assert samples["log_anomaly_drift_psi", feature] < 0.01
    assert samples["log_anomaly_unseen_share", "signature"] == 0
    assert samples["log_anomaly_unseen_share", "template"] == 0
    flagged = service.model.manifest.calibration.flagged_share
    assert samples["log_anomaly_contamination",] == flagged
    assert samples["log_anomaly_flagged_share",] == pytest.approx(flagged, abs=1e-9)


def test_what_changes_drifts(service: Service, drawn: list[LogFeatures]) -> None:
    """One feature that is another, and messages that training never saw."""
    odd = [
        service.model.extract(f"never {'x' * n} seen", log.level, log.service)
        for n, log in enumerate(drawn)
    ]
    service.judge(odd)
    samples = service.samples()
    assert samples["log_anomaly_drift_psi", "message_length"] > 0.25
    assert samples["log_anomaly_unseen_share", "template"] > 0.9
    assert samples["log_anomaly_drift_window_logs",] == 1_000


def test_few_logs_tell_nothing(service: Service, drawn: list[LogFeatures]) -> None:
    """But how many there are."""
    service.judge(drawn[: ENOUGH_LOGS - 1])
    names = {key[0] for key in service.samples()}
    assert names == {
        "log_anomaly_contamination",
        "log_anomaly_drift_window_logs",
        "log_anomaly_drift_window_seconds",
    }


def test_a_model_of_an_earlier_release_has_no_index(
    service: Service, drawn: list[LogFeatures]
) -> None:
    """All other figures are given."""
    training = msgspec.structs.replace(service.model.manifest.training, shares={})
    service.model.manifest = msgspec.structs.replace(service.model.manifest, training=training)
    service.judge(drawn)
    samples = service.samples()
    assert not any(name == "log_anomaly_drift_psi" for name, *_ in samples)
    assert ("log_anomaly_flagged_share",) in samples


def test_the_window_moves_on(service: Service, drawn: list[LogFeatures]) -> None:
    """It is a whole window long, give or take one look, and knows nothing older."""
    log = drawn[:1]
    for look in range(3 * LOOKS):
        service.clock.now = look * service.window.look_s
        service.window.look(service.judged.spread(service.board.totals()))
        service.judge(log)
        samples = service.samples()
        assert samples["log_anomaly_drift_window_seconds",] <= WINDOW_S
        assert samples["log_anomaly_drift_window_logs",] <= LOOKS + 1
    assert samples["log_anomaly_drift_window_seconds",] == WINDOW_S
    assert samples["log_anomaly_drift_window_logs",] == LOOKS + 1


def test_a_new_worker_begins_anew_unless_the_service_is_young(
    service: Service, drawn: list[LogFeatures]
) -> None:
    """What it has from the process that it was forked from may be long ago."""
    service.judge(drawn)
    for seconds, expected in ((WINDOW_S, 1_000), (WINDOW_S + 1, 0)):
        service.clock.now = seconds
        service.window.begin(service.judged.spread(service.board.totals()))
        assert service.samples()["log_anomaly_drift_window_logs",] == expected
