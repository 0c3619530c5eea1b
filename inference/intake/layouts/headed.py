"""Logs whose columns a heading names: W3C's extended log files, Exchange's, Zeek's."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from inference.intake.fragments import CLOCK
from inference.intake.layout import STATUS_LEVELS, Layout

__all__ = ["headed_layout"]

_HEADING: Final = re.compile(r"#(?:Fields: ?|fields\t)(?P<names>.*)")
_STATUS: Final = frozenset(
    {"sc-status", "cs-status", "status", "httpstatus", "protocolstatus", "status_code"}
    | {"x-status"}
)
_LEVEL: Final = frozenset({"level", "severity", "log-level", "loglevel"})
_MOMENT: Final = frozenset({"date-time", "datetime", "timestamp", "ts"})
_MAX_HEADINGS: Final = 16
"""Headings of a file that name ever other columns; more is no log."""
_MAX_COLUMNS: Final = 128
"""Of a heading: twice as many as any program writes. Each is a part of a pattern to compile."""


def headed_layout(lines: Sequence[str]) -> Layout | None:
    """The layout that `#Fields:` lines give, as IIS and others write them (W3C extended log).

    Args:
        lines: the first lines of a file, which may have several headings. With commas the columns
            are Exchange's, with `#fields` and tabs Zeek's.

    Returns:
        The layout, named `w3c`; None if no line names fields.
    """
    headings = (_HEADING.fullmatch(line) for line in lines if line.startswith("#"))
    names = dict.fromkeys(heading["names"] for heading in headings if heading is not None)
    patterns = [_pattern(text) for text in names if text.strip() and _is_short(text)]
    if not patterns:
        return None
    return Layout(
        name="w3c",
        title="W3C extended log files, as of IIS",
        patterns=tuple(patterns[:_MAX_HEADINGS]),
        remark="#.*",
        levels=STATUS_LEVELS,
        exact=True,
    )


def _is_short(names: str) -> bool:
    return len(names.replace(",", " ").split()) <= _MAX_COLUMNS


def _pattern(names: str) -> str:
    """A regular expression for a line with these columns."""
    if "," in names:
        fields, gap = names.split(","), ","
        value = r'(?>"(?>[^"]|"")*+"(?=,|$)|[^,]*+)'
        end = r"(?:,.*)?"
    elif "\t" in names:
        fields, gap = names.split("\t"), r"\t"
        value = r"[^\t]*+"
        end = ""
    else:
        fields, gap = names.split(), r"[ \t]"
        value = r'(?>"[^"]*+"(?=[ \t]|$)|\S++)'
        end = r"[ \t]*+"
    fields = [field.strip().lower() for field in fields]
    head = ""
    if fields[:2] == ["date", "time"]:
        head, fields = rf"(?P<time>\S++{gap}\S++){gap}", fields[2:]
    elif fields[0] in _MOMENT:
        head, fields = rf"(?P<time>[^\s,]++){gap}", fields[1:]
    elif fields[0] == "time":
        head, fields = rf"(?P<time>{CLOCK}){gap}", fields[1:]
    return f"{head}(?P<message>{gap.join(_columns(fields, value))}{end})"


def _columns(fields: Iterable[str], value: str) -> list[str]:
    """A regular expression for each column; the first that tells a level is the level."""
    columns: list[str] = []
    known = False
    for field in fields:
        column = value
        if not known and field in _STATUS:
            column, known = r"(?:(?P<level>\d{3})|-?)", True
        elif not known and field in _LEVEL:
            column, known = r'"?(?P<level>[A-Za-z]*+)"?', True
        columns.append(column)
    return columns
