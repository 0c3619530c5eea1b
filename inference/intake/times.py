"""The time of a record, as microseconds since 1970 in UTC, from the forms that loggers write."""

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import Final

from inference.intake.months import MONTH, month_number

__all__ = ["read_time"]

_ZONES: Final = {
    **dict.fromkeys(("Z", "UTC", "GMT", "WET"), 0),
    "CET": 60,
    "BST": 60,
    "WEST": 60,
    "CEST": 120,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "IST": 330,
    "JST": 540,
    "KST": 540,
    "AEST": 600,
    "AEDT": 660,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
}
"""Minutes east of Greenwich, of the abbreviations that loggers write."""

_CLOCK: Final = (
    r"(?P<hour>\d\d?)[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,:](?P<part>\d{1,9})\d*)?)?"
    r"(?: ?(?P<half>[AaPp](?:[Mm]|\.[ \xa0]?[Mm]\.)))?"
)
_ZONE: Final = r"(?: ?(?P<zone>[A-Z]{1,4}(?![A-Za-z])|[+-]\d\d:?\d\d(?!\d)|[+-]\d{2,3}(?!\d)))?"
_DAY: Final = r"(?:[^\W\d_]{2,9}\.?,? +)?"
_MONTH: Final = rf"(?P<month>{MONTH})"
_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"(?P<year>\d{4})[-/.:](?P<month>\d\d?)[-/.:](?P<day>\d\d?)[-T _,:|\t\]\[]+"
            rf"{_CLOCK}{_ZONE}"
        ),
        (  # numbers without padding, down to the milliseconds: 20171224-0:5:7:14
            r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)-"
            r"(?P<hour>\d\d?):(?P<minute>\d\d?):(?P<second>\d\d?):(?P<millis>\d{1,3})$"
        ),
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)[-T ]{_CLOCK}{_ZONE}",
        (  # the same without colons
            r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)[-T_: ]?"
            rf"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?:[.,](?P<part>\d{{1,9}})\d*)?{_ZONE}"
        ),
        (
            rf"{_DAY}(?P<day>\d\d?)\.?[-/. ]?{_MONTH}[-/. ]?"
            rf"(?P<year>\d{{4}}(?=[: T,])|\d\d(?=[ T,]))[: T,]+{_CLOCK}{_ZONE}"
        ),
        rf"{_DAY}{_MONTH}(?: +|/)(?P<day>\d\d?)(?:,? |/)(?P<year>\d{{4}}),? {_CLOCK}{_ZONE}",
        (
            rf"{_DAY}{_MONTH} +(?P<day>\d\d?) {_CLOCK}(?: (?P<zone2>[A-Z]{{3,4}}))?"
            rf"(?: (?P<year>\d{{4}}))?{_ZONE}"
        ),
        (  # as `date` writes where the day goes before the month: Mi 1. Mai 10:00:00 CEST 2024
            rf"{_DAY}(?P<day>\d\d?)\.?[ -]{_MONTH} {_CLOCK}(?: (?P<zone2>[A-Z]{{3,4}}))?"
            rf"(?: (?P<year>\d{{4}}))?{_ZONE}"
        ),
        # Suricata, which writes the day first
        rf"(?P<day>\d\d?)/(?P<month>\d\d?)/(?P<year>\d{{4}}) -- {_CLOCK}{_ZONE}",
        rf"(?P<first>\d\d?)/(?P<other>\d\d?)/(?P<year>\d{{4}})(?:,? | - |[-:T]){_CLOCK}{_ZONE}",
        rf"(?P<year>1[3-9]|2\d)-(?P<month>\d\d)-(?P<day>\d\d) {_CLOCK}{_ZONE}",
        # Splunk, which writes the month first, dashes all the same
        (
            r"(?P<month>\d\d)-(?P<day>\d\d)-(?P<year>\d{4}) (?P<hour>\d\d):(?P<minute>\d\d):"
            r"(?P<second>\d\d)\.(?P<part>\d{3}) (?P<zone>[+-]\d{4})$"
        ),
        rf"(?P<day>\d\d?)[-.](?P<month>\d\d?)[-.](?P<year>\d{{4}}),? {_CLOCK}{_ZONE}",
        rf"{_MONTH}-(?P<day>\d\d)-(?P<year>\d\d) {_CLOCK}{_ZONE}",
        rf"(?P<first>\d\d?)/(?P<other>\d\d?)/(?P<last>\d\d)(?:,? |@){_CLOCK}{_ZONE}",
        rf"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d\d),? {_CLOCK}{_ZONE}",
        rf"(?P<month>\d\d)[-/](?P<day>\d\d)[ |-]{_CLOCK}{_ZONE}",
        rf"(?P<year>\d{{4}}) {_MONTH} +(?P<day>\d\d?) {_CLOCK}{_ZONE}",
        (
            r"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d) +(?P<hour>\d\d?):?(?P<minute>\d\d):?"
            r"(?P<second>\d\d)(?:\.(?P<part>\d{1,9}))?"
        ),
        (
            r"(?P<month>\d\d)(?P<day>\d\d)[ /](?P<hour>\d\d):?(?P<minute>\d\d):?(?P<second>\d\d)"
            r"(?:\.(?P<part>\d{1,9}))?"
        ),
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)$",
    )
)
_EPOCH: Final = re.compile(r"\d{9,19}(?:[.,]\d{1,9})?|\d\.\d+e\+?\d\d")
_JSON_DATE: Final = re.compile(r"\\?/Date\((\d{9,16})(?:[+-]\d{4})?\)\\?/")
"""Milliseconds, as .NET and PowerShell write them in JSON."""
_EPOCH_STEPS: Final = ((10**11, 1_000_000), (10**14, 1_000), (10**17, 1))
"""Below which a number counts seconds, milliseconds, microseconds, and microseconds in each."""

