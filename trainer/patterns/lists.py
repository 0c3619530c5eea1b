"""Lists of patterns as files: JSON lines for programs, Parquet for engines."""

import gzip
import tempfile
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from trainer.errors import InputError
from trainer.patterns.pattern import Pattern, by_count
from trainer.quoting import literal

KEPT: Final = 10_000
"""Patterns of its training data that a version keeps, and as many flagged ones beside them."""

MAX_BYTES: Final = 67_108_864
"""Of a list that is read, uncompressed; a version's list has at most a quarter of this."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Pattern).decode

_COLUMNS: Final = {
    "pattern_id": "VARCHAR",
    "service": "VARCHAR",
    "text": "VARCHAR",
    "level": "VARCHAR",
    "count": "BIGINT",
    "share": "DOUBLE",
    "rarity": "DOUBLE",
    "levels": "MAP(VARCHAR, BIGINT)",
    "is_flagged": "BOOLEAN",
    "n_flagged": "BIGINT",
    "n_labelled": "BIGINT",
    "first_seen": "VARCHAR",
    "last_seen": "VARCHAR",
    "first_place": "VARCHAR",
    "last_place": "VARCHAR",
}
_TIMES: Final = ("first_seen", "last_seen")


def to_lines(patterns: Iterable[Pattern]) -> bytes:
    """Patterns as JSON lines."""
    return b"".join(_encode(pattern) + b"\n" for pattern in patterns)


def to_kept(patterns: Sequence[Pattern], kept: int = KEPT) -> bytes:
    """The patterns that a version keeps: JSON lines, gzip; the same patterns, the same bytes.

    The most frequent patterns, and the most frequent flagged patterns.

    Args:
        patterns: the most frequent first.
        kept: how many of each.
    """
    flagged = [pattern for pattern in patterns[kept:] if pattern.is_flagged]
    return gzip.compress(to_lines([*patterns[:kept], *flagged[:kept]]), mtime=0)


def count_lines(patterns: Sequence[Pattern]) -> int:
    """The lines of data, those of patterns that its list lacks included.

    Args:
        patterns: as `to_kept` took them; each has its share of these lines.
    """
    return round(patterns[0].count / patterns[0].share) if patterns else 0


def read_kept(path: Path) -> list[Pattern]:
    """The patterns that a version keeps.

    Raises:
        InputError: the file cannot be read.
    """
    try:
        with gzip.open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise InputError(f"{path}: larger than {MAX_BYTES} bytes")
        return sorted((_decode(line) for line in data.splitlines()), key=by_count)
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError) as error:
        raise InputError(f"{path} is no list of patterns: {error}") from error


def write_parquet(patterns: Iterable[Pattern], out: Path) -> None:
    """Patterns as Parquet, in their order."""
    from trainer.reading.database import connect  # noqa: PLC0415 - loads DuckDB

    columns = ", ".join(f"{literal(name)}: {literal(type_)}" for name, type_ in _COLUMNS.items())

    with tempfile.NamedTemporaryFile(suffix=".jsonl") as lines, connect() as connection:
        lines.write(to_lines(patterns))
        lines.flush()
        connection.execute("SET preserve_insertion_order = true; SET TimeZone = 'UTC'")
        connection.execute(
            f"COPY (SELECT * REPLACE ({', '.join(map(_as_time, _TIMES))}) FROM read_json("
            f"{literal(lines.name)}, format = 'newline_delimited', columns = {{{columns}}})) "
            f"TO {literal(out)} (FORMAT parquet)"
        )


def _as_time(name: str) -> str:
    return f"CAST(nullif({name}, '') AS TIMESTAMPTZ) AS {name}"
