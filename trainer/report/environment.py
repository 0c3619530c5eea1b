"""Where pages are made: their templates, and what templates may call."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from trainer.report import charts, formats, time_charts

TEMPLATES: Final = Path(__file__).parent / "templates"


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Escapes all that comes from logs, and shows control characters."""
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
        second=formats.second,
        share=formats.share,
        signed=formats.signed,
        until=formats.until,
    )
    environment.globals.update(
        bar=charts.bar,
        diverging_bar=charts.diverging_bar,
        histogram=charts.histogram,
        precision_recall_chart=charts.precision_recall_chart,
        roc_chart=charts.roc_chart,
        sparkline=time_charts.sparkline,
        swatch=charts.swatch,
        timeline_chart=time_charts.timeline_chart,
    )
    return environment