_TAI64N: Final = re.compile(r"@([0-9a-f]{16})([0-9a-f]{8})")
_TAI_EPOCH: Final = 2**62
_TAI_AHEAD: Final = 10
"""Seconds that TAI64 labels count before 1970; later leap seconds are left out, as s6 does."""

_TWO_DIGITS: Final = 100
_LAST_CENTURY: Final = 70
"""The first year of two digits that is of the last century."""

_MONTHS: Final = 12
_YEARS_FIRST: Final = range(13, 30)
"""Of three numbers of two digits, what is a year where it stands first: Hadoop's 24/05/01."""

_COMPACT: Final = re.compile(r"20\d\d[01]\d[0-3]\d[0-2]\d[0-5]\d[0-5]\d")
"""A day and a clock in 14 digits, which no count since 1970 has for the next thousand years."""

_NOON: Final = 12
_LEAST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_BARE: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - a time without a zone is taken as UTC
_MICRO: Final = timedelta(microseconds=1)
_DAY_SECONDS: Final = 86_400
_MAX_CHARS: Final = 128
"""A longer text is no time."""

_ISO_CHARS: Final = len("2026-11-26T18:30:00")


def read_time(value: object, year: int | None = None) -> int | None:
    """Microseconds since 1970-01-01 UTC; None for a value that is no time, or not a whole time.

    Args:
        value: text in any usual form, a number of seconds, milli-, micro- or nanoseconds, or a
            `datetime`, as columns of Parquet hold.
        year: for times that name none, as syslog's; without it they are no whole times.

    A time without a zone is taken as UTC. A clock without a day is no whole time.
    """
    if isinstance(value, str):
        if len(value) >= _ISO_CHARS and value[4] == "-" == value[7]:
            # By far the most, and a tenth of the work. What it does not take is read below.
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                pass
            else:
                return _micros(moment)
        text = value.strip(" []\t")
        return _of_text(text, year) if len(text) <= _MAX_CHARS else None
    if isinstance(value, datetime):
        return _micros(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _of_epoch(value)


def _micros(moment: datetime) -> int:
    since = moment - (_LEAST_BARE if moment.tzinfo is None else _LEAST)
    # A division by `_MICRO` takes as long as all of this.
    seconds = since.days * _DAY_SECONDS + since.seconds
    return seconds * 1_000_000 + since.microseconds


def _of_epoch(number: float) -> int | None:
    if not 10**8 <= number < 10**20:
        return None
    for bound, micros in _EPOCH_STEPS:
        if number < bound:
            return round(number * micros)
    return int(number // 1_000)


@lru_cache(maxsize=1_024)
def _of_text(text: str, year: int | None) -> int | None:
    if _EPOCH.fullmatch(text) and not _COMPACT.fullmatch(text):
        return _of_epoch(int(text) if text.isdecimal() else float(text.replace(",", ".")))
    date = _JSON_DATE.fullmatch(text)
    if date is not None:
        return int(date[1]) * 1_000
    label = _TAI64N.fullmatch(text)
    if label is not None:
        seconds = int(label[1], 16) - _TAI_EPOCH - _TAI_AHEAD
        return seconds * 1_000_000 + int(label[2], 16) // 1_000
    for pattern in _PATTERNS:
        match = pattern.match(text)
        if match is not None:
            return _of_match(match.groupdict(), year)
    return None


def _of_match(parts: dict[str, str | None], year: int | None) -> int | None:
    written, month, day = _date_of(parts)
    if written is not None:
        year = int(written)
        year += 0 if year >= _TWO_DIGITS else 2000 if year < _LAST_CENTURY else 1900
    if year is None:
        return None
    try:
        moment = datetime(
            year,
            int(month) if month.isdecimal() else month_number(month),
            int(day),
            _hour(parts),
            int(parts.get("minute") or 0),
            min(int(parts.get("second") or 0), 59),  # a leap second is the last of its minute
            _fraction(parts),
            tzinfo=_zone(parts.get("zone2") or parts.get("zone")),
        )
    except (ValueError, KeyError, OverflowError):
        return None
    return (moment - _LEAST) // _MICRO


def _date_of(parts: dict[str, str | None]) -> tuple[str | None, str, str]:
    """The year, if it is written, the month and the day.

    With slashes the month goes before the day, as Americans write, unless it cannot be a month; of
    three short numbers the first is the year where it can be no month.
    """
    year, first = parts.get("year"), parts.get("first")
    if first is None:
        return year, parts["month"] or "", parts["day"] or "0"
    other, last = parts["other"] or "", parts.get("last")
    if last is not None:
        year = last
        if int(first) in _YEARS_FIRST:
            return first, other, last
    return (year, other, first) if int(first) > _MONTHS else (year, first, other)


def _hour(parts: dict[str, str | None]) -> int:
    hour, half = int(parts.get("hour") or 0), (parts.get("half") or "")[:1].lower()
    return hour if not half else hour % _NOON + (_NOON if half == "p" else 0)


def _fraction(parts: dict[str, str | None]) -> int:
    """Microseconds."""
    millis = parts.get("millis")
    if millis is not None:
        return int(millis) * 1_000
    return int((parts.get("part") or "0").ljust(6, "0")[:6])


def _zone(text: str | None) -> timezone:
    if not text or text[0] not in "+-":
        return timezone(timedelta(minutes=_ZONES.get(text or "Z", 0)))
    is_minutes = len(text) == len("+120")  # as Db2 writes them
    rest = int(text[-2:]) if len(text) > len("+02") else 0
    minutes = int(text[1:]) if is_minutes else int(text[1:3]) * 60 + rest
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
