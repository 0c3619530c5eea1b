"""Two lists of patterns compared: kinds of changes, the test, the order."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from trainer.patterns.comparison import adjust, compare, log_likelihood_ratio, p_value
from trainer.patterns.pattern import Pattern

counts = st.integers(0, 10_000)


def pattern(number: int, count: int, level: str = "INFO", service: str = "a") -> Pattern:
    """A pattern with so many lines."""
    return Pattern(
        pattern_id=f"{number:016x}",
        service=service,
        text=f"text {number}",
        level=level,
        count=count,
        levels={level: count},
    )


@given(counts, counts, counts, counts)
def test_g2_is_the_one_of_scipy(a: int, rest_a: int, b: int, rest_b: int) -> None:
    """Of the two by two table; where a row or a column is empty, nothing differs."""
    found = log_likelihood_ratio(a, a + rest_a, b, b + rest_b)
    table = [[a, rest_a], [b, rest_b]]
    if 0 in (a + b, rest_a + rest_b, a + rest_a, b + rest_b):
        assert found == pytest.approx(0, abs=1e-6)
        return
    expected = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    assert found == pytest.approx(expected.statistic, rel=1e-6, abs=1e-6)
    assert p_value(expected.statistic) == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-300)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_p_values_are_adjusted_as_by_scipy(p_values: list[float]) -> None:
    """By Benjamini and Hochberg, in the order given."""
    assert adjust(p_values) == pytest.approx(stats.false_discovery_control(p_values).tolist())


def test_kinds() -> None:
    """New, gone, louder, more and less frequent; what changed by chance or by little is none."""
    good = [
        pattern(1, 1_000),  # stays
        pattern(2, 100),  # gone
        pattern(3, 100),  # at ERROR now
        pattern(4, 100),  # ten times as often
        pattern(5, 100),  # a tenth as often
        pattern(6, 10_000),  # half as often again, surely no chance
        pattern(7, 1),  # three times, which chance may do
    ]
    bad = [
        pattern(1, 1_000),
        pattern(3, 100, "ERROR"),
        pattern(4, 1_000),
        pattern(5, 10),
        pattern(6, 15_000),
        pattern(7, 3),
        pattern(8, 1),
    ]
    changes = {change.pattern_id[-1]: change for change in compare(good, bad).changes}
    assert {number: change.kind for number, change in changes.items()} == {
        "2": "gone",
        "3": "louder",
        "4": "more",
        "5": "less",
        "8": "new",
    }
    n_good, n_bad = 11_401, 17_114
    assert changes["4"].ratio == pytest.approx(1_000 / n_bad / (100 / n_good))
    assert changes["8"].ratio is None
    assert changes["2"].ratio == 0


def test_what_appeared_at_error_is_read_first() -> None:
    """Then what else is new or more frequent, then what is gone; the surest first among equals."""
    good = [pattern(1, 1_000), pattern(2, 50), pattern(3, 500, "FATAL")]
    bad = [
        pattern(1, 1_000),
        pattern(4, 900),
        pattern(5, 2, "ERROR"),
        pattern(6, 3, "FATAL"),
        pattern(7, 1),
    ]
    order = [int(change.pattern_id, 16) for change in compare(good, bad).changes]
    assert order == [6, 5, 4, 7, 3, 2]


def test_services_and_levels() -> None:
    """By name; a pattern of another service is another pattern."""
    found = compare(
        [pattern(1, 9, "DEBUG"), pattern(1, 9, service="b")],
        [pattern(1, 9, "FATAL", "c"), pattern(1, 9, "WARN", "b")],
    )
    assert (found.new_services, found.gone_services) == (["c"], ["a"])
    assert (found.new_levels, found.gone_levels) == (["FATAL", "WARN"], ["INFO", "DEBUG"])
    assert (found.count("new"), found.count("new", severe=True), found.count("gone")) == (1, 1, 1)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(1, 99)), unique_by=lambda line_count: line_count[0]
    )
)
def test_equal_lists_do_not_differ(pairs: list[tuple[int, int]]) -> None:
    """Nor do two lists if one has all counts many times as high."""
    good = [pattern(number, count) for number, count in pairs]
    tenfold = [pattern(number, 10 * count) for number, count in pairs]
    assert compare(good, good).changes == []
    assert compare(good, tenfold).changes == []
    assert compare([], good).count("new") == len(good)
    assert not any(math.isnan(change.g2) for change in compare([], good).changes)
