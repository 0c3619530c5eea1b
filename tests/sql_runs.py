"""Queries of ours, run in DuckDB."""

from collections.abc import Iterable
from typing import Any

import duckdb

from schemas.record.extractor import EXTRACTOR, EXTRACTOR_COLUMN
from tests.raw_logs import RawLog
from trainer.reading.plan import Fields

Row = tuple[Any, ...]
FIELDS = Fields(message="message", level="level", service="service")


def run(query: str, rows: Iterable[Row] = (), columns: str = "") -> list[Row]:
    """Run a query in DuckDB, over the table `logs` with these rows if columns are given."""
    with duckdb.connect() as connection:
        if columns:
            connection.execute(f"CREATE TABLE logs ({columns})")
            for row in rows:
                marks = ", ".join("?" * len(row))
                connection.execute(f"INSERT INTO logs VALUES ({marks})", row)
        result = connection.execute(query)
        named = [column[0] for column in result.description or []]
        found = result.fetchall()
    if named[-1] != EXTRACTOR_COLUMN:
        return found
    assert {row[-1] for row in found} <= {EXTRACTOR}
    return [row[:-1] for row in found]


def run_raw(logs: Iterable[RawLog], query: str) -> list[Row]:
    """Run a query over raw logs."""
    return run(query, logs, "message TEXT, level TEXT, service TEXT")
