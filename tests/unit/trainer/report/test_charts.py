"""Charts: where things are drawn."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.made_reports import make_curve, make_curves, make_distribution
from trainer.report.axes import BOTTOM, WIDTH, Scale, ticks
from trainer.report.charts import (
    bar,
    diverging_bar,
    histogram,
    precision_recall_chart,
    series_classes,
)
from trainer.report.content import Distribution

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.37, 0.82, [0.4, 0.5, 0.6, 0.7, 0.8]),
        (-4.8, 3.1, [-4, -2, 0, 2]),
        (7, 7, [7]),
        (1e16, 1e16 + 4, [1e16, 1e16 + 4]),
        (0, 5e-324, [0, 5e-324]),
    ],
)
def test_ticks(low: float, high: float, expected: list[float]) -> None:
    """Ticks are round numbers; where there are none, both ends."""
    assert ticks(low, high) == pytest.approx(expected)


@given(st.tuples(FINITE, FINITE).map(sorted))
def test_ticks_are_few_and_inside(ends: list[float]) -> None:
    """Whatever the range, there are one to ten ticks and none lies outside."""
    low, high = ends
    found = ticks(low, high)
    assert 1 <= len(found) <= 10
    margin = (high / 2 - low / 2) * 1e-9
    assert all(low / 2 - margin <= edge / 2 <= high / 2 + margin for edge in found)


@given(st.lists(FINITE, min_size=3, max_size=3).map(sorted))
def test_a_scale_stays_between_its_ends(values: list[float]) -> None:
    """What lies between low and high is drawn between start and end."""
    low, middle, high = values
    assert 10 <= Scale(low, high, 10, 90)(middle) <= 90


def drawn(distribution: Distribution, css_class: str) -> list[tuple[float, float, float]]:
    """Left, right and top of the bars of a class."""
    shape = rf'class="{css_class}" d="M(\S+) \S+V(\S+)H(\S+)V'
    return [
        (float(left), float(right), float(top))
        for left, top, right in re.findall(shape, histogram(distribution))
    ]


def test_a_bin_changes_colour_at_the_threshold() -> None:
    """What lies above the threshold is drawn as flagged, within a bin as well."""
    distribution = replace(make_distribution(), edges=[0, 1, 2], n_rows=[5, 7], threshold=1.5)
    (_, kept), (flagged,) = drawn(distribution, "kept"), drawn(distribution, "flagged")
    assert kept[1] == flagged[0]
    assert kept[2] == flagged[2]


def test_a_single_record_has_a_height() -> None:
    """A bar of one record can be seen beside a bar of a million; an empty bin has none."""
    distribution = replace(
        make_distribution(), edges=[0, 1, 2, 3], n_rows=[1_000_000, 0, 1], threshold=9
    )
    high, low = drawn(distribution, "kept")
    assert not drawn(distribution, "flagged")
    assert high[2] < low[2] < BOTTOM - 5


def test_a_bin_without_width_is_seen() -> None:
    """If all records have one score, its bar stands in the middle."""
    distribution = replace(make_distribution(), edges=[0.5, 0.5], n_rows=[3], threshold=0.5)
    (((left, right, _)),) = drawn(distribution, "flagged")
    assert WIDTH * 0.4 < left < right < WIDTH * 0.7


def test_precision_is_drawn_in_steps() -> None:
    """No line joins two points of a precision-recall curve slantwise, which would flatter it."""
    chart = precision_recall_chart([make_curve("model", 0.7, 0.2, trivial=False)], 0.1)
    (path,) = re.findall(r'class="series[^"]*" d="M([^"]*)"', chart)
    points = [tuple(map(float, point.split())) for point in path.split("L")]
    moves = [(abs(b[0] - a[0]), abs(b[1] - a[1])) for a, b in pairwise(points)]
    assert all(min(move) < 1 for move in moves)


def test_detectors_and_rules_look_different() -> None:
    """Each ranking has a style of its own, and a rule never has a detector's."""
    classes = series_classes(make_curves())
    assert len(set(classes)) == len(classes)
    assert ["rule" in class_ for class_ in classes] == [curve.trivial for curve in make_curves()]


def test_bars() -> None:
    """A bar is as long as its share of the largest; a diverging bar starts in the middle."""
    assert "M0 0H25.0V" in bar(1, 4)
    assert "M0 0H0V" in bar(0, 0)
    assert "M50 0H75.0V" in diverging_bar(2, 4)
    assert "M50 0H25.0V" in diverging_bar(-2, 4)
