"""Charts as inline SVG, coloured by the style sheet of the page around them.

Ours rather than pygal's, whose charts each bring 13 kB of fixed styles, a comment with the date of
the day, and tooltips that need a script: they follow neither the reader's theme nor "the same
report gives the same bytes". Each chart is an image with a name to a screen reader; a pointer gets
the figures from `<title>`s.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from trainer.report.axes import BOTTOM, LEFT, RIGHT, TOP, Scale, frame, ticks, x_axis, y_axis
from trainer.report.content import Distribution
from trainer.report.formats import compact, count, number, share
from trainer.report.goodness import Curve

_MIN_STEP: Final = 0.7
"""Points of a curve nearer than this to the point before are not drawn."""


Point = tuple[float, float]


def histogram(distribution: Distribution) -> Markup:
    """How scores spread: bars of logarithmic height, since tails matter, and the threshold."""
    edges, threshold = distribution.edges, distribution.threshold
    x = Scale(min(edges[0], threshold), max(edges[-1], threshold), LEFT, RIGHT)
    # From half a record, so that a single record has a height, to at least ten.
    decades = max(1.0, math.log10(max(*distribution.n_rows, 1)))
    y = Scale(math.log10(0.5), decades + 0.1, BOTTOM, TOP)
    every = math.ceil((decades + 0.1) / 6)
    powers = range(0, math.floor(decades) + 1, every)
    parts = [
        *x_axis(x, ticks(x.low, x.high), distribution.measure),
        *y_axis([(y(power), compact(10**power)) for power in powers], "records"),
        *_bars(distribution, x, y),
    ]
    at = x(threshold)
    anchor = "end" if at > (LEFT + RIGHT) / 2 else "start"
    parts += [
        Markup('<path class="threshold" d="M{} {}V{}"/>').format(at, TOP - 12, BOTTOM),
        Markup('<text class="label" x="{}" y="{}" text-anchor="{}">threshold {}</text>').format(
            at + (5 if anchor == "start" else -5), TOP - 8, anchor, number(threshold)
        ),
    ]
    label = (
        f"Histogram of {count(sum(distribution.n_rows))} records by {distribution.measure} of "
        f"{distribution.detector}; {share(distribution.flagged_share)} above the threshold "
        f"{number(threshold)}"
    )
    return frame(label, parts)


def roc_chart(curves: Sequence[Curve]) -> Markup:
    """True positives against false positives, as the threshold falls."""
    lines = [
        (list(zip(curve.false_positive_rate, curve.true_positive_rate, strict=True)), curve.auc)
        for curve in curves
    ]
    return _lines(
        curves,
        lines,
        [(0.0, 0.0), (1.0, 1.0)],
        ("false positive rate", "true positive rate"),
        "AUC",
    )


def precision_recall_chart(curves: Sequence[Curve], base_rate: float) -> Markup:
    """Precision against recall, as steps: between two points precision is that of the second.

    Args:
        curves: of all rankings.
        base_rate: share of records that are labelled: the precision of picking blindly.
    """
    lines: list[tuple[list[Point], float]] = []
    for curve in curves:
        points = list(zip(curve.recall, curve.precision, strict=True))
        corners = [((x0, y1), (x1, y1)) for (x0, _), (x1, y1) in pairwise(points)]
        lines.append(
            ([*points[:1], *(p for pair in corners for p in pair)], curve.average_precision)
        )
    blind = [(0.0, base_rate), (1.0, base_rate)]
    return _lines(curves, lines, blind, ("recall", "precision"), "average precision")


def series_classes(curves: Sequence[Curve]) -> list[str]:
    """The style of each curve: detectors solid and coloured, trivial rules dashed."""
    numbers = {False: 0, True: 0}
    classes = []
    for curve in curves:
        classes.append(
            f"series {'rule' if curve.trivial else 'detector'}-{numbers[curve.trivial] % 3}"
        )
        numbers[curve.trivial] += 1
    return classes


def swatch(css_class: str) -> Markup:
    """A piece of a line, to be shown beside its name."""
    return Markup(
        '<svg class="swatch" viewBox="0 0 30 8" aria-hidden="true"><path class="{}" d="M1 4H29"/>'
        "</svg>"
    ).format(css_class)


def bar(value: float, largest: float) -> Markup:
    """A small bar from the left; full at `largest`."""
    return _bar(f"M0 0H{Scale(0, max(largest, 0), 0, 100)(value) if value > 0 else 0}V6H0Z", "")


def diverging_bar(value: float, largest: float) -> Markup:
    """A small bar from the middle: to the right what pushes towards an anomaly."""
    end = Scale(-largest, largest, 0, 100)(value)
    return _bar(f"M50 0H{end}V6H50Z", "towards" if value > 0 else "away")


def _bar(path: str, css_class: str) -> Markup:
    return Markup(
        '<svg class="bar {}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<path class="track" d="M0 0H100V6H0Z"/><path class="value" d="{}"/></svg>'
    ).format(css_class, path)


def _bars(distribution: Distribution, x: Scale, y: Scale) -> Iterable[Markup]:
    """A bar for each bin that holds records; bars above the threshold have another colour."""
    cut = x(distribution.threshold)
    for (low, high), n_rows in zip(pairwise(distribution.edges), distribution.n_rows, strict=True):
        if not n_rows:
            continue
        left, top = x(low), y(math.log10(n_rows))
        right = max(x(high) - 0.6, left + 1.5)
        parts = [("kept", left, min(right, cut)), ("flagged", max(left, cut), right)]
        shapes = Markup().join(
            Markup('<path class="{}" d="M{} {}V{}H{}V{}Z"/>').format(
                css_class, start, BOTTOM, top, end, BOTTOM
            )
            for css_class, start, end in parts
            if end > start
        )
        yield Markup(
            '<g class="bin"><title>{} to {}: {} records</title>'
            '<path class="reach" d="M{} {}V{}H{}V{}Z"/>{}</g>'
        ).format(number(low), number(high), count(n_rows), left, BOTTOM, TOP, right, BOTTOM, shapes)


def _lines(
    curves: Sequence[Curve],
    lines: Sequence[tuple[list[Point], float]],
    blind: list[Point],
    labels: tuple[str, str],
    figure: str,
) -> Markup:
    x, y = Scale(0, 1, LEFT, RIGHT), Scale(0, 1, BOTTOM, TOP - 12)
    steps = ticks(0, 1)
    parts = [
        *x_axis(x, steps, labels[0]),
        *y_axis([(y(step), number(step)) for step in steps], labels[1]),
        Markup('<path class="blind" d="{}"><title>picking blindly</title></path>').format(
            _path(blind, x, y)
        ),
    ]
    drawn = [
        Markup('<path class="{}" d="{}"><title>{}: {} {}</title></path>').format(
            css_class, _path(points, x, y), curve.name, figure, f"{value:.3f}"
        )
        for curve, css_class, (points, value) in zip(
            curves, series_classes(curves), lines, strict=True
        )
    ]
    figures = "; ".join(
        f"{curve.name} {value:.3f}" for curve, (_, value) in zip(curves, lines, strict=True)
    )
    # The deciding detector comes first and is to lie on top.
    return frame(f"{labels[1]} against {labels[0]}; {figure}: {figures}", [*parts, *drawn[::-1]])


def _path(points: Iterable[Point], x: Scale, y: Scale) -> str:
    kept: list[Point] = []
    last = None
    for point in ((x(across), y(up)) for across, up in points):
        last = point
        if not kept or math.dist(kept[-1], point) >= _MIN_STEP:
            kept.append(point)
    if last is not None and kept[-1] != last:
        kept.append(last)
    return "M" + "L".join(f"{across:g} {up:g}" for across, up in kept) if kept else ""
