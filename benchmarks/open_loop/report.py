"""The part of `RESULTS.md` on requests at a fixed rate."""

from collections.abc import Sequence
from statistics import median
from typing import Final

from benchmarks.open_loop.sender import PERCENTILES
from benchmarks.results import OpenLoopSection, Pace, Series
from benchmarks.tables import about_line, table

HOW: Final = """\
- The open loop sends at a fixed rate over 64 connections, whatever is answered; a latency counts
  from the moment at which its request was due. The sender is one more process on the same cores;
  its own processor time, and how late it was itself, stand beside the figures. The no-op POST shows
  what of a figure is the machine's and the sender's. Beside it, the real records are trained on
  every 3 s and each new version is rolled back at once (two reloads), and one client sends batches,
  one after the other.
"""


def open_loop(section: OpenLoopSection | None) -> str:
    """The rate, and the latencies of each situation."""
    if section is None:
        return ""
    share = section.rate / section.peak
    titles = ("", *(f"{name} ms" for name in PERCENTILES), "sender's cores", "sender late, p99 ms")
    return "\n".join(
        (
            f"## Open loop at {section.rate:,.0f} requests a second\n\n{about_line(section.about)}",
            f"{share:.0%} of the {section.peak:,.0f} that wrk gets with 64 connections.\n",
            table(titles, [_row(*pair) for pair in zip(section.series, section.pace, strict=True)]),
        )
    )


def _row(series: Series, pace: Pace) -> Sequence[str]:
    cost = (f"{median(pace.cores):.2f}", f"{median(pace.lag_ms):.2f}")
    if series.void:
        return (series.target, f"void: {series.void}", *[""] * (len(PERCENTILES) - 1), *cost)
    return (
        series.target,
        *(f"{series.latency_ms(percentile):.2f}" for percentile in PERCENTILES),
        *cost,
    )
