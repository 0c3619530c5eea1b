"""Records written in every format with named fields."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from tests.read_records import lines_of


def table_of(rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    """CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def write_parquet(path: Path, rows: list[dict[str, Any]]) -> None:
    """Parquet, by way of JSON lines."""
    plain = path.with_suffix(".jsonl")
    plain.write_bytes(lines_of(rows))
    duckdb.sql(
        f"COPY (SELECT * FROM read_json('{plain}', maximum_object_size = 100000000)) "
        f"TO '{path}' (FORMAT parquet)"
    )
    plain.unlink()


WRITERS: dict[str, Callable[[Path, list[dict[str, Any]]], object]] = {
    "jsonl": lambda path, rows: path.write_bytes(lines_of(rows)),
    "csv": lambda path, rows: path.write_bytes(table_of(rows)),
    "parquet": write_parquet,
}
