"""How values read on the page."""

import re
from typing import Final

from markupsafe import Markup, escape

MAX_SHOWN: Final = 2000
"""Characters of an example or a problem that are shown."""

_LONG: Final = 1e6
"""A figure from here on is too long for fixed digits."""

_NBSP: Final = "\N{NO-BREAK SPACE}"
_CREATED: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[^+-]*(?:Z|\+00:00)", re.ASCII)
_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)[^+-]*(?:Z|\+00:00)", re.ASCII)
_CODE: Final = re.compile(r"`([^`]+)`")
# Code points that are no characters, do not show, or turn the direction of the text behind them: a
# log line must not be able to pass for another line.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


def count(value: int) -> str:
    """A whole number with its thousands apart: 6,666."""
    return f"{value:,}"


def compact(value: int) -> str:
    """A power of ten for an axis: 100, 10k, 1M."""
    for power, unit in ((12, "T"), (9, "G"), (6, "M"), (3, "k")):
        if value >= 10**power:
            return f"{value // 10**power:,}{unit}"
    return str(value)


def number(value: float) -> str:
    """A number to four digits, with a real minus: 0.1184."""
    return f"{value or 0:.4g}".replace("-", "\N{MINUS SIGN}")


def fixed(value: float) -> str:
    """A figure for a column of figures: three digits after the point."""
    text = f"{value:.3f}" if abs(value) < _LONG else f"{value:.3g}"
    return "0.000" if text == "-0.000" else text.replace("-", "\N{MINUS SIGN}")


def signed(value: float) -> str:
    """A contribution: as `fixed`, with its sign unless it shows as zero."""
    text = fixed(value)
    return f"+{text}" if value > 0 and text != "0.000" else text


def share(value: float) -> str:
    """A share in per cent: 12.3 %, 4.98 %; 0 % and 100 % only where exact."""
    percent = 100 * value
    if value in (0, 1):
        return f"{percent:.0f}{_NBSP}%"
    for above, digits in ((99.95, None), (10, 1), (0.01, 2), (0.001, 3)):
        if percent >= above:
            return f">{_NBSP}99.9{_NBSP}%" if digits is None else f"{percent:.{digits}f}{_NBSP}%"
    return f"<{_NBSP}0.001{_NBSP}%"


def asked(value: float) -> str:
    """A share that a user gave, in per cent as it was given: 5 %."""
    return f"{100 * value:.6g}{_NBSP}%"


def moment(text: str) -> str:
    """An RFC 3339 time in UTC to the minute; anything else as it is."""
    found = _CREATED.fullmatch(text)
    return f"{found[1]} {found[2]} UTC" if found else text


def second(text: str) -> str:
    """An RFC 3339 time to the second, as people write it; anything else as it is."""
    found = _TIME.fullmatch(text)
    return f"{found[1]} {found[2]}" if found else text


def until(start: str, end: str) -> str:
    """Two RFC 3339 times to the second, without what the second repeats."""
    first, last = second(start), second(end)
    if first == last:
        return first
    day, _, clock = last.partition(" ")
    return f"{first} to {clock if clock and first.startswith(day) else last}"


def cut(text: str) -> str:
    """The beginning of a text, and how much more there was."""
    if len(text) <= MAX_SHOWN:
        return text
    return f"{text[:MAX_SHOWN]} \N{HORIZONTAL ELLIPSIS} ({len(text) - MAX_SHOWN:,} more characters)"


def prose(text: str) -> Markup:
    """A sentence in which `names` stand between backticks."""
    # As plain text: see `visible`.
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def visible(value: object) -> object:
    """A value for the page: in texts, what could not be seen stands as a sign or as its number."""
    if not isinstance(value, str):
        return value
    # As plain text, since what is escaped already would be escaped again piece by piece.
    return type(value)(_UNSEEN.sub(_stand_in, str(value)))


def _stand_in(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < ord(" "):
        return chr(0x2400 + code)  # control pictures: the sign of each control character
    return f"\\u{code:04x}"
