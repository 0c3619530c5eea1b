"""Times read many at once are the times read one by one."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.intake.times import read_time
from trainer.counting.iso_times import read_times

ZONES = st.one_of(
    st.none(),
    st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
MOMENTS = st.builds(
    lambda moment, between, kind: moment.isoformat(between, kind),
    st.builds(
        lambda moment, zone: moment.replace(tzinfo=zone),
        st.datetimes(datetime(1600, 1, 1)),  # noqa: DTZ001 - strategies take it bare
        ZONES,
    ),
    st.sampled_from("T "),
    st.sampled_from(["auto", "seconds", "milliseconds", "microseconds"]),
)
DAMAGED = st.builds(
    lambda text, place, character: text[:place] + character + text[place + 1 :],
    st.one_of(MOMENTS, st.just("2026-11-24T08:00:00.123456789Z")),
    st.integers(0, 36),
    st.one_of(st.sampled_from("09:-+.,TZ éÿ\u0100\u0130 \0"), st.characters()),
)
OTHERS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())
)


def assert_the_same(written: list[object], year: int | None) -> None:
    """Both ways give the same times."""
    times, known = read_times(written, year)
    expected = [read_time(text, year) for text in written]
    assert known.tolist() == [time is not None for time in expected]
    assert times[known].tolist() == [time for time in expected if time is not None]


@settings(max_examples=300)
@given(st.lists(st.one_of(MOMENTS, DAMAGED, OTHERS)), st.none() | st.integers(1970, 2100))
def test_many_at_once_are_one_by_one(written: list[object], year: int | None) -> None:
    """Whatever stands there: times of the usual form, damaged times, other forms, no times."""
    assert_the_same(written, year)


@pytest.mark.parametrize(
    "written",
    [
        "2023-01-29T08:42:22.383150913Z",
        "2023-01-29T08:42:22.38259894Z",
        "2024-02-29 23:59:59,999",
        "2023-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2000-02-29T00:00:00+05:30",
        "2026-11-24T08:00:60Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T08:00:00.Z",
        "2026-11-24T08:00:00+24:00",
        "2026-11-24T08:00:00+05:99",
        "2026-11-24T08:00:00 CET",
        "2026-11-24T08:00:00.1234567890123456789Z",
        "0000-01-01T00:00:00",
        "26/11/24 08:00:00",
        "May  1 10:00:00",
        "",
    ],
)
def test_edges(written: str) -> None:
    """Leap days, leap seconds, digits beyond microseconds, zones that are none."""
    assert_the_same([written, "2026-11-24T08:00:00Z", written], 2026)
    assert_the_same([written], None)


def test_nothing_is_nothing() -> None:
    """No records have no times."""
    assert_the_same([], None)
