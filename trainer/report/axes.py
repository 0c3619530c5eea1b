"""The frame that charts are drawn in: its size, its scales, its axes."""

import math
from collections.abc import Iterable
from typing import Final

import msgspec
from markupsafe import Markup

from trainer.report.formats import number

WIDTH: Final = 440
HEIGHT: Final = 300
"""Of a chart, in units of its own; about a pixel on a wide screen, 0.8 on a phone."""

LEFT, RIGHT, TOP, BOTTOM = 54, WIDTH - 12, 26, HEIGHT - 44


class Scale(msgspec.Struct, frozen=True):
    """Puts finite values from `low` to `high` between two positions, linearly."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The position of a value, to a tenth; the middle if the span is empty."""
        # Halves, since the whole of a span may exceed the largest double.
        span = self.high / 2 - self.low / 2
        part = (value / 2 - self.low / 2) / span if span > 0 else 0.5
        return round(self.start + part * (self.end - self.start), 1)


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values from `low` to `high`, about as many as wanted: 1, 2 or 5 times 10**k apart."""
    rough = (high / 2 - low / 2) / wanted * 2
    magnitude = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 0.0
    if not 0 < magnitude < math.inf:
        return sorted({low, high})
    step = magnitude * min((1, 2, 5, 10), key=lambda factor: abs(factor * magnitude - rough))
    first, last = low / step, high / step
    if not max(abs(first), abs(last)) < 1e12:  # noqa: PLR2004 - the steps drown in the values
        return sorted({low, high})
    return [index * step for index in range(math.ceil(first), math.floor(last) + 1)]


def x_axis(x: Scale, values: Iterable[float], label: str) -> Iterable[Markup]:
    """The line below a chart, values under it, and what they are."""
    yield Markup('<path class="axis" d="M{} {}H{}"/>').format(LEFT, BOTTOM, RIGHT)
    for value in values:
        yield Markup('<text class="tick" x="{}" y="{}" text-anchor="middle">{}</text>').format(
            x(value), BOTTOM + 17, number(value)
        )
    yield Markup('<text class="label" x="{}" y="{}" text-anchor="middle">{}</text>').format(
        (LEFT + RIGHT) / 2, HEIGHT - 8, label
    )


def y_axis(marks: Iterable[tuple[float, str]], label: str) -> Iterable[Markup]:
    """Lines across a chart at given positions, their texts, and what they are."""
    for position, text in marks:
        yield Markup('<path class="grid" d="M{} {}H{}"/>').format(LEFT, position, RIGHT)
        yield Markup('<text class="tick" x="{}" y="{}" text-anchor="end">{}</text>').format(
            LEFT - 7, position + 4, text
        )
    yield Markup('<text class="label" transform="translate(13 {}) rotate(-90)">{}</text>').format(
        (TOP + BOTTOM) / 2, label
    )


def frame(label: str, parts: Iterable[Markup]) -> Markup:
    """A whole chart, with a label for readers who cannot see it."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    ).format(WIDTH, HEIGHT, label, Markup().join(parts))
