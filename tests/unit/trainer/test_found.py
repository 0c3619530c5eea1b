"""The patterns that a model finds worst, and what it flags over time."""

from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest

from schemas.bundle.options import TrainOptions
from schemas.record.extraction import extract
from schemas.record.features import Level
from schemas.record.key import Ints
from tests.made_logs import make_logs
from trainer.counting.pattern_table import without_texts
from trainer.counting.record_counter import RecordCounter
from trainer.counting.table import count_logs
from trainer.fitting.pipeline import fit
from trainer.judging.alerts import labelled_patterns
from trainer.judging.evaluation import make_report
from trainer.judging.found import TOP_PATTERNS, find_patterns
from trainer.judging.judged import judged_already
from trainer.patterns.summing import sum_up
from trainer.reading.assembling import Record
from trainer.report.content import BadRecord, Report
from trainer.report.goodness import FirstPatterns

START = datetime(2026, 11, 24, 8, tzinfo=UTC)


class Subject(msgspec.Struct):
    """Where records come from."""

    sources: list[str] = []
    detected: list[str] = []
    n_bad: int = 0
    bad: list[BadRecord] = []

    def count_faults(self, _flagged: Ints) -> None:
        """Unknown: there is no data to read again."""


def counter_of_an_hour(*, labelled: bool) -> RecordCounter:
    """990 ordinary lines, one a second, and nine failures at the end, each of its own kind."""
    counter = RecordCounter(0, labelled=labelled)
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota"]
    lines = [(f"order {number} placed", Level.INFO) for number in range(990)]
    lines += [(f"disk {word} failed", Level.ERROR) for word in words]
    counter.count(
        Record(
            number,
            extract(message, level, "shop"),
            message,
            level is Level.ERROR,
            (START + timedelta(seconds=number)).isoformat(),
        )
        for number, (message, level) in enumerate(lines, start=1)
    )
    return counter


@pytest.fixture(scope="module", params=["surprisal", "isolation_forest"])
def report(request: pytest.FixtureRequest) -> Report:
    """The report on an hour with a bad end, by each detector."""
    return report_by(request.param, labelled=True)


def report_by(detector: str, *, labelled: bool) -> Report:
    """The report of a detector that learned from the hour it judges."""
    counter = counter_of_an_hour(labelled=labelled)
    table = counter.table()
    fitted = fit(table, TrainOptions(detector=detector, contamination=0.01))
    judged = judged_already(table, fitted)
    found = find_patterns(counter.patterns(), table, judged)
    assert found is not None
    places = found.top.table.places
    assert places is not None
    assert found.places == places.tolist()
    return make_report(Subject(), table, [judged], found.top, {}, found=found)


def test_the_worst_patterns_come_first(report: Report) -> None:
    """By their lowest decision, each with what is known of it."""
    assert (report.n_patterns, len(report.patterns)) == (10, 10)
    decisions = [pattern.record.decision for pattern in report.patterns]
    assert decisions == sorted(decisions)
    if report.detector == "surprisal":  # the forest knows lengths and levels alone
        assert report.patterns[-1].text == "order # placed"
    failures = [pattern for pattern in report.patterns if pattern.level == "ERROR"]
    (ordinary,) = (pattern for pattern in report.patterns if pattern.level == "INFO")
    assert {pattern.text for pattern in failures} >= {"disk alpha failed", "disk iota failed"}
    assert {(pattern.n_rows, pattern.n_labelled) for pattern in failures} == {(1, 1)}
    assert (ordinary.text, ordinary.n_rows, ordinary.n_labelled) == ("order # placed", 990, 0)
    assert (ordinary.first_seen, ordinary.last_seen) == (
        "2026-11-24T08:00:01Z",
        "2026-11-24T08:16:30Z",
    )
    assert sum(ordinary.spark) == 990


