"""How counts spread over time, in slots whose width depends on the times alone."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trainer.counting.seen_times import SeenTimes
from trainer.counting.table import NEVER_SEEN, NO_TIME
from trainer.counting.time_slots import (
    N_SLOTS,
    Spread,
    bits_for,
    concatenated,
    no_spread,
    spread_of,
)

times = st.integers(-(10**9), 2 * 10**15)
START = datetime(1970, 1, 1, tzinfo=UTC)
records = st.lists(st.tuples(times, st.integers(0, 3)), min_size=1, max_size=50)


def moment(time: int) -> str:
    """A time as loggers write it."""
    return (START + timedelta(microseconds=time)).isoformat()


def spread(pairs: list[tuple[int, int]], n_rows: int = 4) -> Spread:
    """That of pairs of time and row."""
    seen, rows = zip(*pairs, strict=True)
    return spread_of(np.array(seen), np.array(rows), n_rows)


def plain(spread: Spread) -> tuple[int, int, int, list[int], list[int]]:
    """In a comparable form."""
    return spread.bits, spread.first, spread.n_rows, spread.cells.tolist(), spread.counts.tolist()


def of_row(spread: Spread, row: int) -> list[int]:
    """Counts by slot of one row."""
    found: list[int] = spread.total(np.arange(spread.n_rows) == row).tolist()
    return found


@given(times, times)
def test_slots_are_as_narrow_as_they_can_be(first: int, second: int) -> None:
    """All times have room, and would have none in slots half as wide."""
    low, high = sorted([first, second])
    bits = bits_for(low, high)
    assert (high >> bits) - (low >> bits) < N_SLOTS
    assert bits == 0 or (high >> bits - 1) - (low >> bits - 1) >= N_SLOTS


@given(records)
def test_each_record_is_in_the_slot_of_its_time(pairs: list[tuple[int, int]]) -> None:
    """A slot begins at its number times its width."""
    found = spread(pairs)
    for time, row in pairs:
        assert of_row(found, row)[(time >> found.bits) - found.first] > 0
    assert found.total().sum() == len(pairs)
    assert found.total()[0] > 0
    assert found.total()[-1] > 0
    assert len(found.total()) <= N_SLOTS


@given(records, records)
def test_parts_add_up(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> None:
    """The sum is what the records would have made at once, whatever the parts' widths are."""
    assert plain(spread(some) + spread(others)) == plain(spread([*some, *others]))
    assert plain(spread(some) + no_spread(4)) == plain(spread(some))
    both = concatenated([spread(some), no_spread(1), spread(others)])
    assert both.n_rows == 9
    assert sum(of_row(both, 4)) == 0
    assert [sum(of_row(both, row)) for row in range(4)] == [
        sum(of_row(spread(some), row)) for row in range(4)
    ]
    assert plain(both.take(np.arange(5, 9)) + both.take(np.arange(4))) == plain(
        spread([*some, *others])
    )


@given(st.lists(records, max_size=4))
def test_looks_add_up(looks: list[list[tuple[int, int]]]) -> None:
    """However often the buffers are read, first, last and spread are those of all."""
    seen = SeenTimes()
    for pairs in looks:
        for time, row in pairs:
            seen.written.append(moment(time))
            seen.rows.append(row)
        seen.look(4)
    seen.look(5)
    whole = [pair for pairs in looks for pair in pairs]
    first, last, over_time = seen.of(np.arange(5))
    for row in range(5):
        own = [time for time, number in whole if number == row]
        assert (first[row], last[row]) == (min(own, default=NEVER_SEEN), max(own, default=NO_TIME))
    assert over_time is not None
    assert plain(over_time) == plain(spread(whole, 5) if whole else no_spread(5))
