"""Count tables by SQL: DuckDB in this process, or the result of a query that ran elsewhere.

DuckDB groups Parquet of features out of core. It runs the very query that `python -m trainer sql`
prints for other engines, and its result is read as theirs is: names and levels stay text until
here, where each distinct name is turned into its number once.
"""

from collections.abc import Sequence
from typing import Final

import duckdb
import msgspec
import numpy as np

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.features import (
    FEATURE_NAMES,
    MAX_MESSAGE_LENGTH,
    MAX_SERVICE_CHARS,
    SEVERITY,
    Level,
)
from schemas.record.key import FIRST_MESSAGE, FLAG_BITS, NO_TRAITS, PER_TEMPLATE, Ints, pack
from trainer.counting.engine_moments import SPANS, located_rows, span_columns
from trainer.counting.engine_patterns import read_patterns
from trainer.counting.sums import PartCount
from trainer.counting.table import EMPTY, CountTable, merge_names, merge_tables
from trainer.counting.table_file import check_extractor
from trainer.errors import InputError
from trainer.reading.database import TABLE_ENDINGS, connect, parquet, reader_of
from trainer.reading.faults import MAX_SAMPLES, Notes
from trainer.reading.partitions import Place
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import Source
from trainer.sql import features_query

UNKNOWN: Final = -1
"""Number of a level or service that is not valid."""


def count_features(sources: Sequence[Source], plan: ReadingPlan, partition: int = 0) -> PartCount:
    """Count Parquet files of features, all at once.

    Args:
        sources: a partition each, in order.
        plan: how to read them.
        partition: number of the first source.

    Raises:
        InputError: a file cannot be read, or lacks a column.
    """
    with connect(sources) as connection:
        relation = parquet(sources)
        check_columns(connection, relation, FEATURE_NAMES)
        query = features_query(
            "duckdb",
            located_rows(connection, sources, plan.fields.time),
            label=plan.fields.label,
            spans=SPANS,
        )
        connection.execute(f"CREATE TEMP TABLE counts AS {query}")
        number_counts(connection)
        part = read_numbered(connection, partition)
        located = [
            (find_row(connection, sources, partition, number), problem)
            for number, problem in bad_rows(connection)
        ]
    return PartCount(partition, part.table, part.n_records, part.n_bad, located)


def read_table(source: Source, number: int) -> PartCount:
    """Read a count table that an SQL engine made: Parquet, CSV or JSON lines.

    Args:
        source: the table.
        number: of the table among others, as partitions are numbered.

    Raises:
        InputError: it cannot be read, or lacks a column.
    """
    reader = reader_of(source.uri)
    if reader is None:
        raise InputError(
            f"{source.uri}: a count table is {', '.join(TABLE_ENDINGS)}, plain or compressed"
        )
    with connect([source]) as connection:
        check_columns(connection, reader, (*FEATURE_NAMES, "n"))
        is_named = check_extractor(connection, reader, source.uri)
        # So that a row has the number that it has in the file.
        connection.execute("SET preserve_insertion_order = true")
        connection.execute(f"CREATE TEMP TABLE counts AS SELECT * FROM {reader}")
        number_counts(connection)
        part = read_numbered(connection, number)
        bad = [(Place(number, row + 1), problem) for row, problem in bad_rows(connection)]
    notes = Notes() if is_named else Notes(unnamed=(source.uri,))
    return msgspec.structs.replace(part, bad=bad, notes=notes)


def check_columns(
    connection: duckdb.DuckDBPyConnection, relation: str, wanted: Sequence[str]
) -> None:
    """Refuse a relation that lacks columns.

    Raises:
        InputError: names what is missing and what is there.
    """
    columns = connection.sql(f"SELECT * FROM {relation} LIMIT 0").columns
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise InputError(
            f"{relation}: lacks the columns {', '.join(missing)}; it has {', '.join(columns)}"
        )


