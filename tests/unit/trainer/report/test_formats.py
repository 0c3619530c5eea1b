"""How values read."""

import pytest

from trainer.report import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0 %"),
        (0.000001, "< 0.001 %"),
        (0.00002, "0.002 %"),
        (0.0498, "4.98 %"),
        (0.12345, "12.3 %"),
        (0.99999, "> 99.9 %"),
        (1, "100 %"),
    ],
)
def test_shares(value: float, text: str) -> None:
    """Some is never shown as none, nor almost all as all."""
    assert formats.share(value) == text.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0314, "+0.031"), (-0.0314, "−0.031"), (-0.0001, "0.000"), (0, "0.000"), (2e9, "+2e+09")],  # noqa: RUF001 - a real minus
)
def test_contributions(value: float, text: str) -> None:
    """Three digits and a sign, unless it shows as zero."""
    assert formats.signed(value) == text


def test_numbers() -> None:
    """Four digits; no negative zero."""
    assert [formats.number(value) for value in (0.58, -0.0, 1234567.0)] == [
        "0.58",
        "0",
        "1.235e+06",
    ]
    assert [formats.compact(10**power) for power in (0, 3, 5, 9)] == ["1", "1k", "100k", "1G"]
    assert formats.asked(0.05) == "5\N{NO-BREAK SPACE}%"


def test_moments() -> None:
    """A time in UTC is cut to the minute; anything else stays as it is."""
    assert formats.moment("2026-11-24T09:41:07.5Z") == "2026-11-24 09:41 UTC"
    assert formats.moment("2026-11-24T09:41:07+00:00") == "2026-11-24 09:41 UTC"
    assert formats.moment("2026-11-24T09:41:07+02:00") == "2026-11-24T09:41:07+02:00"


def test_what_does_not_show_is_shown() -> None:
    """Control characters, turned text and lone surrogates stand as signs; lines stay lines."""
    assert formats.visible("a\tb\nc\r\x1b\x7f\u202e\ud800é") == "a\tb\nc␍␛\\u007f\\u202e\\ud800é"
    assert formats.visible(formats.prose("<\x00>`x`")) == "&lt;␀&gt;<code>x</code>"
