"""A report's first sentence: lines flagged, how many are labelled, what a plain alert flags."""

from typing import Final

from schemas.bundle.budget import AlertBudget
from schemas.record.features import SEVERITY, Level
from schemas.record.key import Bools, unpack
from trainer.counting.table import CountTable
from trainer.judging.judged import Judged
from trainer.judging.wording import budget_in_words
from trainer.report.goodness import FaultCount

ALERT: Final = Level.ERROR
"""The plain alert that a model is compared with: every line from this level on."""


def headline(
    table: CountTable,
    judged: Judged,
    faults: FaultCount | None = None,
    budget: AlertBudget | None = None,
) -> str:
    """A sentence with a subject, from counts alone.

    As in "Flags 57 of 6,666 lines; all 57 are labelled, of 673 in all; 19 of 23 faults; an alert on
    ERROR flags 144, 138 of them labelled, and finds 23."

    Args:
        table: the records.
        judged: what the model says of them.
        faults: those in the data; None if uncounted.
        budget: the alerts a day that were asked for; None if a share was.
    """
    flagged, alerted = judged.judgements.is_anomaly, unpack(table.keys)[1] >= SEVERITY[ALERT]
    n_flagged, n_alerted = _count(table, flagged), _count(table, alerted)
    sentence = f"Flags {n_flagged:,} of {table.n_samples:,} lines"
    if budget is not None and budget.lines_per_day is not None:
        per_day = n_flagged / table.n_samples * budget.lines_per_day
        sentence += f", about {per_day:,.0f} a day; asked for were {budget_in_words(budget)}"
    alert = f"an alert on {ALERT.value} flags {n_alerted:,}"
    if table.positives is None:
        return f"{sentence}; {alert}."
    hits, n_labelled = int(table.positives[flagged].sum()), int(table.positives.sum())
    precision = f"{_share(hits, n_flagged)} labelled, of {n_labelled:,} in all"
    caught = f"{int(table.positives[alerted].sum()):,} of them labelled"
    if faults is None:
        return f"{sentence}; {precision}; {alert}, {caught}."
    met = f"{faults.n_flagged:,} of {faults.n_faults:,} faults"
    return f"{sentence}; {precision}; {met}; {alert}, {caught}, and finds {faults.n_alerted:,}."


def _count(table: CountTable, chosen: Bools) -> int:
    return int(table.counts[chosen].sum())


def _share(hits: int, n_flagged: int) -> str:
    """The subject of what is labelled, with its verb."""
    if not hits:
        return "none is"
    if hits == n_flagged:
        return "it is" if hits == 1 else f"all {hits:,} are"
    return f"{hits:,} of them {'is' if hits == 1 else 'are'}"
