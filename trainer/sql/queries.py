"""The queries: over records that are features, over raw logs, and for the patterns of raw logs.

Each is a chain of steps, every step the step before it with columns added, so that it can
be read from top to bottom. Nothing vanishes: a record without a message, a level or a service keeps
its row, with nulls in it, and the reader of the table counts it as a bad record.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from schemas.record.extractor import EXTRACTOR, EXTRACTOR_COLUMN
from schemas.record.features import FEATURE_NAMES, Level
from schemas.record.keyword_rules import REMOVALS
from schemas.version import __version__
from trainer.quoting import literal, path
from trainer.reading.plan import Fields
from trainer.sql import expressions as sql
from trainer.sql.dialects import RELATION, Dialect, render

__all__ = ["features_query", "logs_query", "patterns_query"]

_TRAITS: Final = ("pattern", "has_failure")
_NO_SPANS: Final[Mapping[str, str]] = {}
_FILE: Final = re.compile(r"[^\s'\"();]+\.(?:parquet|(?:csv|json|jsonl|ndjson)(?:\.gz|\.zst)?)")

_RUN: Final[Mapping[Dialect, str]] = {
    "duckdb": "COPY (this query) TO 'counts.parquet'",
    "spark": "spark.sql(this_query).write.parquet('counts')",
    "trino": "CREATE TABLE counts AS this query",
    "bigquery": "EXPORT DATA OPTIONS (uri = 'gs://...*.parquet', format = 'PARQUET') AS this query",
}


def features_query(
    dialect: Dialect,
    relation: str,
    *,
    label: str | None = None,
    spans: Mapping[str, str] = _NO_SPANS,
) -> str:
    """The query that counts the distinct records of a relation with the six features as columns.

    Args:
        dialect: the engine that is to run it.
        relation: a table, or a table expression, in the engine's words and taken as it is. For
            DuckDB also the path of a file that it knows by its ending, wildcards included.
        label: the column with the labels, if any.
        spans: columns whose least and greatest values are kept, by name: the column `x` under
            the name "seen" gives `first_seen` and `last_seen`, null where a record lacks it.

    Returns:
        SQL text. Its result has the columns of `LogFeatures`, then `n`, if there is a label
        `n_positive` (how many of the n records are labelled as anomalies), and the spans.
    """
    read = [
        "CAST(level AS TEXT) AS level" if name == "level" else name for name in FEATURE_NAMES
    ] + ([] if label is None else [f"{path(label)} AS label"])
    located = [f"{path(column)} AS {name}" for name, column in spans.items()]
    made = [
        sql.level_of("level", "level_name") + " AS level" if name == "level" else name
        for name in FEATURE_NAMES
    ]
    positive = [] if label is None else [f"n * {sql.is_positive('label')} AS n_positive"]
    ends = [end for name in spans for end in (f"n_{name}", f"first_{name}", f"last_{name}")]
    steps = _chain([*read, *located], [_level_step()], [*made, "n", *positive, *ends])
    # Counted as they come first: what is done to texts is then done to distinct records only.
    columns = ", ".join(column.rpartition(" AS ")[2] for column in read)
    steps = {"records_step": steps.pop("read_step")} | {
        "read_step": _select(
            [columns, "count(*) AS n", *(end for name in spans for end in _ends(name))],
            f"records_step GROUP BY {columns}",
        ),
        **steps,
    }
    sums = ["sum(n) AS n"] + ([] if label is None else ["sum(n_positive) AS n_positive"])
    for name in spans:
        complete = f"sum(n_{name}) = sum(n)"
        sums += [
            f"CASE WHEN {complete} THEN min(first_{name}) END AS first_{name}",
            f"CASE WHEN {complete} THEN max(last_{name}) END AS last_{name}",
        ]
    return _query(dialect, relation, steps, FEATURE_NAMES, sums)


def _ends(name: str) -> list[str]:
    return [
        f"count({name}) AS n_{name}",
        f"min({name}) AS first_{name}",
        f"max({name}) AS last_{name}",
    ]


def logs_query(
    dialect: Dialect,
    relation: str,
    fields: Fields,
    *,
    default_level: Level | None = Level.INFO,
    default_service: str | None = "unknown",
) -> str:
    """The query that makes features of raw logs and counts the distinct.

    Args:
        dialect: the engine that is to run it.
        relation: as in `features_query`.
        fields: the columns; a name with dots is a field of a struct. The message is needed.
            With a time, the result says when each record was first and last seen, the least and
            the greatest, so text has to sort as time does.
        default_level: for records without a level; None leaves them without.
        default_service: for records without a service; None leaves them without.

    Returns:
        SQL text. Its result has the columns of `features_query`, with `pattern` (the id of its
        pattern, 16 hexadecimal digits) and `has_failure` before `n`; with a time, at the end
        `first_seen` and `last_seen`, null where a record lacks it. The last column,
        `extractor`, has the digest of the rules; a reader with other rules refuses the table.

    Raises:
        ValueError: no field holds the message.
    """
    read = [*_read_raw(fields, default_level, default_service), *_positive(fields.label)]
    seen = []
    if fields.time is not None:
        complete = "count(seen) = count(*)"
        seen = [
            f"CASE WHEN {complete} THEN min(seen) END AS first_seen",
            f"CASE WHEN {complete} THEN max(seen) END AS last_seen",
        ]
    made = [
        "length(message) AS message_length",
        sql.level_of("level", "level_name") + " AS level",
        "service",
        *(f"{sql.flag(rules)} AS {name}" for name, rules in sql.FLAGS.items()),
        sql.pattern_of(sql.template_of("whole")) + " AS pattern",
        *(["seen"] if seen else []),
    ]
    steps = _chain(read, [_level_step(), *_text_steps(dialect)], made + _kept(fields.label))
    counts = ["count(*) AS n"] + ([] if fields.label is None else ["sum(positive) AS n_positive"])
    # Not grouped by, since an engine may take a literal there for the number of a column.
    made_by = f"{literal(EXTRACTOR)} AS {EXTRACTOR_COLUMN}"
    return _query(dialect, relation, steps, (*FEATURE_NAMES, *_TRAITS), [*counts, *seen, made_by])


def patterns_query(
    dialect: Dialect,
    relation: str,
    fields: Fields,
    *,
    default_level: Level | None = Level.INFO,
    default_service: str | None = "unknown",
) -> str:
    """The query that counts the patterns of raw logs, level by level.

    Args:
        dialect: the engine that is to run it.
        relation: as in `features_query`.
        fields: as in `logs_query`; with a time, the result says when each was first and last seen,
            the least and the greatest, so text has to sort as time does.
        default_level: as in `logs_query`.
        default_service: likewise.

    Returns:
        SQL text. Its result has the columns `pattern_id` (16 hexadecimal digits), `service`,
        `level`, `text` (masked) and `count`, and with a time `first_seen` and `last_seen`.

    Raises:
        ValueError: no field holds the message.
    """
    read = _read_raw(fields, default_level, default_service)
    seen = []
    if fields.time is not None:
        seen = ["min(seen) AS first_seen", "max(seen) AS last_seen"]
    steps = _chain(
        read,
        [
            _level_step(),
            ("cut", f"{sql.text_of('message')} AS text_read"),
            ("whole", "lower(text_read) AS whole"),
            ("masked", f"{sql.once(sql.template_of('whole'))} AS text"),
        ],
        [
            f"{sql.pattern_of('text')} AS pattern_id",
            "service",
            sql.level_of("level", "level_name") + " AS level",
            "text",
            *(["seen"] if seen else []),
        ],
    )
    columns = ("pattern_id", "service", "level", "text")
    return _query(dialect, relation, steps, columns, ["count(*) AS count", *seen], _PATTERNS_HEAD)


def _read_raw(
    fields: Fields, default_level: Level | None, default_service: str | None
) -> list[str]:
    """Message, level and service of raw logs as text, and the time, if a field has it."""
    if fields.message is None:
        raise ValueError("raw logs need a field that holds the message: give Fields(message=...)")
    return [
        f"{sql.cleaned(_text(fields.message, None))} AS message",
        f"{_text(fields.level, default_level and default_level.name)} AS level",
        f"{_text(fields.service, default_service)} AS service",
        *([] if fields.time is None else [f"{path(fields.time)} AS seen"]),
    ]


def _level_step() -> tuple[str, str]:
    return "named", f"{sql.upper_of('level')} AS level_name"


def _text_steps(dialect: Dialect) -> list[tuple[str, str]]:
    """The texts that rules read (`schemas.record.keyword_rules`); null where none is needed."""
    steps = [
        ("cut", f"{sql.text_of('message')} AS text"),
        ("whole", "lower(text) AS whole"),
        ("awake", f"{sql.is_awake('whole', dialect)} AS awake"),
        ("removal_0", "CASE WHEN awake THEN text END AS removed_0"),
    ]
    for number, removal in enumerate(REMOVALS, start=1):
        text = sql.without(removal, f"removed_{number - 1}")
        steps.append((f"removal_{number}", f"{text} AS removed_{number} /* {removal.name} */"))
    cased = f"removed_{len(REMOVALS)}"
    return [
        *steps,
        ("cased", f"{cased} AS cased"),
        ("lowered", f"{sql.once('lower(cased)')} AS lowered"),
    ]


def _chain(read: list[str], added: Iterable[tuple[str, str]], made: list[str]) -> dict[str, str]:
    """Columns that are read, columns added one by one, and the columns made of them."""
    steps = {"read_step": _select(read, RELATION)}
    for name, column in added:
        steps[f"{name}_step"] = _select(["*", column], list(steps)[-1])
    steps["features_step"] = _select(made, list(steps)[-1])
    return steps


def _query(
    dialect: Dialect,
    relation: str,
    steps: Mapping[str, str],
    columns: tuple[str, ...],
    counts: list[str],
    head: str = "",
) -> str:
    chain = ", ".join(f"{name} AS ({step})" for name, step in steps.items())
    counted = _select([*columns, *counts], "features_step")
    query = f"WITH {chain} {counted} GROUP BY {', '.join(columns)}"
    if dialect == "duckdb" and _FILE.fullmatch(relation):
        relation = literal(relation)
    text = (head or _HEAD).format(release=__version__, dialect=dialect, run=_RUN[dialect])
    return text + render(query, dialect, relation) + "\n"


_HEAD: Final = """\
-- Counts how often each distinct log record occurs: the training set of a log-anomaly model.
-- Made by log-anomaly {release} for {dialect}. Run it there, for example
--   {run}
-- and train on what it gives:
--   python -m trainer fit --counts FILE
"""

_PATTERNS_HEAD: Final = """\
-- Counts the patterns of logs, what each service writes by each template, level by level.
-- Made by log-anomaly {release} for {dialect}. Run it there, for example
--   {run}
-- and compare what it gives of two days:
--   python -m trainer diff MONDAY.parquet TUESDAY.parquet
"""


def _select(columns: list[str], relation: str) -> str:
    return f"SELECT {', '.join(columns)} FROM {relation}"  # noqa: S608  # the user runs it


def _text(field: str | None, default: str | None) -> str:
    """A field as text, or what stands in for it."""
    text = f"CAST({'NULL' if field is None else path(field)} AS TEXT)"
    return text if default is None else f"coalesce(nullif({text}, ''), {literal(default)})"


def _positive(label: str | None) -> list[str]:
    return [] if label is None else [f"{sql.is_positive(path(label))} AS positive"]


def _kept(label: str | None) -> list[str]:
    return [] if label is None else ["positive"]
