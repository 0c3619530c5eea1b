"""The choice of a layout for lines of plain text."""

import time
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from inference.intake.layout import Layout
from inference.intake.layout_choice import (
    apply_layout,
    choices_for,
    find_layout,
    layouts_for,
    most_telling,
)
from inference.intake.layouts import LAYOUTS
from inference.intake.lines import MAX_FURTHER, continues_record, read_foreign

_LINES = [example.line for layout in LAYOUTS.values() for example in layout.examples]


@cache
def _is_foreign(line: str) -> bool:
    return read_foreign(line) is not None


def _best_of_all(lines: list[str]) -> Layout:
    choices = [apply_layout(layout, lines, _is_foreign) for layout in layouts_for(lines)]
    best = most_telling(choice for choice in choices if choice.fits)
    return LAYOUTS["text"] if best is None else best.layout


@given(st.lists(st.sampled_from(_LINES), min_size=1, max_size=6), st.integers(1, 8))
def test_layouts_that_are_not_tried_would_not_be_chosen(lines: list[str], times: int) -> None:
    """The layout of lines would be chosen if all layouts were tried as well."""
    assert find_layout(lines * times).name == _best_of_all(lines * times).name


def test_lines_read_in_full_end_the_search() -> None:
    """Behind a layout that finds all in each line, only layouts that may find more are tried."""
    line = "2024-05-01 10:00:00,000 INFO [main] a.b.Cart: up"
    tried = [choice.layout for choice in choices_for(layouts_for([line]), [line])]
    assert tried[0].name == "log4j"
    assert all(layout.has_body or layout.pairs for layout in tried[1:])


def test_a_long_word_costs_no_more_than_its_size() -> None:
    """No layout searches a megabyte to its end to find out whether it continues a record."""
    began = time.process_time()
    assert find_layout(["a" * 1_000_000] * 3).name == "text"
    assert time.process_time() - began < 5  # compiling all layouts takes up to 2


def test_of_a_long_line_the_beginning_says_whether_it_continues_a_record() -> None:
    """What begins as lines of stack traces do is known in any length; a far end says nothing."""
    assert continues_record("at " + "a" * 10 * MAX_FURTHER)
    assert continues_record("a" * (MAX_FURTHER - 2) + "()")
    assert not continues_record("a" * MAX_FURTHER + "()")
    assert not continues_record("a." * MAX_FURTHER)
