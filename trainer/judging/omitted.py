"""What a report does not show, and why: each in a sentence."""

from collections.abc import Iterator

from schemas.record.key import NO_TRAITS
from trainer.counting.pattern_table import MAX_PATTERNS, MAX_SPREAD_ROWS, PatternTable
from trainer.counting.table import CountTable
from trainer.report.content import Report


def omitted_from(
    report: Report, table: CountTable, patterns: PatternTable, *, are_counts: bool
) -> Iterator[str]:
    """What a report lacks that reports on other data have.

    Args:
        report: the report.
        table: the records.
        patterns: of those with messages.
        are_counts: whether the records come from count tables.
    """
    if not report.patterns:
        yield f"No patterns: {_why_no_patterns(table, patterns)}."
    if report.timeline is None:
        yield f"No timeline: {_why_no_timeline(table, patterns, are_counts=are_counts)}."
    if report.n_labelled and report.faults is None:
        why = "count tables do not keep" if are_counts else "standard input does not tell again"
        yield f"No faults: they are an order of lines, which {why}."


def _why_no_patterns(table: CountTable, patterns: PatternTable) -> str:
    if patterns.overflowed:
        return f"the messages make more than {MAX_PATTERNS:,}, so they hardly repeat"
    if (table.traits != NO_TRAITS).any():
        return "the count tables do not name them all"
    return "the records came without messages"


def _why_no_timeline(table: CountTable, patterns: PatternTable, *, are_counts: bool) -> str:
    if not table.has_times:
        return "not all records have a time"
    if are_counts:
        return (
            "count tables keep when a record was first and last seen, and not how its lines "
            "spread over time"
        )
    if not patterns.n_rows:
        return "how lines spread over time is counted by pattern"
    return f"there are more than {MAX_SPREAD_ROWS:,} patterns by level, length and flags"
