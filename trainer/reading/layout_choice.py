"""Which layout lines of plain text have."""

import difflib
import re
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from inference.intake.layouts import LAYOUTS, Layout, w3c_layout
from inference.intake.lines import (
    LineParser,
    Parsed,
    begins_record,
    continues_record,
    custom_layout,
)
from trainer.errors import InputError
from trainer.reading.envelopes import Unwrapper
from trainer.reading.plan import Envelope

MIN_SHARE: Final = 0.6
"""Of the lines, how many a layout must match to be taken unasked."""

ENVELOPE_SHARE: Final = 0.9
"""Of the lines, how many must be in an envelope."""

SAMPLE_LINES: Final = 200
"""Of the first lines, how many all layouts are tried on."""

_LEVEL_PAIR: Final = re.compile(r"(?:^|\s)(?:level|lvl|severity)=")
_MIN_ENVELOPED: Final = 2
_ENVELOPES: Final[tuple[Envelope, ...]] = ("cri", "compose")


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


def choose_envelope(lines: Sequence[str]) -> Envelope | None:
    """What is around nearly all of the lines; None if nothing known is."""
    lines = lines[:SAMPLE_LINES]
    for envelope in _ENVELOPES:
        unwrapper = Unwrapper(envelope)
        found = [one for one in map(unwrapper.open, lines) if one is not None]
        if len(found) < ENVELOPE_SHARE * len(lines):
            continue
        # A bar may stand in any text: of docker-compose, lines are of records of other layouts.
        if envelope != "compose" or (
            len(lines) >= _MIN_ENVELOPED and sum(begins_record(one.text) for one in found) > 0
        ):
            return envelope
    return None


def choose_layout(
    lines: Sequence[str], name: str | None, pattern: str | None, *, continued: bool, needed: bool
) -> Choice:
    """Choose the layout that tells the most of the lines, unless one is given.

    Args:
        lines: the first ones that are not blank; at least one.
        name: of a layout, if given.
        pattern: a regular expression, if given.
        continued: lines that do not match belong to the record before them, whatever the layout.
        needed: whether lines must be of a layout; within an envelope they may be any text.

    Raises:
        InputError: none fits, or what was given is none or matches nothing; no line is shown.
    """
    sample = lines[:SAMPLE_LINES]
    choices = [
        _apply(layout, sample) for layout in _candidates(name, pattern, sample, continued=continued)
    ]
    fitting = [
        choice
        for choice in choices
        if choice.parsed and len(choice.parsed) >= MIN_SHARE * choice.n_counted
    ]
    best = max(fitting or choices, key=_worth)
    if name is not None or pattern is not None:
        if not best.parsed:
            raise InputError(
                f"none of the first {len(sample)} lines is of the layout {best.layout.name}"
            )
        return best
    if not fitting:
        if not needed:
            return _apply(LAYOUTS["general"], sample)
        told = ", ".join(
            f"{choice.layout.name} {len(choice.parsed)}" for choice in choices if choice.parsed
        )
        raise InputError(
            f"neither JSON lines nor CSV with a header that names a message, and no layout of "
            f"plain text fits: {told or 'none'} of {len(sample)} lines match. Give --layout, or "
            f"--pattern with a regular expression"
        )
    return best


def _worth(choice: Choice) -> int:
    """What lines tell: that they are records, and whether they say a level and who wrote them."""
    return sum(
        2
        + (parsed.level is not None)
        + bool(parsed.service)
        + (choice.layout.pairs and _LEVEL_PAIR.search(parsed.message) is not None) * 2
        for parsed in choice.parsed
    )


def _candidates(
    name: str | None, pattern: str | None, lines: Sequence[str], *, continued: bool
) -> list[Layout]:
    if pattern is not None:
        try:
            return [custom_layout(pattern, continued=continued)]
        except ValueError as error:
            raise InputError(f"--pattern: {error}") from error
    w3c = w3c_layout(lines)
    known = LAYOUTS if w3c is None else {**LAYOUTS, w3c.name: w3c}
    if name is not None and name not in known:
        near = difflib.get_close_matches(name, LAYOUTS, 1)
        told = f"; did you mean {near[0]}?" if near else ""
        raise InputError(f"--layout {name}: expected one of {', '.join(LAYOUTS)}{told}")
    layouts = list(known.values()) if name is None else [known[name]]
    return [
        msgspec.structs.replace(layout, continued=True, any_further=True) if continued else layout
        for layout in layouts
    ]


def _apply(layout: Layout, lines: Sequence[str]) -> Choice:
    results = [*map(LineParser(layout).parse, lines)]
    parsed = [one for one in results if one is not None]
    further = _is_further(layout)
    # Behind a head stands the text, whatever it is.
    heads = [False, *(layout.has_body and one is not None for one in results)]
    n_further = sum(
        one is None and (head or further(line))
        for one, head, line in zip(results, heads, lines, strict=False)
    )
    return Choice(layout, parsed, len(lines) - n_further)


def _is_further(layout: Layout) -> Callable[[str], bool]:
    """Which lines of a layout need not match, since they continue a record or are remarks."""
    if layout.any_further:
        return lambda line: not begins_record(line)
    if layout.name == "w3c":
        return lambda line: line.startswith("#")
    return continues_record if layout.continued else lambda _: False
