"""Reports on data: its records judged by models, with patterns and lines where there are any."""

from collections.abc import Sequence

import msgspec

from schemas.bundle.corrections import Correction
from trainer.counting.pattern_table import without_texts
from trainer.jobs.dataset import Holdings
from trainer.judging.evaluation import make_report
from trainer.judging.found import find_patterns
from trainer.judging.judged import Judged, find_top
from trainer.judging.omitted import omitted_from
from trainer.report.content import Report


def report_on(
    holdings: Holdings,
    judged: Sequence[Judged],
    *,
    with_examples: bool,
    corrections: Sequence[Correction],
    title: str = "",
    warnings: Sequence[str] = (),
) -> Report:
    """Report on data.

    Args:
        holdings: the data's records, at least one.
        judged: the models' judgements on them, the deciding model's first; not empty.
        with_examples: show log lines, and the texts of patterns.
        corrections: people's corrections that hold.
        title: of the report.
        warnings: a sentence each.

    Raises:
        InputError: the lines cannot be read again.
    """
    table = holdings.table
    patterns = holdings.patterns if with_examples else without_texts(holdings.patterns)
    found = find_patterns(patterns, table, judged[0])
    top = find_top(table, judged[0]) if found is None else found.top
    examples = holdings.examples(top.table) if with_examples else {}
    report = make_report(
        holdings,
        table,
        judged,
        top,
        examples,
        found=found,
        title=title,
        warnings=warnings,
        corrections=corrections,
    )
    omitted = omitted_from(report, table, holdings.patterns, are_counts=holdings.dataset is None)
    return msgspec.structs.replace(report, omitted=list(omitted))
