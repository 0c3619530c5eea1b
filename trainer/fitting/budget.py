"""The contamination that follows from an alert budget."""

from typing import Final

import msgspec

from schemas.bundle.budget import MAX_LINES_PER_DAY, AlertBudget
from trainer.counting.table import CountTable
from trainer.errors import BudgetError

MAX_CONTAMINATION: Final = 0.5
"""As that of the options: more than half of the lines cannot be unusual."""

MIN_SPAN_S: Final = 60
"""Records of a shorter span do not show how many lines a day has."""

_DAY_S: Final = 86_400
_SHORT_S: Final = 7_200
"""A shorter span is given in minutes."""

_SECOND_US: Final = 1_000_000


def span_s(table: CountTable) -> float | None:
    """Seconds from the first record of a table to its last; None where some have no time."""
    if not table.has_times:
        return None
    assert table.first_seen is not None
    assert table.last_seen is not None
    return int(table.last_seen.max() - table.first_seen.min()) / _SECOND_US


def lines_per_day(table: CountTable) -> float | None:
    """Records a day, over the span of their times; None where some have none, or it is too short.

    Gaps in the span count as time without lines.
    """
    span = span_s(table)
    if span is None or span < MIN_SPAN_S:
        return None
    return table.n_samples / span * _DAY_S


def with_rate(budget: AlertBudget, learned: float | None) -> AlertBudget:
    """A budget with its lines a day: those that were asked for, or else those that were learned.

    Args:
        budget: with or without lines a day.
        learned: lines a day of the training records; None if they do not show it.

    Raises:
        BudgetError: nothing shows how many lines a day there are.
    """
    if budget.lines_per_day is not None:
        return budget
    if learned is None:
        raise BudgetError(
            f"alerts a day: the records do not tell how many lines a day there are: some have no "
            f"time, or all are of less than {MIN_SPAN_S} seconds; name the field of their times, "
            "give the lines a day, or give a contamination in its place"
        )
    return msgspec.structs.replace(budget, lines_per_day=min(learned, MAX_LINES_PER_DAY))


def contamination_of(budget: AlertBudget) -> float:
    """The share of lines that a budget with a rate lets through.

    Raises:
        BudgetError: it is more than half of the lines.
    """
    assert budget.lines_per_day is not None
    if budget.share > MAX_CONTAMINATION:
        most = int(budget.lines_per_day * MAX_CONTAMINATION)
        raise BudgetError(
            f"{budget.alerts_per_day:,} alerts a day: of {budget.lines_per_day:,.0f} lines a day "
            f"no more than half can be unusual; Expected at most {most:,}"
        )
    return budget.share


def doubts(budget: AlertBudget, table: CountTable) -> list[str]:
    """Doubts about a rate that was learned, a sentence each.

    Args:
        budget: as it was asked for.
        table: the training records.
    """
    span = span_s(table)
    if budget.lines_per_day is not None or span is None or span >= _DAY_S:
        return []
    long = f"{span / 3_600:.0f} hours" if span >= _SHORT_S else f"{span / 60:.0f} minutes"
    return [
        f"lines a day were learned from records of {long}: train on whole days, or give the rate"
    ]
