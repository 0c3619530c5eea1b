"""A count table as a file, in the form that SQL engines write, with the name of its extractor."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import duckdb
import msgspec
import numpy as np

from schemas.record.extractor import EXTRACTOR, EXTRACTOR_COLUMN
from schemas.record.features import FEATURE_NAMES, Level
from schemas.record.key import Ints, flag_columns, messages_of, unpack
from schemas.record.templates import first_pattern
from trainer import quoting
from trainer.counting.parts import NOWHERE, Part, Renumbering
from trainer.counting.pattern_table import PatternTable
from trainer.counting.table import CountTable
from trainer.errors import InputError
from trainer.reading.database import connect
from trainer.reading.partitions import MAX_LINES
from trainer.reading.sources import Source

PLACE_COLUMN: Final = "example"
"""The column with the place of a line that gave the record, in the parts that the file names."""

_OF_LOGS: Final = frozenset({"pattern", "template"})
"""Columns that only tables of raw logs have, that of tables of long ago too."""

PARTS: Final = "log_anomaly_parts"
"""The name of the file's metadata that names those parts: JSON, as in `trainer.counting.parts`."""


def write_table(
    table: CountTable, patterns: PatternTable, out: Path, parts: Sequence[Part] = ()
) -> None:
    """Write a table as Parquet, sorted by all columns; the same table makes the same rows.

    Records with a message have the id of their pattern where it is known for each of them, else the
    first id of its bucket.

    Args:
        table: the records.
        patterns: those of its records with a message, or of none.
        out: the file.
        parts: what places mean; without, they are left out.
    """
    has_message, _, _ = messages_of(table.traits)
    written = int(table.counts[has_message].sum())
    known = int(patterns.counts.sum()) == written > 0
    timed = table.has_times
    labelled = table.positives is not None
    bare = ~has_message if known else None
    blocks = [_of_records(table, bare, labelled=labelled, timed=timed)]
    if known:
        blocks.append(_of_patterns(patterns, labelled=labelled, timed=timed))
    columns = {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}
    named = ""
    if parts and table.places is not None:
        places = table.places if bare is None else table.places[bare]
        if known:
            places = np.concatenate([places, patterns.first_places])
        renumbered = Renumbering(parts, places)
        columns[PLACE_COLUMN] = renumbered(places)
        written_parts = msgspec.json.encode(renumbered.parts).decode()
        named = f", KV_METADATA {{{PARTS}: {quoting.literal(written_parts)}}}"
    order = ", ".join(map(quoting.name, columns))
    with connect() as connection:
        connection.register("counts", columns)
        connection.execute(
            f"COPY (SELECT *, {quoting.literal(EXTRACTOR)} AS {EXTRACTOR_COLUMN} FROM counts "
            f"ORDER BY {order}) TO {quoting.literal(str(out))} "
            f"(FORMAT parquet, COMPRESSION zstd{named})"
        )


def check_extractor(connection: duckdb.DuckDBPyConnection, reader: str, uri: str) -> bool:
    """Refuse a table whose records were made by other rules.

    Args:
        connection: what reads it.
        reader: the table, as an expression.
        uri: its name, for people.

    Returns:
        False where records of raw logs do not name their extractor. Of features, which came from
        elsewhere, no table names it.

    Raises:
        InputError: names both extractors.
    """
    columns = connection.sql(f"SELECT * FROM {reader} LIMIT 0").columns
    if EXTRACTOR_COLUMN not in columns:
        return _OF_LOGS.isdisjoint(columns)
    written = connection.execute(
        f"SELECT DISTINCT CAST({EXTRACTOR_COLUMN} AS VARCHAR) AS written FROM {reader} "
        f"WHERE written IS DISTINCT FROM ? ORDER BY written NULLS LAST LIMIT 2",
        [EXTRACTOR],
    ).fetchall()
    others = [name for (name,) in written if name is not None]
    if others:
        raise InputError(
            f"{uri}: its records were made by the extractor {others[0][:12]}..., this "
            f"release has {EXTRACTOR[:12]}...; count the logs again"
        )
    return not written


def read_parts(
    connection: duckdb.DuckDBPyConnection, sources: Sequence[Source]
) -> tuple[list[Part], list[int]]:
    """The parts that several tables name, in a single list.

    Args:
        connection: what reads them.
        sources: the tables.

    Returns:
        All parts, NOWHERE first, and for each table what is to be added to its places.

    Raises:
        InputError: a table names no parts, or what names them is damaged.
    """
    uris = quoting.literals(source.uri for source in sources)
    written = dict(
        connection.execute(
            f"SELECT file_name, value FROM parquet_kv_metadata({uris}) WHERE decode(key) = ?",
            [PARTS],
        ).fetchall()
    )
    parts, shifts = [NOWHERE], []
    for source in sources:
        shifts.append((len(parts) - 1) * MAX_LINES)
        if source.uri in written:
            try:
                parts += msgspec.json.decode(written[source.uri], type=list[Part])[1:]
            except msgspec.DecodeError as error:
                raise InputError(f"{source.uri}: its {PARTS} cannot be read: {error}") from error
    return parts, shifts


def _of_records(
    table: CountTable, chosen: Any, *, labelled: bool, timed: bool
) -> dict[str, np.ndarray[Any, Any]]:
    keys = table.keys if chosen is None else table.keys[chosen]
    numbers = unpack(keys)[2]
    names = np.array([table.services[number] for number in numbers.tolist()], object)
    has_message, template, _ = messages_of(unpack(keys)[4])
    ids = [f"{first_pattern(bucket):016x}" for bucket in template.tolist()]
    pattern = np.array(ids, object)
    pattern[~has_message] = None

    def column(values: Ints | None) -> Ints:
        assert values is not None
        return values if chosen is None else values[chosen]

    return _columns(
        keys,
        names,
        pattern,
        column(table.counts),
        column(table.positives) if labelled else None,
        (column(table.first_seen), column(table.last_seen)) if timed else None,
    )


def _of_patterns(
    patterns: PatternTable, *, labelled: bool, timed: bool
) -> dict[str, np.ndarray[Any, Any]]:
    names = np.array(patterns.names, object)[patterns.services]
    ids = np.array([f"{pattern:016x}" for pattern in patterns.patterns.tolist()], object)
    return _columns(
        patterns.keys,
        names,
        ids,
        patterns.counts,
        patterns.positives if labelled else None,
        (patterns.first_times, patterns.last_times) if timed else None,
    )


def _columns(
    keys: Ints,
    names: np.ndarray[Any, Any],
    pattern: np.ndarray[Any, Any],
    counts: Ints,
    positives: Ints | None,
    seen: tuple[Ints, Ints] | None,
) -> dict[str, np.ndarray[Any, Any]]:
    length, level, _, flags, traits = unpack(keys)
    has_message, _, has_failure = messages_of(traits)
    levels = np.array([known.value for known in Level], object)[level]
    features = (length, levels, names, *flag_columns(flags))
    failure = has_failure.astype(object)
    failure[~has_message] = None
    columns = {
        **dict(zip(FEATURE_NAMES, features, strict=True)),
        "pattern": pattern,
        "has_failure": failure,
        "n": counts,
    }
    if positives is not None:
        columns["n_positive"] = positives
    if seen is not None:
        columns["first_seen"], columns["last_seen"] = seen
    return columns
