"""Patterns counted beside records, and tables of them added up."""

import random
from collections import Counter
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.record.extraction import extract
from schemas.record.features import Level
from schemas.record.key import pack_record
from schemas.record.templates import pattern_id, template_of
from trainer.counting.pattern_table import PatternTable, merge_patterns
from trainer.counting.record_counter import RecordCounter
from trainer.counting.table import NEVER_SEEN, NO_TIME
from trainer.reading.assembling import Record
from trainer.reading.partitions import Place

messages = st.sampled_from(["User 1 in", "User 22 in", "disk full", "Disk FULL", ""])
written = st.sampled_from([None, "yesterday", "2026-01-02T03:04:05Z", "2026-01-02T03:04:06+01:00"])
lines = st.lists(
    st.tuples(messages, st.sampled_from(Level), st.sampled_from(["a", "b"]), written, st.booleans())
)

Line = tuple[str, Level, str, str | None, bool]


def counted(
    these: Sequence[Line], partition: int = 0, flush: int = 3, max_patterns: int = 99
) -> PatternTable:
    """The patterns of some lines."""
    counter = RecordCounter(
        partition, labelled=True, flush_records=flush, max_patterns=max_patterns
    )
    counter.count(
        Record(number, extract(message, level, service), message, positive, time)
        for number, (message, level, service, time, positive) in enumerate(these, start=1)
    )
    return counter.patterns()


def plain(table: PatternTable) -> tuple[object, ...]:
    """A table in a comparable form."""
    columns = (
        [table.names[number] for number in table.services],
        *(
            getattr(table, name).tolist()
            for name in table.__struct_fields__
            if name not in ("names", "services", "texts", "spread", "overflowed")
        ),
    )
    spread = table.spread
    over_time = (
        None
        if spread is None
        else msgspec.json.encode(
            (spread.bits, spread.first, spread.cells.tolist(), spread.counts.tolist())
        )
    )
    return *columns, dict(table.texts), over_time, table.overflowed


@given(lines)
def test_each_row_is_what_a_count_by_hand_gives(these: list[Line]) -> None:
    """Counts and labels by service, pattern and record, and a text for each pattern."""
    table = counted(these)
    counts: Counter[tuple[str, int, int]] = Counter()
    labelled: Counter[tuple[str, int, int]] = Counter()
    for message, level, service, _, positive in these:
        row = service, pattern_id(message), pack_record(extract(message, level, service))
        counts[row] += 1
        labelled[row] += positive
    columns = plain(table)
    rows = list(zip(columns[0], columns[1], columns[2], strict=True))  # type: ignore[call-overload]
    assert rows == sorted(counts)
    assert table.counts.tolist() == [counts[row] for row in rows]
    assert table.positives.tolist() == [labelled[row] for row in rows]
    assert table.texts == {pattern_id(line[0]): template_of(line[0]) for line in these}


@given(lines)
def test_first_and_last_are_the_least_and_the_greatest(these: list[Line]) -> None:
    """Times are read whatever their zone; what is no time is none."""
    table = counted(these)
    micros = {
        "2026-01-02T03:04:05Z": 1_767_323_045_000_000,
        "2026-01-02T03:04:06+01:00": 1_767_319_446_000_000,
    }
    for row, (service, pattern, key) in enumerate(
        zip(table.services.tolist(), table.patterns.tolist(), table.keys.tolist(), strict=True)
    ):
        same = [
            (Place(0, number).pack(), micros.get(line[3] or ""))
            for number, line in enumerate(these, start=1)
            if (line[2], pattern_id(line[0])) == (table.names[service], pattern)
            and pack_record(extract(*line[:3])) == key
        ]
        times = [time for _, time in same if time is not None]
        assert (table.first_places[row], table.last_places[row]) == (same[0][0], same[-1][0])
        assert table.first_times[row] == min(times, default=NEVER_SEEN)
        assert table.last_times[row] == max(times, default=NO_TIME)


@given(lines, st.integers(1, 4), st.integers(1, 9), st.randoms(use_true_random=False))
def test_parts_add_up_in_any_order(
    these: list[Line], parts: int, flush: int, shuffler: random.Random
) -> None:
    """However the lines are cut, flushed and merged, the counts are those of the whole."""
    cut = [counted(these[part::parts], part, flush) for part in range(parts)]
    shuffler.shuffle(cut)
    both = plain(merge_patterns([merge_patterns(cut[:1]), *cut[1:]])), plain(counted(these))
    for places in (5, 6):
        both = tuple((*record[:places], None, *record[places + 1 :]) for record in both)  # type: ignore[assignment]
    assert both[0] == both[1]


@pytest.mark.parametrize("flush", [1, 100])
def test_what_does_not_repeat_is_not_kept(flush: int) -> None:
    """More patterns than the bound leave none, in one part or in two together."""
    words = [(f"word {chr(97 + n)}", Level.INFO, "a", None, False) for n in range(8)]
    assert counted(words, flush=flush, max_patterns=8).n_rows == 8
    assert counted(words, flush=flush, max_patterns=7).overflowed
    halves = [counted(words[:4], max_patterns=7), counted(words[4:], 1, max_patterns=7)]
    assert plain(merge_patterns(halves, 7)) == plain(counted(words, max_patterns=7))
    assert merge_patterns(halves, 8).n_rows == 8
