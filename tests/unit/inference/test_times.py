"""When records were written: times in every usual form."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.times import read_time

NOON = 1_714_557_600_000_000  # 2024-05-01T10:00:00Z

TIMES: list[tuple[object, int | None]] = [
    ("2024-05-01T10:00:00Z", NOON),
    ("2024-05-01 10:00:00,123", NOON + 123_000),
    ("2024-05-01T10:00:00.1234567Z", NOON + 123_456),
    ("2024-05-01T12:00:00+02:00", NOON),
    ("2024-05-01 12:00:00.000 CEST", NOON),
    ("2024/05/01 10:00:00", NOON),
    ("[01/May/2024:10:00:00 +0000]", NOON),
    ("01-May-2024 10:00:00.000", NOON),
    ("01 May 2024 10:00:00", NOON),
    ("May 01, 2024 10:00:00 AM", NOON),
    ("Wed May  1 10:00:00 2024", NOON),
    ("Wed May 01 10:00:00.5 2024", NOON + 500_000),
    ("05/01/2024, 10:00:00 AM", NOON),
    ("24/05/01 10:00:00", NOON),
    ("2024/05/01 - 10:00:00", NOON),
    ("05/01/2024 - 10:00:00", NOON),
    ("2024:05:01-10:00:00", NOON),
    ("2024-05-01][10:00:00", NOON),
    ("2024-05-01\t10:00:00", NOON),
    ("Wed, 01 May 2024 10:00:00 +0000", NOON),
    ("@40000000663212aa0754d4c0", NOON + 123_000),
    ("240501 100000", NOON),
    ("20240501-10:00:00:000", NOON),
    ("20240501-10:0:0:7", NOON + 7_000),
    ("20240501-10:00:00:119", NOON + 119_000),
    ("2024-05-01", NOON - 36_000_000_000),
    (1_714_557_600, NOON),
    (1_714_557_600.5, NOON + 500_000),
    (1_714_557_600_000, NOON),
    (NOON, NOON),
    (NOON * 1_000, NOON),
    ("1714557600000", NOON),
    ("May  1 10:00:00", None),
    ("10:00:00", None),
    ("2024-13-01 10:00:00", None),
    ("yesterday", None),
    (7, None),
    (True, None),
    (None, None),
    ([], None),
]


@pytest.mark.parametrize(("written", "micros"), TIMES)
def test_a_time_is_read(written: object, micros: int | None) -> None:
    """As microseconds since 1970 in UTC; what is no whole time is none."""
    assert read_time(written) == micros


def test_a_year_may_be_known_from_elsewhere() -> None:
    """Syslog names none, nor do klog and logcat."""
    for written in ("May  1 10:00:00", "0501 10:00:00", "05-01 10:00:00.0"):
        assert read_time(written) is None
        assert read_time(written, 2024) == NOON


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001 - made aware below
def test_iso_times_come_back(moment: datetime) -> None:
    """Whatever the moment."""
    aware = moment.replace(tzinfo=UTC)
    expected = round((aware - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)
    found = read_time(aware.isoformat())
    assert found is not None
    assert abs(found - expected) <= 1


@given(st.text() | st.floats() | st.integers())
def test_anything_is_a_time_or_none(written: object) -> None:
    """Nothing raises."""
    found = read_time(written, 2024)
    assert found is None or isinstance(found, int)


@given(
    st.datetimes(datetime(1970, 1, 2), timezones=st.one_of(st.none(), st.timezones())),  # noqa: DTZ001 - strategies take it bare
    st.sampled_from("T "),
)
def test_iso_is_read_as_by_the_patterns(moment: datetime, between: str) -> None:
    """The short way for what most loggers write gives what the patterns give."""
    written = moment.isoformat(between)
    if moment.utcoffset() is None or moment.utcoffset().seconds % 60 == 0:  # type: ignore[union-attr]  # just asked
        assert read_time(written) == read_time(f"[{written}]")
