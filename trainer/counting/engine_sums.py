"""Count tables of ours, added up by DuckDB: out of core, and before a row of them is read."""

from collections.abc import Sequence
from typing import Final

import duckdb

from schemas.record.extractor import EXTRACTOR_COLUMN
from schemas.record.features import FEATURE_NAMES
from trainer.counting.engine import number_counts, read_numbered
from trainer.counting.parts import Part
from trainer.counting.sums import Counted
from trainer.counting.table_file import PLACE_COLUMN, check_extractor, read_parts
from trainer.reading.database import connect, parquet
from trainer.reading.sources import Source

_SUMS: Final = {
    "n": "sum(n)::BIGINT",
    "n_positive": "sum(n_positive)::BIGINT",
    "first_seen": "min(first_seen)",
    "last_seen": "max(last_seen)",
}
"""How the columns of tables that `count` wrote add up; all others distinguish records."""

_KEYS: Final = {*FEATURE_NAMES, "pattern", "has_failure", EXTRACTOR_COLUMN}


def sum_tables(sources: Sequence[Source]) -> Counted | None:
    """Add up count tables that are alike.

    Returns:
        Their sum, the same as of the tables read one by one; None if they have to be, since they
        are no Parquet files of ours, differ in their columns, or have a row that cannot be used or
        names no extractor.

    Raises:
        InputError: a table cannot be read, or its records were made by other rules.
    """
    if not sources or not all(source.uri.endswith(".parquet") for source in sources):
        return None
    with connect(sources) as connection:
        kinds = [_columns(connection, source) for source in sources]
        placed = [columns.pop(PLACE_COLUMN, None) is not None for columns in kinds]
        columns = kinds[0]
        is_ours = _KEYS <= columns.keys() <= _KEYS | _SUMS.keys() and "n" in columns
        if not is_ours or any(others != columns for others in kinds[1:]):
            return None
        named = [check_extractor(connection, parquet([table]), table.uri) for table in sources]
        if not all(named):
            return None
        keys = ", ".join(sorted(_KEYS - {EXTRACTOR_COLUMN}))
        sums = ", ".join(f"{how} AS {name}" for name, how in _SUMS.items() if name in columns)
        parts: list[Part] = []
        if any(placed):
            parts, shifts = read_parts(connection, sources)
            shift = f"list_extract({shifts}, file_index::BIGINT + 1)"
            sums += (
                f", coalesce(min(nullif({PLACE_COLUMN}, 0) + {shift}), 0)::BIGINT AS first_place"
            )
        relation = parquet(sources, *([] if all(placed) else ["union_by_name = true"]))
        checks = "count(n) = count(*) AND min(n) >= 1 AS is_counted"
        connection.execute(
            f"CREATE TEMP TABLE counts AS SELECT {keys}, {sums}, {checks} "
            f"FROM {relation} GROUP BY {keys}"
        )
        (is_counted,) = connection.execute(
            "SELECT coalesce(bool_and(is_counted), true) FROM counts"
        ).fetchall()[0]
        if not is_counted:
            return None
        number_counts(connection)
        connection.execute("DROP TABLE counts")
        part = read_numbered(connection, 0)
    if part.n_bad:
        return None
    return Counted(part.table, {0: part.n_records}, 0, [], patterns=part.patterns, parts=parts)


def _columns(connection: duckdb.DuckDBPyConnection, source: Source) -> dict[str, str]:
    """The columns of a Parquet file and their types."""
    relation = connection.sql(f"SELECT * FROM {parquet([source])} LIMIT 0")
    return dict(zip(relation.columns, map(str, relation.types), strict=True))
