"""Which layout lines of plain text have, and which envelope is around them."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from inference.intake.envelopes import ENVELOPE_SHARE, Envelope, Unwrapper
from inference.intake.layout import Layout
from inference.intake.layouts import LAYOUTS, w3c_layout
from inference.intake.levels import UNKNOWN, LevelNames
from inference.intake.lines import (
    FURTHER_LEVELS,
    LineParser,
    Parsed,
    begins_record,
    compiled,
    continues_record,
)
from schemas.record.features import Level

__all__ = [
    "SAMPLE_LINES",
    "Choice",
    "apply_layout",
    "choose_envelope",
    "find_layout",
    "most_telling",
]

MIN_SHARE: Final = 0.6
"""Of the lines, how many a layout must match to be taken unasked."""

SAMPLE_LINES: Final = 200
"""Of the first lines, how many all layouts are tried on."""

_LEVEL_PAIR: Final = re.compile(r"(?:^|\s)(?:level|lvl|severity)=")
_MIN_ENVELOPED: Final = 2
_ENVELOPES: Final[tuple[Envelope, ...]] = ("cri", "compose", "kubectl")
_REPLICAS: Final = re.compile(r"[\w.-]+[-_]\d+")


class Choice(msgspec.Struct, frozen=True):
    """A layout for some lines.

    Attributes:
        layout: the layout.
        parsed: what it makes of the lines that it matches.
        n_counted: how many lines it should match; further lines of a record are not counted.
        n_leading: of these, those before the first that it matches, as banners are.
    """

    layout: Layout
    parsed: list[Parsed]
    n_counted: int
    n_leading: int = 0

    @property
    def fits(self) -> bool:
        """Whether it matches so many lines that it may be taken unasked."""
        n_parsed, n_counted = len(self.parsed), self.n_counted
        return (
            n_parsed >= MIN_SHARE * (n_counted - self.n_leading)
            and n_parsed >= MIN_SHARE * n_counted / 2 > 0
        )


def choose_envelope(lines: Sequence[str]) -> Envelope | None:
    """What is around nearly all of the lines; None if nothing known is."""
    lines = lines[:SAMPLE_LINES]
    for envelope in _ENVELOPES:
        unwrapper = Unwrapper(envelope)
        opened = [unwrapper.open(line) for line in lines]
        found = [line for line in opened if line is not None]
        # Before the first may stand what the program says that puts lines in envelopes.
        n_before = next((n for n, line in enumerate(opened) if line is not None), len(lines))
        if len(found) < max(ENVELOPE_SHARE * (len(lines) - n_before), n_before, 1):
            continue
        # A bar or a blank may stand in any text: what is within are records of other layouts, or
        # the names are those of docker-compose.
        if envelope == "cri" or (
            len(lines) >= _MIN_ENVELOPED
            and (
                any(begins_record(line.text) for line in found)
                or (
                    envelope == "compose"
                    and all(_REPLICAS.fullmatch(line.stream) for line in found)
                )
            )
        ):
            return envelope
    return None


def find_layout(lines: Sequence[str]) -> Layout:
    """The layout that explains most lines, where none was given.

    Args:
        lines: the first that are not blank; at least one.

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
    levels, read = choice.layout.levels, LevelNames().read
    return sum(
        2
        + (0 if not parsed.level else -1 if _is_unknown(parsed.level, levels, read) else 1)
        + bool(parsed.service)
        + choice.layout.has_body  # the next line is told as well
        + (choice.layout.pairs and _LEVEL_PAIR.search(parsed.message) is not None) * 2
        for parsed in choice.parsed
    )


def _is_unknown(
    level: str, levels: dict[str, Level], read: Callable[[str], Level | str | None]
) -> bool:
    """Whether what stands where a layout has its level is none."""
    return level not in FURTHER_LEVELS and not levels.get(level.lower()) and read(level) == UNKNOWN


def apply_layout(layout: Layout, lines: Sequence[str]) -> Choice:
    """What a layout makes of lines."""
    results = [*map(LineParser(layout).parse, lines)]
    parsed = [record for record in results if record is not None]
    further = _is_further(layout)
    n_before = next((n for n, record in enumerate(results) if record is not None), len(lines))
    # Behind a head stands the text, whatever it is.
    heads = [False, *(layout.has_body and record is not None for record in results)]
    counted = [
        record is not None
        or not (head or further(line))
        # Any line may be a further line, but for those before the first head.
        or (layout.any_further and number < n_before)
        for number, (record, head, line) in enumerate(zip(results, heads, lines, strict=False))
    ]
    n_leading = 0 if layout.any_further else sum(counted[:n_before])
    return Choice(layout, parsed, sum(counted), n_leading)


def _is_further(layout: Layout) -> Callable[[str], bool]:
    """Which lines of a layout need not match, since they continue a record or are remarks."""
    remark = compiled(layout.remark or "(?!)").fullmatch
    further = compiled(layout.further or "(?!)").match
    if layout.any_further:
        return lambda line: remark(line) is not None or not begins_record(line)
    if layout.continued:
        return lambda line: (
            continues_record(line) or remark(line) is not None or further(line) is not None
        )
    return lambda line: remark(line) is not None
