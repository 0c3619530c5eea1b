"""When and where records were seen, in DuckDB: columns of a relation, and of a count table."""

from collections.abc import Collection, Sequence
from typing import Final

import duckdb

from inference.intake.times import read_time
from trainer import quoting
from trainer.reading.database import parquet
from trainer.reading.sources import Source

MOMENT: Final = "log_anomaly_moment"
PLACE: Final = "log_anomaly_place"
SPANS: Final = {"seen": MOMENT, "place": PLACE}
"""The columns of `located_rows`, by what the columns of counts are made of them."""

_EPOCH: Final = (
    "CASE WHEN {t} NOT BETWEEN 1e8 AND 1e20 THEN NULL WHEN {t} < 1e11 THEN {t} * 1000000 "
    "WHEN {t} < 1e14 THEN {t} * 1000 WHEN {t} < 1e17 THEN {t} ELSE {t} // 1000 END"
)
"""As `inference.intake.times` reads numbers."""

_NULL: Final = "NULL::BIGINT"
_TEXT: Final = "VARCHAR"
_NO_TIME: Final = -1
_NUMBERS: Final = ("INT", "DOUBLE", "FLOAT", "DECIMAL")


def located_rows(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source], time: str | None
) -> str:
    """A table expression for Parquet files with two columns more.

    `MOMENT` is when a record was written, microseconds since 1970 in UTC, null for a record without
    a time; `PLACE` its number in the order of the files, from 1.

    Args:
        connection: what reads it.
        sources: the files, in order.
        time: the column that says when.
    """
    rows = dict(
        connection.execute(
            "SELECT file_name, num_rows FROM parquet_file_metadata("
            f"{quoting.literals(source.uri for source in sources)})"
        ).fetchall()
    )
    before, offsets = 0, []
    for source in sources:
        offsets.append(before)
        before += rows[source.uri]
    moment = _NULL
    if time is not None:
        column = quoting.path(time)
        kind = str(connection.sql(f"SELECT {column} FROM {parquet(sources)} LIMIT 0").types[0])
        _learn_to_read(connection, {kind})
        moment = _moment_of(column, kind)
    place = f"list_extract({offsets}, file_index::BIGINT + 1)::BIGINT + file_row_number + 1"
    return f"(SELECT *, {moment} AS {MOMENT}, {place} AS {PLACE} FROM {parquet(sources)})"


def span_columns(connection: duckdb.DuckDBPyConnection) -> str:
    """The moments and places of the table `counts`, as expressions for `numbered`."""
    relation = connection.sql("SELECT * FROM counts LIMIT 0")
    kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
    moments = ("first_seen", "last_seen")
    _learn_to_read(connection, {kinds.get(name, "") for name in moments})
    made = [
        f"{_moment_of(f'counts.{name}', kinds[name]) if name in kinds else _NULL} AS {name}"
        for name in moments
    ]
    made += [
        f"{f'counts.{name}' if name in kinds else _NULL} AS {name}"
        for name in ("first_place", "last_place")
    ]
    return ", ".join(made)


def _learn_to_read(connection: duckdb.DuckDBPyConnection, kinds: Collection[str]) -> None:
    connection.execute("SET TimeZone = 'UTC'")
    if _TEXT in kinds:
        connection.create_function("read_time", _read_time, [_TEXT], "BIGINT")


def _read_time(text: str) -> int:
    time = read_time(text)
    return _NO_TIME if time is None else time


def _moment_of(column: str, kind: str) -> str:
    """A column as microseconds since 1970 in UTC, null where its value is no whole time."""
    if kind.startswith(("TIMESTAMP", "DATE")):
        return f"epoch_us({column})"
    if any(number in kind for number in _NUMBERS):
        return f"CAST({_EPOCH.format(t=column)} AS BIGINT)"
    if kind != _TEXT:
        return _NULL
    # Most text is of the form that DuckDB reads itself, on all cores.
    quick = f"TRY_CAST({column} AS TIMESTAMPTZ)"
    slow = f"nullif(read_time({column}), {_NO_TIME})"
    return f"CASE WHEN {quick} IS NOT NULL THEN epoch_us({quick}) ELSE {slow} END"
