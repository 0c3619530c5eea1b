"""The choice of the layout of lines of plain text, and of the envelope around them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final

import msgspec

from inference.intake.envelopes import ENVELOPE_SHARE, Envelope, Unwrapper
from inference.intake.layout import Layout
from inference.intake.layouts import LAYOUTS, headed_layout
from inference.intake.levels import UNKNOWN, LevelNames
from inference.intake.lines import (
    FURTHER_LEVELS,
    LineParser,
    Parsed,
    begins_record,
    compiled,
    continues_record,
    read_foreign,
)
from schemas.record.features import Level

__all__ = [
    "SAMPLE_LINES",
    "Choice",
    "apply_layout",
    "choices_for",
    "choose_envelope",
    "find_layout",
    "layouts_for",
    "most_telling",
]

MIN_SHARE: Final = 0.6
"""The share of the lines that a layout must match to be taken unasked."""

MIN_OWN_SHARE: Final = 0.25
"""The share that it must match itself, where lines of other layouts stand in between."""

SAMPLE_LINES: Final = 200
"""How many of the first lines all layouts are tried on."""

_WORTH: Final = {"record": 2, "level": 1, "service": 1, "body": 2, "pairs": 2}
"""The worth of what a layout finds in a line; with a body, the next line is read as well."""

_LEVEL_PAIR: Final = re.compile(r"(?:^|\s)(?:level|lvl|severity|pri|priority)=")
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
        n_foreign: lines that it does not match and another layout reads.
    """

    layout: Layout
    parsed: list[Parsed]
    n_counted: int
    n_leading: int = 0
    n_foreign: int = 0

    @property
    def fits(self) -> bool:
        """Whether it, with other layouts, reads enough lines to be taken unasked."""
        n_parsed, n_counted = len(self.parsed), self.n_counted
        n_read = n_parsed + self.n_foreign
        return (
            n_parsed >= MIN_OWN_SHARE * n_counted
            and n_read >= MIN_SHARE * (n_counted - self.n_leading)
            and n_read >= MIN_SHARE * n_counted / 2 > 0
        )


def choose_envelope(lines: Sequence[str]) -> Envelope | None:
    """The envelope around nearly all of the lines; None if it is no known envelope."""
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
        lines: the first that are not blank; not empty.

    Returns:
        `text`, whose lines may be anything, where none fits.
    """
    choices = choices_for(layouts_for(lines), lines)
    best = most_telling(choice for choice in choices if choice.fits)
    return LAYOUTS["text"] if best is None else best.layout


def layouts_for(lines: Sequence[str]) -> list[Layout]:
    """The layouts that may be taken unasked, with the layout that a file names itself."""
    headed = headed_layout(lines)
    known = [layout for layout in LAYOUTS.values() if not layout.any_line]
    return known if headed is None else [headed, *known]


def choices_for(layouts: Iterable[Layout], lines: Sequence[str]) -> Iterator[Choice]:
    """The choices of layouts for lines, without layouts that could not be chosen any more.

    Most files are read in full by one of the first layouts, with level and service in each line.
    Few layouts can find more, and no other is compiled then: all together take half a second.
    """
    best = (0, 0)
    is_foreign = cache(lambda line: read_foreign(line) is not None)
    for layout in layouts:
        if best < _greatest_worth(layout, len(lines)) and _reads_early(layout, lines, best[0]):
            choice = apply_layout(layout, lines, is_foreign)
            if choice.fits:
                best = max(best, _worth(choice))
            yield choice


def _reads_early(layout: Layout, lines: Sequence[str], least: int) -> bool:
    """Whether a layout reads any of the lines that it must not miss all to be worth so much.

    A line that it does not read is worth 1 at most, as foreign.
    """
    greatest, n_lines = _greatest_worth(layout, len(lines))
    n_missed = (greatest - least) // (greatest // n_lines - 1) + 1
    return n_missed > n_lines or any(map(LineParser(layout).parse, lines[:n_missed]))


def most_telling(choices: Iterable[Choice]) -> Choice | None:
    """The choice that reads the most of its lines; None if there are no choices.

    Among equal choices the choice that matches more lines itself counts, then the first.
    """
    return max(choices, key=_worth, default=None)


def _greatest_worth(layout: Layout, n_lines: int) -> tuple[int, int]:
    """The worth of a layout that finds all in each line that it can find."""
    absent = ["body"] * (not layout.has_body) + ["pairs"] * (not layout.pairs)
    return n_lines * sum(_WORTH[part] for part in _WORTH if part not in absent), n_lines


def _worth(choice: Choice) -> tuple[int, int]:
    """How much a layout finds in its lines: records, levels, services."""
    layout, read = choice.layout, LevelNames().read
    worth = sum(
        _WORTH["record"]
        + _level_worth(parsed.level, layout, read)
        + _WORTH["service"] * bool(parsed.service or layout.service)
        + _WORTH["body"] * layout.has_body
        + _WORTH["pairs"] * (layout.pairs and _LEVEL_PAIR.search(parsed.message) is not None)
        for parsed in choice.parsed
    )
    return worth + choice.n_foreign, len(choice.parsed)


def _level_worth(
    level: str | None, layout: Layout, read: Callable[[str], Level | str | None]
) -> int:
    if not level:
        return 0
    return -_WORTH["level"] if _is_unknown(level, layout.levels, read) else _WORTH["level"]


def _is_unknown(
    level: str, levels: dict[str, Level], read: Callable[[str], Level | str | None]
) -> bool:
    """Whether the text in the place of a layout's level is no level."""
    return level not in FURTHER_LEVELS and not levels.get(level.lower()) and read(level) == UNKNOWN


def apply_layout(
    layout: Layout, lines: Sequence[str], is_foreign: Callable[[str], bool] = lambda _line: False
) -> Choice:
    """The choice of a layout for lines.

    Args:
        layout: the layout.
        lines: the lines.
        is_foreign: whether a line is read in a file of any layout.
    """
    results = [*map(LineParser(layout).parse, lines)]
    parsed = [record for record in results if record is not None]
    if not parsed:  # as of most layouts
        return Choice(layout, [], len(lines))
    further = _is_further(layout)
    is_remark = compiled(layout.remark or "(?!)").fullmatch
    n_before = next((n for n, record in enumerate(results) if record is not None), len(lines))
    # Behind a head stands the text, whatever it is.
    heads = [False, *(layout.has_body and record is not None for record in results)]
    counted = [
        record is not None
        or not (head or further(line))
        # Any line may be a further line, but for those before the first head.
        or (layout.any_further and number < n_before and not is_remark(line))
        for number, (record, head, line) in enumerate(zip(results, heads, lines, strict=False))
    ]
    n_leading = 0 if layout.any_further else sum(counted[:n_before])
    n_foreign = sum(
        record is None and not head and is_foreign(line)
        for record, head, line in zip(results, heads, lines, strict=False)
    )
    return Choice(layout, parsed, sum(counted), n_leading, n_foreign)


def _is_further(layout: Layout) -> Callable[[str], bool]:
    """For each line, whether it need not match, since it continues a record or is a remark."""
    remark = compiled(layout.remark or "(?!)").fullmatch
    further = compiled(layout.further or "(?!)").match
    if layout.any_further:
        return lambda line: remark(line) is not None or not begins_record(line)
    if layout.continued:
        return lambda line: (
            continues_record(line) or remark(line) is not None or further(line) is not None
        )
    return lambda line: remark(line) is not None
