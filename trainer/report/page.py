"""Renders a report as a self-contained HTML page: no script, no font, no address."""

from typing import Final

from trainer.report import charts
from trainer.report.content import Report
from trainer.report.environment import environment
from trainer.report.worth import judge_rankings

SHOWN_FIRST: Final = 3
"""Patterns or records that are not folded: two screens of a phone with what stands above."""


def render(report: Report) -> bytes:
    """The page, UTF-8.

    Everything from logs is escaped, and control characters are made visible. The same report gives
    the same bytes.

    Args:
        report: what to show; its floats are finite.
    """
    records = [*report.top, *(pattern.record for pattern in report.patterns)]
    page = environment().get_template("page.html.jinja")
    text = page.render(
        report=report,
        deciding=report.distributions[0],
        detectors=[distribution.detector for distribution in report.distributions],
        worth=judge_rankings(report.curves) if report.curves else None,
        series=charts.series_classes(report.curves),
        push=max(
            (abs(part.value) for record in records for part in record.contributions), default=0.0
        ),
        shown_first=SHOWN_FIRST,
    )
    return text.encode()
