"""Records held out of training: which they are, and that nothing of them is learned."""

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.store.versions import ModelStore
from trainer.cli import main
from trainer.counting.table import CountTable, merge_tables
from trainer.errors import TooFewRowsError
from trainer.fitting.holdout import Split, hold_out, split_as_given
from trainer.judging.held_out import basis_of

SAMPLES = Path(__file__).parents[3] / "samples" / "logs.jsonl.gz"
YEAR_2001 = 10**15

RECORDS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=20, max_size=200)


def table_of(records: list[tuple[int, bool]], start: int = YEAR_2001) -> CountTable:
    """A table of records, each a moment behind the record before it, some labelled."""
    moments = start + np.arange(len(records), dtype=np.int64)
    return merge_tables(
        [
            CountTable(
                keys=np.array([key for key, _ in records], np.int64),
                counts=np.ones(len(records), np.int64),
                positives=np.array([label for _, label in records], np.int64),
                first_seen=moments,
                last_seen=moments,
            )
        ]
    )


def without_times(table: CountTable) -> CountTable:
    """The same records, of which nobody knows when they came."""
    return msgspec.structs.replace(table, first_seen=None, last_seen=None)


@given(RECORDS, st.floats(0.1, 0.9), st.booleans())
def test_both_parts_make_the_whole(
    records: list[tuple[int, bool]],
    share: float,
    timed: bool,  # noqa: FBT001 - hypothesis passes it
) -> None:
    """Records and labels add up, and no part has more labels of a record than records."""
    table = table_of(records)
    table = table if timed else without_times(table)
    try:
        split = hold_out(table, share)
    except TooFewRowsError:
        return
    parts = [split.learned, split.held_out]
    whole = merge_tables(parts)
    np.testing.assert_array_equal(whole.keys, table.keys)
    np.testing.assert_array_equal(whole.counts, table.counts)
    assert whole.positives is not None
    assert table.positives is not None
    np.testing.assert_array_equal(whole.positives, table.positives)
    for part in parts:
        assert part.positives is not None
        assert (part.counts > 0).all()
        assert ((part.positives >= 0) & (part.positives <= part.counts)).all()


def test_the_newest_are_held_out() -> None:
    """What came once is on its side of the moment exactly; what lasts is shared out at it."""
    records = [(n, n >= 80) for n in range(100)]
    split = hold_out(table_of(records), 0.2)
    assert split.learned.keys.tolist() == list(range(80))
    assert split.held_out.keys.tolist() == list(range(80, 100))
    assert split.since == YEAR_2001 + 80
    assert split.held_out.positives is not None
    assert split.held_out.positives.sum() == 20
    lasting = hold_out(table_of([(0, False), (1, False)] * 500), 0.2)
    np.testing.assert_allclose(lasting.learned.counts, [400, 400], atol=2)
    assert lasting.since is not None
    assert lasting.learned.last_seen is not None
    assert lasting.held_out.first_seen is not None
    assert lasting.learned.last_seen.max() < lasting.since <= lasting.held_out.first_seen.min()


def test_without_an_order_some_of_each_kind_are_held_out() -> None:
    """The same records whatever else is in the table; frequent by the share, rare by chance."""
    table = without_times(
        table_of([(n % 500, False) for n in range(1_000)] + [(500, False)] * 1_000)
    )
    split = hold_out(table, 0.25)
    assert (split.since, split.in_order) == (None, False)
    assert abs(int(split.held_out.counts.sum()) - 500) < 60
    assert int(split.held_out.counts[split.held_out.keys == 500][0]) == 250
    few = msgspec.structs.replace(
        table, keys=table.keys[:50], counts=table.counts[:50], positives=None
    )
    again = hold_out(few, 0.25).held_out
    np.testing.assert_array_equal(again.keys, split.held_out.keys[split.held_out.keys < 50])


def test_nothing_to_hold_out_is_refused() -> None:
    """Among records that came all at once none is newest."""
    moment = np.full(3, YEAR_2001)
    table = CountTable(
        keys=np.arange(3), counts=np.ones(3, np.int64), first_seen=moment, last_seen=moment
    )
    with pytest.raises(TooFewRowsError, match=r"share of 0\.2 of 3 records"):
        hold_out(table, 0.2)


def test_the_lines_that_were_held_out_are_named() -> None:
    """By their time, by their place where they have none, or that their order is unknown."""
    records = [(n, False) for n in range(10)]
    timed, placed = (hold_out(table_of(records, start), 0.2) for start in (YEAR_2001, 0))
    assert basis_of(timed).endswith("the newest 2 lines, from 2001-09-09T01:46:40+00:00 on.")
    assert basis_of(placed) == "Held out of training: the last 2 lines."
    unknown = Split(timed.learned, timed.held_out, None, in_order=False)
    assert "2 lines of all kinds" in basis_of(unknown)


def test_a_model_learns_nothing_of_what_is_held_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The manifest counts the rest alone; summary and report give both figures apart."""
    where = ["--model-dir", str(tmp_path)]
    data = [str(SAMPLES), "--label-field", "fault", "--n-estimators", "10"]
    assert main(["fit", *data, "--holdout", "0.2", *where]) == 0
    output = capsys.readouterr().out
    manifest = ModelStore(tmp_path).manifest(1)
    held_out = 6_666 - manifest.training.n_samples
    assert 0.19 < held_out / 6_666 < 0.21
    assert f"Held out of training: the newest {held_out:,} lines, from 2026-11-22T" in output
    assert "On them: ROC AUC 0." in output
    learned = f"On the {manifest.training.n_samples:,} lines that it learned from: flags "
    assert learned in output
    page = (ModelStore(tmp_path).path(1) / "report.html").read_text()
    assert f"It learned from {manifest.training.n_samples:,} of these 6,666 lines." in page
    assert f"the newest {held_out:,} lines" in page
    assert learned in page
    assert main(["fit", *data, "--holdout", "1", *where]) == 2


def test_data_that_is_given_is_held_out() -> None:
    """From a moment on if all of it came later than what is learned, else without a moment."""
    learned, later = table_of([(n, False) for n in range(10)]), [(n, False) for n in range(3)]
    after, among = (table_of(later, YEAR_2001 + start) for start in (9, 8))
    split = split_as_given(learned, after)
    assert (split.learned, split.held_out) == (learned, after)
    assert basis_of(split).endswith("the newest 3 lines, from 2001-09-09T01:46:40+00:00 on.")
    assert basis_of(split_as_given(learned, among)).endswith("3 lines of other data.")
    with pytest.raises(TooFewRowsError, match="no usable record"):
        split_as_given(learned, table_of([]))
