"""DuckDB inside this process, for Parquet: it reads files wherever they are, out of core."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import duckdb

from inference.cores import usable_cores
from inference.intake.usual_places import MESSAGES, first_of
from schemas.record.features import FEATURE_NAMES
from trainer import quoting
from trainer.errors import InputError
from trainer.reading.patterns import is_store_url
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import Source

_FETCH_ROWS: Final = 10_000
_MAP_ROWS: Final = 1_000
_MAP_KEYS: Final = 200
"""Keys of a map that are known by name, of its first rows: a map may have a key for each row."""


@contextmanager
def connect(sources: Sequence[Source] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB in memory that can read the sources and spills to the temporary directory.

    Raises:
        InputError: DuckDB cannot read something; says what, and of which file.
    """
    with (
        tempfile.TemporaryDirectory(prefix="log-anomaly-") as spill,
        duckdb.connect(config={"temp_directory": spill, "threads": usable_cores()}) as connection,
    ):
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        if any(is_store_url(source.uri) for source in sources):
            from trainer.reading.store_files import register_stores  # noqa: PLC0415 - a few jobs only

            register_stores(connection, sources)
        try:
            yield connection
        except duckdb.Error as error:
            raise InputError(_named(str(error).partition("\n")[0], sources)) from error
        except RuntimeError as error:
            # DuckDB's binding fails over a message that quotes bytes of the file that are no text.
            if "nanobind" not in str(error):
                raise
            raise InputError(_named("the file is damaged", sources)) from error


def _named(problem: str, sources: Sequence[Source]) -> str:
    """The problem with the name of its file, if DuckDB did not give it."""
    if not sources or any(source.uri in problem for source in sources):
        return problem
    others = f", or any of {len(sources) - 1} other files" if len(sources) > 1 else ""
    return f"{sources[0].uri}{others}: {problem}"


def parquet(sources: Sequence[Source], *options: str) -> str:
    """The table expression for Parquet files."""
    uris = quoting.literals(source.uri for source in sources)
    return f"read_parquet({', '.join([uris, *options])})"


TABLE_ENDINGS: Final = {
    ".parquet": "read_parquet({})",
    ".csv": "read_csv({}, all_varchar = true)",
    ".json": "read_json({})",
    ".jsonl": "read_json({}, format = 'newline_delimited')",
}
"""Names of tables that an engine wrote, and how they are read."""


def reader_of(uri: str) -> str | None:
    """The table expression for a table that an engine wrote; None if its name does not show it."""
    name = uri.removesuffix(".gz").removesuffix(".zst")
    form = next((text for end, text in TABLE_ENDINGS.items() if name.endswith(end)), None)
    return None if form is None else form.format(quoting.literal(uri))


def column_names(source: Source, named: Collection[str | None] = ()) -> list[str]:
    """The columns of a Parquet file; fields of structs and keys of maps as paths with dots.

    As of JSON, what holds others is a field itself only where no message is found without it.

    Args:
        source: the file.
        named: columns that a user names; they are listed whatever they hold.
    """
    with connect([source]) as connection:
        found = _columns(connection, source)
    fields = [path for path, (_, is_whole) in found.items() if not is_whole or path in named]
    return [*found] if first_of(fields, MESSAGES) is None else fields


def _columns(connection: duckdb.DuckDBPyConnection, source: Source) -> dict[str, tuple[str, bool]]:
    """What DuckDB calls a column, a field of a struct or a key of a map, by its path.

    Beside it stands whether it holds others.
    """
    table = parquet([source])
    relation = connection.sql(f"SELECT * FROM {table} LIMIT 0")
    found: dict[str, tuple[str, bool]] = {}

    def keys(expression: str) -> list[str]:
        first = f"SELECT {expression} AS map FROM {table} LIMIT {_MAP_ROWS}"
        query = f"SELECT DISTINCT unnest(map_keys(map)) AS key FROM ({first}) ORDER BY key"
        return [key for (key,) in connection.execute(f"{query} LIMIT {_MAP_KEYS}").fetchall()]

    def add(path: str, type_: Any, expression: str) -> None:
        found.setdefault(path, (expression, type_.id in {"struct", "map"}))
        if type_.id == "struct":
            for name, inner in type_.children:
                add(f"{path}.{name}", inner, f"{expression}.{quoting.name(name)}")
        elif type_.id == "map" and type_.children[0][1].id == "varchar":
            for key in keys(expression):
                inner = type_.children[1][1]
                add(f"{path}.{key}", inner, f"({expression}[{quoting.literal(key)}])")

    for name, type_ in zip(relation.columns, relation.types, strict=True):
        found.pop(name, None)  # a column of that very name goes first, as a key of JSON does
        add(name, type_, quoting.name(name))
    return found


def read_rows(
    source: Source, plan: ReadingPlan, limit: int | None = None
) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, in their order, with the columns that the plan needs.

    Args:
        source: the file.
        plan: says where the parts of a record stand.
        limit: so many rows at most; None for all.
    """
    fields = plan.fields
    parts = (fields.message, fields.level, fields.service, fields.time, fields.label)
    paths = list(dict.fromkeys(path for path in (*parts, *plan.beside) if path))
    if plan.kind == "features":
        paths += FEATURE_NAMES
    with connect([source]) as connection:
        connection.execute("SET preserve_insertion_order = true")
        known = _columns(connection, source)
        named = {path: known[path][0] if path in known else quoting.path(path) for path in paths}
        wanted = ", ".join(f"{what} AS {quoting.name(path)}" for path, what in named.items())
        most = "" if limit is None else f" LIMIT {limit}"
        result = connection.execute(f"SELECT {wanted} FROM {parquet([source])}{most}")
        while rows := result.fetchmany(_FETCH_ROWS):
            for row in rows:
                yield dict(zip(paths, row, strict=True))


def first_rows(source: Source, plan: ReadingPlan, n_rows: int) -> list[dict[str, Any]]:
    """The first rows of a Parquet file, with the columns that the plan needs, nulls left out."""
    return [
        {path: value for path, value in row.items() if value is not None}
        for row in read_rows(source, plan, n_rows)
    ]
