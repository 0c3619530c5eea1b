"""The data of a layout of plain text, with lines that show what it reads."""

from typing import Final

import msgspec

from schemas.record.features import Level
from schemas.record.levels import SCALES

__all__ = ["PRIORITIES", "STATUS_LEVELS", "Example", "Layout", "example", "named_levels"]

STATUS_LEVELS: Final = {
    str(status): Level.ERROR if status >= 500 else Level.WARN if status >= 400 else Level.INFO  # noqa: PLR2004 - RFC 9110, 15
    for status in range(100, 600)
}
"""The level of an HTTP status."""

_N_PRIORITIES: Final = 192  # 24 facilities of 8 severities
PRIORITIES: Final = {str(n): Level(SCALES["syslog"][n % 8]) for n in range(_N_PRIORITIES)}
"""The level of a priority of syslog."""


class Example(msgspec.Struct, frozen=True):
    """A line and its parts: the level as it is written, the service, the message."""

    line: str
    level: str | None
    service: str | None
    message: str


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How lines of plain text are laid out.

    Attributes:
        name: as the user gives it.
        title: who writes such lines.
        patterns: regular expressions for a whole line with the groups `message` and, if the layout
            has them, `level`, `service` and `time`; the first that matches counts.
        service: name of the service where a pattern has no such group, or it took no part.
        levels: what levels mean that have another name here, lower case.
        continued: lines that are known to continue a record, as stack traces do, belong to the
            record before them.
        any_further: so does every line that does not begin as a record does: where the user wants
            it, and where records are a head and any lines.
        further: a regular expression for the beginning of further lines that continue a record in
            this layout alone.
        remark: a regular expression for whole lines that are of no record, such as headings.
        body: the first line is a head, and the text follows in the next line, where this pattern
            may find the level; "" where the head holds it.
        has_body: whether the text follows the head.
        finer: names of layouts that know more of a line in which a level was found.
        exact: a line that it does not match is bad, whatever else it looks like, since a heading
            names the columns.
        any_line: any line is of it, so it is taken only where no other layout fits.
        pairs: the message is `name=value` pairs, read as a structured record.
        examples: lines that a test reads.
    """

    name: str
    title: str = ""
    patterns: tuple[str, ...]
    service: str | None = None
    levels: dict[str, Level] = {}
    continued: bool = False
    any_further: bool = False
    further: str = ""
    remark: str = ""
    body: str = ""
    has_body: bool = False
    finer: tuple[str, ...] = ()
    exact: bool = False
    any_line: bool = False
    pairs: bool = False
    examples: tuple[Example, ...] = ()


def named_levels(**names: str) -> dict[str, Level]:
    """The meaning of level names that only a single layout has."""
    return {name: Level(level) for name, level in names.items()}


def example(line: str, level: str | None, service: str | None, message: str) -> Example:
    """An `Example` by position, since tables of them are read at a glance."""
    return Example(line, level, service, message)
