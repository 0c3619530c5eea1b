"""CSV: a header, then rows whose columns are separated by a character."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Final

from inference.intake.lines import begins_with_time
from inference.intake.records import UnusableRecordError
from trainer.errors import InputError
from trainer.reading.assembling import Assembler, Record
from trainer.reading.faults import Faults
from trainer.reading.fields import quote as q
from trainer.reading.formats.format import Detected, Format, Sample, plan_records
from trainer.reading.formats.scales import with_scale
from trainer.reading.lines import MAX_LINE_BYTES
from trainer.reading.options import ReadingOptions
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source
from trainer.reading.tables import find_delimiter, read_rows

POSTGRES_COLUMNS: Final = (
    "timestamp",
    "user",
    "database",
    "process",
    "connection",
    "session",
    "session_line",
    "command",
    "session_start",
    "virtual_transaction",
    "transaction",
    "severity",
    "sql_state",
    "message",
    "detail",
    "hint",
    "internal_query",
    "internal_query_position",
    "error_context",
    "query",
    "query_position",
    "location",
    "application_name",
    "backend_type",
    "leader",
    "query_id",
)
"""The columns of PostgreSQL's csvlog, which has no header (its manual, 19.8.4)."""

POSTGRES_WIDTHS: Final = (23, 24, 26)
"""Of versions up to 12, of 13, and since 14."""

POSTGRES_SEVERITIES: Final = frozenset(
    {"DEBUG1", "DEBUG2", "DEBUG3", "DEBUG4", "DEBUG5", "INFO", "NOTICE", "WARNING", "ERROR"}
    | {"LOG", "FATAL", "PANIC"}
)
_POSTGRES_SEVERITY: Final = POSTGRES_COLUMNS.index("severity")

_UNNAMED: Final = "message_"
"""The last column of a table that Windows' Event Viewer wrote, which its header leaves out."""

_COMPRESSION: Final = re.compile(r"[.](?:gz|gzip|zst|zstd|bz2|xz|lz4)$", re.IGNORECASE)
_TABLE: Final = re.compile(r"[.][ct]sv$", re.IGNORECASE)


def _sniff(sample: Sample) -> bool:
    options = sample.options
    if _TABLE.search(_COMPRESSION.sub("", sample.name)):
        return True
    if find_delimiter(sample.text.lstrip(), options.fields, min_columns=2) is not None:
        return True
    return bool(_known_columns(read_rows(sample.text, ","), options))


def _plan(sample: Sample) -> Detected:
    options = sample.options
    delimiter = (
        sample.options.separator or find_delimiter(sample.text, sample.options.fields) or ","
    )
    rows = read_rows(sample.text, delimiter) or [[]]
    columns = _known_columns(rows, options)
    header, rows = (list(columns), rows) if columns else (rows[0], rows[1:])
    if any(begins_with_time(name) for name in header):
        raise InputError("the first line names no columns, it has a time; name them with --columns")
    if not columns and rows and all(len(row) == len(header) + 1 for row in rows):
        # Windows' Event Viewer leaves the last column, the message, without a name.
        header, columns = [*header, _UNNAMED], (*header, _UNNAMED)
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise InputError(f"the header names several columns {', '.join(map(q, doubled[:3]))}")
    detected = plan_records(
        ReadingPlan(
            format="csv",
            kind="logs",
            delimiter=delimiter,
            columns=columns,
            year=sample.year,
        ),
        [f"format: CSV, columns separated by {delimiter!r} (first {len(rows)} rows)"],
        header,
        sample.name,
        sample.options,
    )
    if detected.plan.kind == "features":
        return detected
    whole = [dict(zip(header, row, strict=True)) for row in rows if len(row) == len(header)]
    return with_scale(detected, whole)


def _known_columns(rows: Sequence[Sequence[str]], options: ReadingOptions) -> tuple[str, ...]:
    """The names of columns that have no header: those given, or those of a known table."""
    if options.columns:
        return options.columns
    if not rows or len(rows[0]) not in POSTGRES_WIDTHS:
        return ()
    is_postgres = rows[0][_POSTGRES_SEVERITY] in POSTGRES_SEVERITIES
    return POSTGRES_COLUMNS[: len(rows[0])] if is_postgres else ()


def _read(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    with open_source(partition.source) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        csv.field_size_limit(MAX_LINE_BYTES)
        rows = csv.reader(text, delimiter=plan.delimiter)
        header = list(plan.columns) or [name.strip() for name in next(rows, [])]
        if plan.columns[-1:] == (_UNNAMED,):
            next(rows, None)
        while True:
            faults.n_records += 1
            try:
                row = next(rows)
                if len(row) == len(header):
                    named = dict(zip(header, row, strict=True))
                    yield assemble.document(faults.n_records, named)
                elif row:
                    problem = f"has {len(row)} columns, expected {len(header)}"
                    faults.add(faults.n_records, problem)
            except StopIteration:
                faults.n_records -= 1
                return
            except (csv.Error, UnusableRecordError) as error:
                faults.add(faults.n_records, str(error))


CSV: Final = Format(
    name="csv",
    title="CSV",
    options=frozenset({"fields", "delimiter", "columns"}),
    implied_by=frozenset({"delimiter", "columns"}),
    sniff=_sniff,
    plan=_plan,
    read=_read,
)