def test_the_newest_patterns_come_first(report: Report) -> None:
    """By their first line, flagged or not, ten at most."""
    times = [pattern.first_seen for pattern in report.newest]
    assert times == sorted(times, reverse=True)
    assert len(times) == 10
    assert report.newest[0].text == "disk iota failed"
    assert report.newest[-1].text == "order # placed"
    shown = {pattern.pattern_id: (pattern.n_rows, pattern.n_flagged) for pattern in report.patterns}
    assert {
        pattern.pattern_id: (pattern.n_rows, pattern.n_flagged) for pattern in report.newest
    } == shown


def test_labels_of_the_worst_patterns_are_counted(report: Report) -> None:
    """Of as many patterns as there are, and nothing without labels or where there are fewer."""
    assert report.first_patterns == [FirstPatterns(10, 9)]
    assert labelled_patterns(report.patterns[:9]) == []
    assert report_by(report.detector, labelled=False).first_patterns == []


def test_flags_add_up(report: Report) -> None:
    """Over patterns, over time and in the headline, what is flagged is the same."""
    n_flagged = report.distributions[0].n_flagged
    assert sum(pattern.n_flagged for pattern in report.patterns) == n_flagged
    assert report.n_flagged_patterns == sum(1 for pattern in report.patterns if pattern.n_flagged)
    assert report.timeline is not None
    assert sum(report.timeline.n_flagged) == n_flagged
    assert sum(report.timeline.n_rows) == report.n_rows == 999
    hits = sum(pattern.n_labelled or 0 for pattern in report.patterns if pattern.n_flagged)
    labelled = f"all {hits} are" if hits == n_flagged else f"{hits} of them are"
    assert report.headline == (
        f"Flags {n_flagged} of 999 lines; {labelled} labelled, of 9 in all; an alert on ERROR "
        f"flags 9, 9 of them labelled."
    )


def test_slots_of_the_timeline_begin_and_end_where_it_says(report: Report) -> None:
    """Slots are of equal width and hold all times."""
    line = report.timeline
    assert line is not None
    start, end = datetime.fromisoformat(line.start), datetime.fromisoformat(line.end)
    assert (end - start).total_seconds() == pytest.approx(line.slot_seconds * len(line.n_rows))
    assert start <= START + timedelta(seconds=1)
    assert end > START + timedelta(seconds=999)
    assert line.n_flagged[-1] > 0


def test_without_labels_nothing_is_shown_of_them() -> None:
    """Nor in the headline."""
    report = report_by("surprisal", labelled=False)
    assert {pattern.n_labelled for pattern in report.patterns} == {None}
    assert report.headline.endswith("of 999 lines; an alert on ERROR flags 9.")


def test_texts_may_be_left_out() -> None:
    """For those who want no part of a log line in a report: the id stays."""
    patterns = without_texts(counter_of_an_hour(labelled=False).patterns())
    listed = sum_up(patterns)
    assert {pattern.text for pattern in listed} == {""}
    assert len({pattern.pattern_id for pattern in listed}) == 10


def test_records_without_messages_have_no_patterns() -> None:
    """And of many patterns, no more are shown than a person reads."""
    table = count_logs(make_logs(300))
    judged = judged_already(table, fit(table, TrainOptions()))
    assert find_patterns(RecordCounter(0, labelled=False).patterns(), table, judged) is None
    counter = RecordCounter(0, labelled=False)
    counter.count(
        Record(number, extract(f"{word} {letter}", Level.INFO, "a"), f"{word} {letter}")
        for number, (word, letter) in enumerate(
            (word, letter) for word in ("user", "order") for letter in "abcdefghijklmnop"
        )
    )
    table = counter.table()
    judged = judged_already(table, fit(table, TrainOptions(detector="surprisal")))
    found = find_patterns(counter.patterns(), table, judged)
    assert found is not None
    assert (found.n_patterns, len(found.shown)) == (32, TOP_PATTERNS)
    assert np.all(np.diff(found.top.judgements.decisions) >= 0)
