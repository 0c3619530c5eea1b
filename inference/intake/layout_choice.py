"""Which layout lines of plain text have, and which envelope is around them."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from inference.intake.envelopes import Envelope, Unwrapper
from inference.intake.layouts import LAYOUTS, Layout, w3c_layout
from inference.intake.lines import LineParser, Parsed, begins_record, continues_record

__all__ = [
    "ENVELOPE_SHARE",
    "SAMPLE_LINES",
    "Choice",
    "apply_layout",
    "choose_envelope",
    "find_layout",
    "most_telling",
]

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

    @property
    def fits(self) -> bool:
        """Whether it matches so many lines that it may be taken unasked."""
        return bool(self.parsed) and len(self.parsed) >= MIN_SHARE * self.n_counted


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


def find_layout(lines: Sequence[str]) -> Layout:
    """The layout that explains most lines, where none was given.

    Args:
        lines: the first ones that are not blank; at least one.

    Returns:
        `general`, whose lines may be any text, where none fits.
    """
    w3c = w3c_layout(lines)
    layouts = [*LAYOUTS.values(), *([] if w3c is None else [w3c])]
    choices = [apply_layout(layout, lines) for layout in layouts]
    best = most_telling(choice for choice in choices if choice.fits)
    return LAYOUTS["general"] if best is None else best.layout


def most_telling(choices: Iterable[Choice]) -> Choice | None:
    """The choice that tells the most of its lines, the first of equals; None of none."""
    return max(choices, key=_worth, default=None)


def _worth(choice: Choice) -> int:
    """What lines tell: that they are records, and whether they say a level and who wrote them."""
    return sum(
        2
        + (parsed.level is not None)
        + bool(parsed.service)
        + (choice.layout.pairs and _LEVEL_PAIR.search(parsed.message) is not None) * 2
        for parsed in choice.parsed
    )


def apply_layout(layout: Layout, lines: Sequence[str]) -> Choice:
    """What a layout makes of lines."""
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