# A column may not have the name of what it is made of: `x` would mean either.
_CAST_FLAGS: Final = ", ".join(f"TRY_CAST({name} AS BOOLEAN) AS is_{name}" for name in FLAG_BITS)
_CHECK_FLAGS: Final = " ".join(
    f"WHEN is_{name} IS NULL THEN '{name}: expected true or false'" for name in FLAG_BITS
)
_FLAGS: Final = " + ".join(f"{bit} * is_{name}::BIGINT" for name, bit in FLAG_BITS.items())

_NUMBERED: Final = f"""
CREATE TEMP TABLE numbered AS
WITH levels AS (
  SELECT level, severity(CAST(level AS VARCHAR)) AS severity
  FROM (SELECT DISTINCT level FROM counts)
), services AS (
  SELECT service, service_number(CAST(service AS VARCHAR)) AS number,
    row_number() OVER () AS place
  FROM (SELECT DISTINCT service FROM counts)
)
SELECT
  counts.rowid AS row,
  TRY_CAST(message_length AS BIGINT) AS length,
  severity,
  number,
  CAST(counts.service AS VARCHAR) AS service,
  services.place AS service_place,
  {_CAST_FLAGS},
  {{traits}} AS traits,
  {{pattern}} AS pattern,
  TRY_CAST(n AS BIGINT) AS n,
  {{positives}} AS positives,
  {{spans}},
  CASE
    WHEN TRY_CAST(n AS BIGINT) IS NULL OR TRY_CAST(n AS BIGINT) < 1
      THEN 'n: expected a count of at least 1'
    WHEN length IS NULL OR TRY_CAST(message_length AS DOUBLE) <> length
      OR length NOT BETWEEN 0 AND {MAX_MESSAGE_LENGTH}
      THEN 'message_length: expected a whole number from 0 to {MAX_MESSAGE_LENGTH}'
    WHEN coalesce(severity, {UNKNOWN}) < 0
      THEN 'level: expected DEBUG, INFO, WARN, ERROR, FATAL or a usual synonym'
    WHEN coalesce(number, {UNKNOWN}) < 0
      THEN 'service: expected 1 to {MAX_SERVICE_CHARS} characters'
    {_CHECK_FLAGS}
    WHEN coalesce(traits, {UNKNOWN}) < 0
      THEN 'pattern, has_failure: expected 16 hexadecimal digits, and true or false'
  END AS problem
FROM counts
LEFT JOIN levels ON counts.level IS NOT DISTINCT FROM levels.level
LEFT JOIN services ON counts.service IS NOT DISTINCT FROM services.service
"""

_TRAITS: Final = f"""CASE
    WHEN {{column}} IS NULL AND has_failure IS NULL THEN {NO_TRAITS}
    WHEN TRY_CAST('0x' || {{column}} AS UBIGINT) IS NOT NULL AND length({{column}}) = {{digits}}
      THEN {FIRST_MESSAGE} + {PER_TEMPLATE} * TRY_CAST('0x' || left({{column}}, 4) AS BIGINT)
        + CAST(TRY_CAST(has_failure AS BOOLEAN) AS BIGINT)
  END"""

_PATTERN: Final = (
    "CASE WHEN right(pattern, 12) <> '000000000000' THEN TRY_CAST('0x' || pattern AS UBIGINT) END"
)
"""The first id of a bucket stands for a pattern that is unknown (`write_table`)."""

_MESSAGES: Final = {"pattern": 16, "template": 4}
"""Columns about a message, and their hexadecimal digits; tables of old have the latter."""


