"""Renders a report as one HTML page that needs nothing else: no script, no font, no address."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trainer.report import charts, formats
from trainer.report.content import Report
from trainer.report.worth import judge_rankings

TEMPLATES: Final = Path(__file__).parent / "templates"


def render(report: Report) -> bytes:
    """The page, UTF-8.

    Everything from logs is escaped, and control characters are made visible. The same report gives
    the same bytes.

    Args:
        report: what to show; its floats are finite.
    """
    page = _environment().get_template("page.html.jinja")
    text = page.render(
        report=report,
        deciding=report.distributions[0],
        detectors=[distribution.detector for distribution in report.distributions],
        worth=judge_rankings(report.curves) if report.curves else None,
        series=charts.series_classes(report.curves),
        push=max(
            (abs(part.value) for record in report.top for part in record.contributions), default=0.0
        ),
    )
    return text.encode()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=formats.visible,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        asked=formats.asked,
        count=formats.count,
        cut=formats.cut,
        fixed=formats.fixed,
        moment=formats.moment,
        number=formats.number,
        prose=formats.prose,
        share=formats.share,
        signed=formats.signed,
    )
    environment.globals.update(
        bar=charts.bar,
        diverging_bar=charts.diverging_bar,
        histogram=charts.histogram,
        precision_recall_chart=charts.precision_recall_chart,
        roc_chart=charts.roc_chart,
        swatch=charts.swatch,
    )
    return environment
