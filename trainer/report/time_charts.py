"""Charts over time: what is flagged when, and the small chart of a pattern."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from trainer.report.axes import LEFT, RIGHT, WIDTH, Scale
from trainer.report.content import Timeline
from trainer.report.formats import count, second

HEIGHT: Final = 120
_TOP: Final = 20
_BOTTOM: Final = HEIGHT - 24

_SPARK_HEIGHT: Final = 20
_SLOT: Final = 4
"""Width of a bar of a small chart, with the gap behind it."""


def timeline_chart(timeline: Timeline) -> Markup:
    """Flagged lines over time: a bar for each slot."""
    n, most = len(timeline.n_flagged), max(timeline.n_flagged, default=0)
    x, y = Scale(0, max(n, 1), LEFT, RIGHT), Scale(0, max(most, 1), _BOTTOM, _TOP)
    parts = [
        Markup('<text class="label" x="{}" y="12">flagged lines</text>').format(LEFT),
        Markup('<path class="grid" d="M{} {}H{}"/>').format(LEFT, y(most), RIGHT),
        Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(
            LEFT - 7, y(most) + 4, count(most)
        ),
        Markup('<path class="axis" d="M{} {}H{}"/>').format(LEFT, _BOTTOM, RIGHT),
    ]
    for at, text, anchor in ((LEFT, timeline.start, "start"), (RIGHT, timeline.end, "end")):
        parts.append(
            Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{}</text>').format(
                at, HEIGHT - 6, anchor, second(text)
            )
        )
    for slot, (n_rows, n_flagged) in enumerate(
        zip(timeline.n_rows, timeline.n_flagged, strict=True)
    ):
        left, right = x(slot), max(x(slot + 1) - 0.6, x(slot) + 0.5)
        parts.append(
            Markup(
                '<g class="bin"><title>{}: {} of {} lines flagged</title>'
                '<path class="reach" d="M{} {}V{}H{}V{}Z"/>{}</g>'
            ).format(
                start_of(timeline, slot),
                count(n_flagged),
                count(n_rows),
                left,
                _BOTTOM,
                _TOP,
                right,
                _BOTTOM,
                Markup('<path class="flagged" d="M{} {}V{}H{}V{}Z"/>').format(
                    left, _BOTTOM, min(y(n_flagged), _BOTTOM - 2), right, _BOTTOM
                )
                if n_flagged
                else "",
            )
        )
    label = (
        f"{count(sum(timeline.n_flagged))} flagged of {count(sum(timeline.n_rows))} lines from "
        f"{second(timeline.start)} to {second(timeline.end)}; at most {count(most)} in "
        f"{timeline.slot_seconds:.4g} seconds"
    )
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, label, Markup().join(parts))


def sparkline(counts: Sequence[int]) -> Markup:
    """The lines of a pattern over time, in the slots of the timeline above; nothing without."""
    most = max(counts, default=0)
    if not most:
        return Markup()
    bars = [
        f"M{slot * _SLOT} {_SPARK_HEIGHT}v-{max(round(n / most * _SPARK_HEIGHT, 1), 2):g}"
        f"h{_SLOT - 1}V{_SPARK_HEIGHT}Z"
        for slot, n in enumerate(counts)
        if n
    ]
    return Markup(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="its lines over time, at most {} at once">'
        '<path class="track" d="M0 {}H{}V{}H0Z"/><path d="{}"/></svg>'
    ).format(
        len(counts) * _SLOT,
        _SPARK_HEIGHT,
        count(most),
        _SPARK_HEIGHT - 1,
        len(counts) * _SLOT,
        _SPARK_HEIGHT,
        "".join(bars),
    )


def start_of(timeline: Timeline, slot: int) -> str:
    """When a slot begins, as people write it."""
    try:
        start = datetime.fromisoformat(timeline.start)
        return second((start + timedelta(seconds=slot * timeline.slot_seconds)).isoformat())
    except (ValueError, OverflowError):
        return f"slot {slot + 1}"
