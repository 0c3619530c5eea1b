"""What a threshold flags of what it is a quantile of, and what a tie keeps from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.bundle.options import TrainOptions
from schemas.record.features import Level
from tests.made_logs import make_log
from tests.recalibrated import DETECTORS, publish
from trainer.counting.table import CountTable, count_logs
from trainer.fitting.forward import Calibration, Measured
from trainer.fitting.pipeline import fit
from trainer.fitting.quantiles import THOUSANDTHS
from trainer.fitting.reach import Reach
from trainer.fitting.recalibration import recalibrate
from trainer.fitting.surprisal_fit import fit_surprisal

scores = st.lists(st.tuples(st.integers(0, 20), st.integers(1, 50)), min_size=1, max_size=30)


def measured(records: list[tuple[int, int]]) -> Measured:
    """Records of one service by scores with counts."""
    values, counts = np.array(records, np.int64).T
    return Measured(values.astype(np.float64), counts, np.zeros(len(counts), np.int64))


@given(scores, scores, st.floats(0.001, 0.5))
def test_the_contamination_that_is_named_flags_the_tie(
    present: list[tuple[int, int]], later: list[tuple[int, int]], asked: float
) -> None:
    """And none that is smaller by a thousandth does, of records judged in one way or in both."""
    for calibration in (
        Calibration.of(measured(present), []),
        Calibration.of(measured(present), [measured(later)]),
    ):
        threshold = calibration.threshold(asked)
        reach = calibration.reach(threshold, "records")
        assert reach.flagged <= asked + 1e-9
        if reach.with_tie > 0.5:
            continue
        assert calibration.threshold(reach.with_tie + 1e-9) < threshold
        assert reach.flagged < reach.with_tie
        if reach.with_tie > asked + 0.001:
            assert calibration.threshold(reach.with_tie - 0.001) == threshold


@given(scores, st.floats(0.01, 0.5))
def test_thousandths_tell_the_same_to_a_thousandth(
    records: list[tuple[int, int]], asked: float
) -> None:
    """A model keeps no more of its training records."""
    exact = Calibration.of(measured(records), [])
    edges = exact.at_least(THOUSANDTHS)
    place = int(np.ceil(round((1 - asked) * 1_000, 6))) - 1
    threshold = float(edges[place])
    kept, reach = Reach.of_thousandths(edges, threshold), exact.reach(threshold, "records")
    assert kept.flagged == pytest.approx(reach.flagged, abs=0.001)
    assert kept.with_tie == pytest.approx(reach.with_tie, abs=0.001)


def tied(n_tied: int) -> CountTable:
    """Some 900 records, so many of which are as odd as the oddest but one."""
    logs = [make_log(20 + number % 90) for number in range(899 - n_tied)]
    worst = make_log(60_000, Level.FATAL, "odd")
    return count_logs([*logs, *[make_log(5_000, Level.ERROR)] * n_tied, worst])


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_large_tie_is_warned_of_with_what_flags_it(detector: str) -> None:
    """Of 900 records 60 share the second highest score: 1 % cannot be had, 6.8 % can."""
    options = TrainOptions(detector=detector, contamination=0.01, n_estimators=20)
    table = tied(60)
    (warning,) = [warning for warning in fit(table, options).warnings if "tie" in warning]
    share = float(warning.split("a contamination of ")[1].split()[0])
    fitted = fit(table, TrainOptions(detector=detector, contamination=share, n_estimators=20))
    assert fitted.n_anomalies >= 61
    assert [warning for warning in fitted.warnings if "tie" in warning] == []


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_recalibration_warns_of_a_tie(detector: str) -> None:
    """By the records that are given, and by the thousandths that a model keeps."""
    bundle = publish(tied(60), detector=detector, contamination=0.1, n_estimators=20)
    for table in (None, tied(60)):
        assert [
            warning for warning in recalibrate(bundle, 0.01, table).warnings if "tie" in warning
        ]
        assert [
            warning for warning in recalibrate(bundle, 0.1, table).warnings if "tie" in warning
        ] == []


def test_records_with_a_message_and_without_have_a_reach_each(message_table: CountTable) -> None:
    """Each is judged by a threshold of its own."""
    reached = fit_surprisal(message_table, TrainOptions(n_estimators=5)).reached
    assert [reach.records for reach in reached] == [
        "records judged without a message",
        "records with a message",
    ]


def test_a_share_below_one_record_is_warned_of_as_such(message_table: CountTable) -> None:
    """No tie is to blame."""
    warnings = fit(message_table, TrainOptions(contamination=0.0001, n_estimators=5)).warnings
    assert [
        warning
        for warning in warnings
        if warning.startswith("contamination is 0.0001, less than 1 in")
    ]
    assert [warning for warning in warnings if "tie" in warning] == []
