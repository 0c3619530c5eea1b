"""Lines over time on a terminal: a bar for each slot, and when there were most."""

import sys
from collections.abc import Sequence
from typing import Final

from trainer.report.content import Timeline
from trainer.report.formats import until
from trainer.report.time_charts import start_of

BARS: Final = "\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
"""Eighths of a line, the lowest first."""

_UNITS: Final = ((2 * 86_400, 86_400, "days"), (2 * 3_600, 3_600, "hours"), (120, 60, "minutes"))
"""From how many seconds on a unit is used, the seconds in the unit, and its name."""


def print_volume(timeline: Timeline) -> None:
    """How many lines there were when, and how many of them are flagged."""
    from rich.console import Console  # noqa: PLC0415 - tens of milliseconds
    from rich.text import Text  # noqa: PLC0415 - as above

    console = Console(
        width=None if sys.stdout.isatty() else 120, highlight=False, markup=False, emoji=False
    )
    spanned = until(timeline.start, timeline.end)
    console.print(f"over time, {spanned}, {span(timeline.slot_seconds)} a bar:", soft_wrap=True)
    for name, counts, style in (
        ("lines", timeline.n_rows, "blue"),
        ("flagged", timeline.n_flagged, "red"),
    ):
        line = Text(f"  {name:<8}").append(sparkline(counts), style).append(_peak(timeline, counts))
        console.print(line, soft_wrap=True)


def sparkline(counts: Sequence[int]) -> str:
    """A bar for each count, as high as its share of the highest; a blank for none."""
    most = max(counts, default=0)
    return "".join(BARS[-(-n * len(BARS) // most) - 1] if n else " " for n in counts)


def span(seconds: float) -> str:
    """A width in time, to two digits: 4.5 minutes."""
    for least, unit, name in _UNITS:
        if seconds >= least:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.2g} seconds"


def _peak(timeline: Timeline, counts: Sequence[int]) -> str:
    most = max(counts, default=0)
    if not most:
        return "  none"
    return f"  at most {most:,}, from {start_of(timeline, counts.index(most))} on"
