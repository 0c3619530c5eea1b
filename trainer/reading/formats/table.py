"""All formats of input: a new format is its module and its line here."""

from typing import Final

from trainer.reading.formats.delimited import CSV
from trainer.reading.formats.format import Format
from trainer.reading.formats.json_lines import JSON_LINES
from trainer.reading.formats.parquet import PARQUET
from trainer.reading.formats.plain_text import PLAIN_TEXT
from trainer.reading.formats.xml_events import XML
from trainer.reading.plan import ReadingPlan

FORMATS: Final[dict[str, Format]] = {
    format_.name: format_ for format_ in (PARQUET, JSON_LINES, XML, CSV, PLAIN_TEXT)
}
"""By name, in the order in which formats sniff data."""


def is_counted_by_engine(plan: ReadingPlan) -> bool:
    """Whether DuckDB counts such data, or joins it with verdicts, without our reading a record."""
    return plan.kind == "features" and FORMATS[plan.format].columnar
