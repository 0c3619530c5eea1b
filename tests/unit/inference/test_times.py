"""When records were written: times in every usual form."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.intake.fragments import DATED
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
    ("2024-05-01|10:00:00", NOON),
    ("24/05/01@10:00:00", NOON),
    ("/Date(1714557600000)/", NOON),
    ("/Date(1714557600000+0200)/", NOON),
    ("Wed, 01 May 2024 10:00:00 +0000", NOON),
    ("@40000000663212aa0754d4c0", NOON + 123_000),
    ("240501 100000", NOON),
    ("20240501-10:00:00:000", NOON),
    ("20240501-10:0:0:7", NOON + 7_000),
    ("20240501-10:00:00:119", NOON + 119_000),
    ("Wed May  1 03:00:00 PDT 2024", NOON),
    ("Mi 1. Mai 12:00:00 CEST 2024", NOON),
    ("2024-05-01 12:00:00+02", NOON),
    ("05/01/2024-10:00:00.123", NOON + 123_000),
    ("1/5/2024 -- 10:00:00", NOON),
    ("may/01/2024 10:00:00", NOON),
    ("[2024.05.01-10.00.00:123", NOON + 123_000),
    ("20240501T100000Z", NOON),
    ("20240501100000", NOON),
    ("5/1/24 12:00:00:000 CEST", NOON),
    ("05/01/24 10:00:00", NOON),
    ("01.05.24 10:00:00", NOON),
    ("31/05/2024 10:00:00", NOON + 30 * 86_400_000_000),
    ("5/31/24 10:00:00", NOON + 30 * 86_400_000_000),
    ("31/05/24 10:00:00", NOON + 30 * 86_400_000_000),
    ("31/31/24 10:00:00", None),
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


MONTHS = [
    ("1. Mai 2024 10:00:00", 5),
    ("01-mai-2024 10:00:00.000", 5),
    ("1 mag 2024 10:00:00", 5),
    ("01-mei-2024 10:00:00", 5),
    ("01/maj/2024:10:00:00", 5),
    ("1. März 2024 10:00:00", 3),
    ("01-Mrz-2024 10:00:00", 3),
    ("1 mrt. 2024 10:00:00", 3),
    ("ene 01, 2024 10:00:00 A.\xa0M.", 1),
    ("01-gen-2024 10:00:00", 1),
    ("Jän 01, 2024 10:00:00", 1),
    ("01/fev/2024 10:00:00", 2),
    ("1 févr. 2024 10:00:00", 2),
    ("avr. 01, 2024 10:00:00", 4),
    ("01-abr-2024 10:00:00", 4),
    ("1 juin 2024 10:00:00", 6),
    ("01-giu-2024 10:00:00", 6),
    ("1 juil. 2024 10:00:00", 7),
    ("01-lug-2024 10:00:00", 7),
    ("août 01, 2024 10:00:00 AM", 8),
    ("aout 01, 2024 10:00:00 AM", 8),
    ("01-ago-2024 10:00:00", 8),
    ("01/set/2024 10:00:00", 9),
    ("1 sept. 2024 10:00:00", 9),
    ("1. Okt. 2024 10:00:00", 10),
    ("01/out/2024 10:00:00", 10),
    ("01-ott-2024 10:00:00", 10),
    ("1. Dez. 2024 10:00:00", 12),
    ("01-dic-2024 10:00:00", 12),
    ("1 déc. 2024 10:00:00", 12),
    ("1 décembre 2024 10:00:00", 12),
]


@pytest.mark.parametrize(("written", "month"), MONTHS)
def test_a_month_is_read_in_the_language_of_the_user(written: str, month: int) -> None:
    """Java, syslog and `date` follow the locale: short or whole, with a stop, with marks or not."""
    expected = datetime(2024, month, 1, 10, tzinfo=UTC)
    assert read_time(written) == int(expected.timestamp()) * 1_000_000
    assert re.fullmatch(DATED, written)


def test_a_month_is_no_other_word() -> None:
    """A word before a number and a clock is none."""
    for written in ("Zone 01, 2024 10:00:00", "01-xyz-2024 10:00:00", "ju 01, 2024 10:00:00"):
        assert read_time(written) is None


def test_a_year_may_be_known_from_elsewhere() -> None:
    """Syslog names none, nor do klog and logcat."""
    for written in (
        "May  1 10:00:00",
        "0501 10:00:00",
        "05-01 10:00:00.0",
        "05/01-10:00:00.0",
        "mai 1 10:00:00",
        "1. Mai 10:00:00",
    ):
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
