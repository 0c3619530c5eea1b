"""Decides how data is read, from its beginning and a user's options."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from inference.intake.json_values import MAX_VALUE_BYTES, values_in
from trainer.errors import InputError
from trainer.reading.binaries import find_binary
from trainer.reading.formats.format import Detected, Format, Sample
from trainer.reading.formats.table import FORMATS
from trainer.reading.options import ReadingOptions
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import STANDARD_INPUT, Source, read_head
from trainer.reading.tables import MAX_SAMPLE_ROWS

__all__ = ["HEAD_BYTES", "Detected", "sniff", "sniff_source"]

HEAD_BYTES: Final = 262_144
"""How much of the beginning is read; more if a single JSON object is longer."""

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def sniff_source(source: Source, options: ReadingOptions, year: int | None = None) -> Detected:
    """Decide how to read a source.

    Args:
        source: what to read.
        options: what the user wants.
        year: of times that name none.

    Raises:
        InputError: it cannot be opened, or as in `sniff`.
    """
    head = read_head(source, HEAD_BYTES)
    if len(head) == HEAD_BYTES and next(values_in(head), head) == b"" and _may_be_json(head):
        head = read_head(source, HEAD_BYTES + MAX_VALUE_BYTES)
    return sniff(
        head, source.uri, options, partial(_columns, source, options), year, partial(_rows, source)
    )


def _may_be_json(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \t\r\n[")[:1] == b"{"


def sniff(
    head: bytes,
    name: str,
    options: ReadingOptions,
    columns: Callable[[], Sequence[str]] = list,
    year: int | None = None,
    rows: Callable[[ReadingPlan], Sequence[dict[str, Any]]] = lambda _: (),
) -> Detected:
    """Decide how to read data.

    Args:
        head: the first bytes of a file, decompressed; may end within a line.
        name: the file's name or address.
        options: what the user wants; it goes before anything detected.
        columns: gives the names of the columns, for a format that keeps them at the end.
        year: of times that name none.
        rows: gives the first rows by a plan, for such a format.

    Raises:
        InputError: its format is unknown; says what was tried and what to give. Or the
            options do not go together.
    """
    if head.startswith(_UTF16):
        raise InputError(
            f"{name} is UTF-16; convert it to UTF-8, as with: iconv -f UTF-16 -t UTF-8"
        )
    sample = Sample(head.decode("utf-8-sig", "replace"), name, options, columns, year, rows)
    if not sample.text.strip("\0 \t\r\n\f\v\x1c\x1d\x1e\x1f\x85"):
        raise InputError(f"{name} is empty")
    kind = find_binary(head)
    if kind is not None:
        raise InputError(f"{name} is {kind}")
    format_ = _choose(sample)
    options.check(format_.title, format_.options)
    try:
        return format_.plan(sample)
    except InputError as error:
        raise type(error)(f"{name}: {error}") from error


def _choose(sample: Sample) -> Format:
    options = sample.options
    if options.format is not None:
        return FORMATS[options.format]
    looks_like = next(format_ for format_ in FORMATS.values() if format_.sniff(sample))
    if looks_like.columnar:
        return looks_like
    given = {option for option, flags in options.flags().items() if flags}
    return next((format_ for format_ in FORMATS.values() if format_.implied_by & given), looks_like)


def _columns(source: Source, options: ReadingOptions) -> list[str]:
    from trainer.reading.database import column_names  # noqa: PLC0415 - loads DuckDB

    if source.member is not None:
        raise InputError("Parquet is read by DuckDB, which opens no archives; unpack it")
    if source.uri == STANDARD_INPUT:
        raise InputError("Parquet is read from its end; write it to a file first")
    return column_names(source, msgspec.structs.astuple(options.fields))


def _rows(source: Source, plan: ReadingPlan) -> list[dict[str, Any]]:
    from trainer.reading.database import first_rows  # noqa: PLC0415 - loads DuckDB

    return first_rows(source, plan, MAX_SAMPLE_ROWS)
