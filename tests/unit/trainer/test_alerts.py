"""What a person gets who reads alerts: labelled lines among the first, and faults met."""

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.features import SEVERITY, Level
from schemas.record.key import pack_record
from tests.made_logs import make_log
from trainer.cli.main import main
from trainer.judging.alerts import labelled_among
from trainer.judging.faults import Met, meet_records
from trainer.reading.assembling import Record

SAMPLES = Path(__file__).parents[3] / "samples" / "logs.jsonl.gz"

groups = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 9), st.integers(0, 9)).map(
        lambda counts: (counts[0], counts[1] + counts[2], counts[2])
    ),
    min_size=1,
    max_size=12,
)


@given(groups, st.data())
def test_labelled_among_the_first(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """Whole ties count as they are, a tie that is cut by its share of labels."""
    n = data.draw(st.integers(0, sum(lines for _, lines, _ in rows)))
    left, expected = n, Fraction(0)
    for score in sorted({score for score, _, _ in rows}, reverse=True):
        lines = sum(row[1] for row in rows if row[0] == score)
        labelled = sum(row[2] for row in rows if row[0] == score)
        taken = min(left, lines)
        expected += Fraction(labelled * taken, lines)
        left -= taken
    scores, counts, positives = (np.array(column) for column in zip(*rows, strict=True))
    found = labelled_among(scores.astype(np.float64), counts, positives, n)
    assert found == pytest.approx(float(expected))


records = st.lists(
    st.builds(
        lambda service, level, label: Record(
            1, make_log(7, level, service), None, bool(label), None, label
        ),
        st.sampled_from(["cart", "stock"]),
        st.sampled_from([Level.INFO, Level.ERROR, Level.FATAL]),
        st.sampled_from(["", "", "disk", "net"]),
    ),
    max_size=30,
)
FLAGGED = frozenset({pack_record(make_log(7, Level.FATAL, "cart"))})


@given(records, st.data())
def test_parts_meet_what_the_whole_meets(whole: list[Record], data: st.DataObject) -> None:
    """However the data is cut: a run goes on over a border."""
    cut = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=3)))
    borders = [0, *cut, len(whole)]
    total = Met({}, {})
    for start, stop in itertools.pairwise(borders):
        total.add(meet_records(whole[start:stop], FLAGGED))
    at_once = meet_records(whole, FLAGGED)
    assert total.names == at_once.names
    assert {name: runs.met for name, runs in total.runs.items()} == {
        name: runs.met for name, runs in at_once.runs.items()
    }
    for service, runs in at_once.runs.items():
        own = [record for record in whole if record.features.service == service]
        begun = [
            record.positive and not (index and own[index - 1].positive)
            for index, record in enumerate(own)
        ]
        assert len(runs.met) == sum(map(bool, begun))
    alerted = {
        record.label
        for record in whole
        if record.positive and SEVERITY[record.features.level] >= SEVERITY[Level.ERROR]
    }
    assert {name for name, met in at_once.names.items() if met & 2} == alerted


def test_the_samples_name_23_faults(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An alert on ERROR meets all of them, with 138 of 144 lines labelled; named or as runs."""
    fit = ["fit", str(SAMPLES), "--model-dir", str(tmp_path)]
    assert main([*fit, "--fault-field", "fault"]) == 0
    shown = capsys.readouterr().out
    assert "of 23 faults; an alert on ERROR flags 144, 138 of them labelled, and finds 23." in shown
    assert "faults that are named: " in shown
    assert "level >= ERROR" in shown
    report = str(tmp_path / "page.html")
    evaluate = ["evaluate", str(SAMPLES), "--model-dir", str(tmp_path), "--report", report]
    assert main([*evaluate, "--label-field", "fault"]) == 0
    assert "of 74 have a flagged line" in capsys.readouterr().out
    assert main([*evaluate, "--label-field", "fault", "--fault-field", "level"]) == 2
    assert "Expected the same field for both" in capsys.readouterr().err
