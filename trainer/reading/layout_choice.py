"""Which layout lines of plain text have."""

import difflib
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from trainer.errors import InputError
from trainer.reading.layouts import LAYOUTS, LineParser, Parsed, custom_layout
from trainer.reading.plan import Layout

MIN_SHARE: Final = 0.6
"""Of the lines, how many a layout must match to be taken unasked."""

_FURTHER: Final = re.compile(
    r"\s|$|[)}\]]|at |\.\.\. \d|Caused by: |Suppressed: |Traceback |During handling of "
    r"|The above exception |Exception in thread |-- "
    r"|[\w.$]+(?:Error|Exception|Throwable|Warning|Exit|Interrupt)\b|[a-z_]\w*(?:[.$]\w+)+(?::|$)"
)
"""How the further lines of a record begin: as those of Java's and Python's stack traces do."""


class Choice(msgspec.Struct, frozen=True):
    """A layout for some lines.

    Attributes:
        layout: the layout.
        parsed: what it makes of the lines that it matches.
        n_counted: how many lines it should match; further lines of a record are not counted.
    """

    layout: Layout
    parsed: list[Parsed]
    n_counted: int


def choose_layout(
    lines: Sequence[str], name: str | None, pattern: str | None, *, continued: bool
) -> Choice:
    """Choose the layout that matches the most lines, unless one is given.

    Args:
        lines: the first ones that are not blank; at least one.
        name: of a layout, if given.
        pattern: a regular expression, if given.
        continued: lines that do not match belong to the record before them, whatever the layout.

    Raises:
        InputError: none fits, or what was given is none or matches nothing; no line is shown.
    """
    choices = [_apply(layout, lines) for layout in _candidates(name, pattern, continued=continued)]
    best = max(choices, key=_worth)
    if name is not None or pattern is not None:
        if not best.parsed:
            raise InputError(
                f"none of the first {len(lines)} lines is of the layout {best.layout.name}"
            )
        return best
    if not best.parsed or len(best.parsed) < MIN_SHARE * best.n_counted:
        told = ", ".join(f"{one.layout.name} {len(one.parsed)}" for one in choices)
        raise InputError(
            f"neither JSON lines nor CSV with a header that names a message, and no layout of "
            f"plain text fits: {told} of {len(lines)} lines match. Give --layout, or --pattern "
            f"with a regular expression"
        )
    return best


def _worth(choice: Choice) -> tuple[int, int]:
    """More lines are better, and of two layouts for the same lines the one that tells more."""
    return len(choice.parsed), sum(one.service is not None for one in choice.parsed)


def _candidates(name: str | None, pattern: str | None, *, continued: bool) -> list[Layout]:
    if pattern is not None:
        try:
            return [custom_layout(pattern, continued=continued)]
        except ValueError as error:
            raise InputError(f"--pattern: {error}") from error
    if name is not None and name not in LAYOUTS:
        near = difflib.get_close_matches(name, LAYOUTS, 1)
        told = f"; did you mean {near[0]}?" if near else ""
        raise InputError(f"--layout {name}: expected one of {', '.join(LAYOUTS)}{told}")
    layouts = list(LAYOUTS.values()) if name is None else [LAYOUTS[name]]
    return [
        msgspec.structs.replace(layout, continued=layout.continued or continued)
        for layout in layouts
    ]


def _apply(layout: Layout, lines: Sequence[str]) -> Choice:
    results = [*map(LineParser(layout).parse, lines)]
    parsed = [one for one in results if one is not None]
    if not layout.continued:
        return Choice(layout, parsed, len(lines))
    if results[0] is None:
        return Choice(layout, [], len(lines))
    n_further = sum(
        one is None and _FURTHER.match(line) is not None
        for one, line in zip(results, lines, strict=True)
    )
    return Choice(layout, parsed, len(lines) - n_further)
