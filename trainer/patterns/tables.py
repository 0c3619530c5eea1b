"""Lists of patterns that were written before, by `patterns` or by an engine's query."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from schemas.record.features import SEVERITY, Level
from trainer.errors import InputError
from trainer.patterns.pattern import Pattern, by_count
from trainer.reading.database import connect, reader_of
from trainer.reading.sources import Source

_NEEDED: Final = ("pattern_id", "service", "level", "count")
_MORE: Final = {
    "text": "text",
    "levels": "CAST(levels AS JSON)",
    "first_seen": "CAST(first_seen AS TEXT)",
    "last_seen": "CAST(last_seen AS TEXT)",
    "first_place": "first_place",
}
"""Optional columns of a list, and how they are read."""

MAX_ROWS: Final = 1_000_000
"""Rows of a list, five for each pattern that may be counted."""


def is_list(source: Source) -> bool:
    """Whether a file is a list of patterns: a table with their columns."""
    reader = reader_of(source.uri)
    if reader is None:
        return False
    try:
        with connect([source]) as connection:
            columns = connection.sql(f"SELECT * FROM {reader} LIMIT 0").columns
    except InputError:
        return False  # of whatever kind it is, reading it as data gives the error
    return set(_NEEDED) <= set(columns)


def read_list(source: Source) -> list[Pattern]:
    """The patterns of a list; rows of the same pattern, as of several levels, are added up.

    Raises:
        InputError: a row is no pattern; names it.
    """
    reader = reader_of(source.uri)
    with connect([source]) as connection:
        columns = connection.sql(f"SELECT * FROM {reader} LIMIT 0").columns
        more = {name: read for name, read in _MORE.items() if name in columns}
        read = ", ".join([*_NEEDED, *(f"{how} AS {name}" for name, how in more.items())])
        connection.execute("SET TimeZone = 'UTC'")
        rows = connection.execute(f"SELECT {read} FROM {reader} LIMIT {MAX_ROWS + 1}").fetchall()
    if len(rows) > MAX_ROWS:
        raise InputError(f"{source.uri}: a list of patterns has at most {MAX_ROWS:,} rows")
    names = [*_NEEDED, *more]
    patterns = [
        _pattern(dict(zip(names, row, strict=True)), f"{source.uri}, row {number}")
        for number, row in enumerate(rows, start=1)
    ]
    return add_up(patterns)


def add_up(patterns: Iterable[Pattern]) -> list[Pattern]:
    """Patterns none of which stands twice, the most frequent first."""
    sums: dict[tuple[str, str], Pattern] = {}
    for pattern in patterns:
        key = pattern.service, pattern.pattern_id
        sums[key] = _sum(sums[key], pattern) if key in sums else pattern
    return sorted(sums.values(), key=by_count)


def _pattern(row: dict[str, Any], where: str) -> Pattern:
    known = {name: value for name, value in row.items() if value is not None}
    if "levels" in known:
        known["levels"] = msgspec.json.decode(known["levels"])
        known["levels"] = {name: n for name, n in known["levels"].items() if n}
    for name in ("first_seen", "last_seen"):
        # As DuckDB writes a time.
        known[name] = known.get(name, "").replace(" ", "T").replace("+00", "Z")
    try:
        found = msgspec.convert(known, Pattern, strict=False)
        return found if found.levels else _with_level(found)
    except (msgspec.ValidationError, ValueError) as error:
        raise InputError(f"{where} is no pattern: {error}") from error


def _with_level(pattern: Pattern) -> Pattern:
    level = Level(pattern.level).value
    return msgspec.structs.replace(pattern, level=level, levels={level: pattern.count})


def _sum(pattern: Pattern, other: Pattern) -> Pattern:
    levels = Counter(pattern.levels) + Counter(other.levels)
    return msgspec.structs.replace(
        pattern,
        text=pattern.text or other.text,
        count=pattern.count + other.count,
        level=max(levels, key=lambda name: SEVERITY[Level(name)]),
        levels=dict(sorted(levels.items(), key=lambda item: SEVERITY[Level(item[0])])),
        first_seen=min(filter(None, (pattern.first_seen, other.first_seen)), default=""),
        last_seen=max(pattern.last_seen, other.last_seen),
        first_place=pattern.first_place or other.first_place,
    )