def number_counts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `numbered` of the table `counts`: names as numbers, and what is wrong."""
    connection.create_function("severity", _severity, ["VARCHAR"], "BIGINT")
    connection.create_function("service_number", _service_number, ["VARCHAR"], "BIGINT")
    columns = connection.sql("SELECT * FROM counts LIMIT 0").columns
    connection.execute(
        _NUMBERED.format(
            traits=next(
                (
                    _TRAITS.format(column=column, digits=digits)
                    for column, digits in _MESSAGES.items()
                    if column in columns
                ),
                str(NO_TRAITS),
            ),
            pattern=_PATTERN if "pattern" in columns else "NULL",
            positives="coalesce(TRY_CAST(n_positive AS BIGINT), 0)"
            if "n_positive" in columns
            else "NULL",
            spans=span_columns(connection),
        )
    )


def _severity(name: str) -> int:
    try:
        return SEVERITY[Level(name)]
    except ValueError:
        return UNKNOWN


def _service_number(name: str) -> int:
    return service_number(name, SERVICE_BUCKETS) if 0 < len(name) <= MAX_SERVICE_CHARS else UNKNOWN


def packed_counts(
    connection: duckdb.DuckDBPyConnection, partition: int = 0
) -> tuple[Ints, CountTable]:
    """The usable rows of `numbered`, packed.

    Args:
        connection: to what holds it.
        partition: its number.

    Returns:
        Row numbers in `counts`, int64 of shape (n,), and the rows in that order. The table's keys
        are neither sorted nor unique.
    """
    found = connection.execute(
        f"SELECT row, length, severity, number, traits, n, positives, {_FLAGS} AS flags, "
        "first_seen, last_seen, first_place, last_place FROM numbered WHERE problem IS NULL"
    ).fetchnumpy()
    # A column that may be null is given by each row or by none.
    column = {
        name: np.asarray(values, np.int64)
        for name, values in found.items()
        if len(values) and not np.ma.is_masked(values)
    }
    if not column:
        return np.empty(0, np.int64), EMPTY
    names = connection.execute(
        "SELECT number, min(service) FROM numbered WHERE problem IS NULL GROUP BY number"
    ).fetchall()
    parts = [column[name] for name in ("length", "severity", "number", "flags", "traits")]
    table = CountTable(
        keys=pack(*parts),
        counts=column["n"],
        positives=column.get("positives"),
        places=_placed(column.get("first_place"), partition),
        last_places=_placed(column.get("last_place"), partition),
        first_seen=column.get("first_seen"),
        last_seen=column.get("last_seen"),
        services=merge_names([dict(names)]),
    )
    return column["row"], table


def _placed(lines: Ints | None, partition: int) -> Ints | None:
    return None if lines is None else Place(partition, 0).pack() + lines


def read_numbered(connection: duckdb.DuckDBPyConnection, partition: int) -> PartCount:
    """Sum up the rows of `numbered`, usable or not."""
    rows, table = packed_counts(connection, partition)
    n_records, n_bad = connection.execute(
        "SELECT coalesce(sum(coalesce(n, 1)), 0)::BIGINT, "
        "coalesce(sum(coalesce(n, 1)) FILTER (problem IS NOT NULL), 0)::BIGINT FROM numbered"
    ).fetchall()[0]
    return PartCount(
        partition,
        merge_tables([table]),
        n_records,
        n_bad,
        [],
        patterns=read_patterns(connection, rows, table),
    )


def bad_rows(connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """The first rows of `counts` that cannot be used, and why."""
    return connection.execute(
        "SELECT row, problem FROM numbered WHERE problem IS NOT NULL "
        f"ORDER BY row LIMIT {MAX_SAMPLES}"
    ).fetchall()


def find_row(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], partition: int, number: int
) -> Place:
    """Where a row of `counts` first stands in the files; the first is partition `partition`."""
    same = " AND ".join(f"f.{name} IS NOT DISTINCT FROM c.{name}" for name in FEATURE_NAMES)
    for index, source in enumerate(sources):
        rows = parquet([source], "file_row_number = true")
        ((first,),) = connection.execute(
            f"SELECT min(f.file_row_number) FROM {rows} AS f, "
            f"(SELECT * FROM counts WHERE rowid = {number}) AS c WHERE {same}"
        ).fetchall()
        if first is not None:
            return Place(partition + index, int(first) + 1)
    return Place(partition, 0)
