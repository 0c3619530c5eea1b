"""The layout of lines of plain text: named by a user, or the layout that fits best."""

import difflib
from collections.abc import Sequence

import msgspec

from inference.intake.layout import Layout
from inference.intake.layout_choice import (
    SAMPLE_LINES,
    Choice,
    apply_layout,
    choices_for,
    layouts_for,
    most_telling,
)
from inference.intake.layouts import LAYOUTS
from inference.intake.lines import custom_layout
from trainer.errors import InputError, NoLayoutError


def choose_layout(
    lines: Sequence[str], name: str | None, pattern: str | None, *, continued: bool, needed: bool
) -> Choice:
    """Choose the layout that reads the most of the lines, unless a layout is given.

    Args:
        lines: the first that are not blank; not empty.
        name: of a layout, if given.
        pattern: a regular expression, if given.
        continued: lines that do not match belong to the record before them, whatever the layout.
        needed: whether lines must be of a layout; within an envelope they may be any text.

    Raises:
        NoLayoutError: no layout fits; no line is shown.
        InputError: the given layout or pattern does not exist or matches nothing.
    """
    sample = lines[:SAMPLE_LINES]
    choices = [*choices_for(_candidates(name, pattern, sample, continued=continued), sample)]
    fitting = [choice for choice in choices if choice.fits]
    best = most_telling(fitting or choices)
    assert best is not None  # there is always a candidate
    if name is not None or pattern is not None:
        if not best.parsed:
            raise InputError(
                f"none of the first {len(sample)} lines is of the layout {best.layout.name}"
            )
        return best
    if not fitting:
        if not needed:
            return apply_layout(LAYOUTS["text"], sample)
        matches = ", ".join(
            f"{choice.layout.name} {len(choice.parsed)}" for choice in choices if choice.parsed
        )
        raise NoLayoutError(
            f"neither JSON lines nor CSV with a header that names a message, and no layout of "
            f"plain text fits: {matches or 'none'} of {len(sample)} lines match. Give --layout, "
            f"--layout text to take any line as a record, or --pattern with a regular expression"
        )
    return best


def _candidates(
    name: str | None, pattern: str | None, lines: Sequence[str], *, continued: bool
) -> list[Layout]:
    if pattern is not None:
        try:
            return [custom_layout(pattern, continued=continued)]
        except ValueError as error:
            raise InputError(f"--pattern: {error}") from error
    unasked = layouts_for(lines)
    known = LAYOUTS | {layout.name: layout for layout in unasked}
    if name is not None and name not in known:
        raise InputError(f"--layout {describe_unknown(name)}")
    layouts = unasked if name is None else [known[name]]
    return [
        msgspec.structs.replace(layout, continued=True, any_further=True) if continued else layout
        for layout in layouts
    ]


def describe_unknown(name: str) -> str:
    """What is wrong with the name of a layout that does not exist, and what may be meant."""
    near = difflib.get_close_matches(name, LAYOUTS, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    return f"{name}: no layout has this name; {hint}docs/formats.md lists all of them"
