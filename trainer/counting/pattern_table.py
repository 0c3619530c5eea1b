"""Counts of patterns: by service and template, and by the records that they were written as.

A pattern is what a service writes by a template (`schemas.record.templates`). A row is a pattern
with a record's features, so that any model can judge it: models judge records.
Tables merge by addition; the order of records, parts and tables does not matter.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.key import Ints
from trainer.counting.time_slots import Spread, concatenated, no_spread

MAX_PATTERNS: Final = 200_000
"""Patterns of a table; messages that make more do not repeat, so that counting them says little."""

MAX_SPREAD_ROWS: Final = 50_000
"""Rows whose spread over time is kept: at most 40 MB, mostly a tenth of that."""

Uints = npt.NDArray[np.uint64]


class PatternTable(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct patterns by record: `n` rows, ascending by service, pattern and key, none twice.

    Attributes:
        names: of services, in alphabetical order.
        services: int64 of shape (n,), index of each row's service in `names`.
        patterns: uint64 of shape (n,), ids of the templates.
        keys: int64 of shape (n,), the records (`schemas.record.key`).
        counts: int64 of shape (n,), each at least 1.
        positives: int64 of shape (n,), how many of them were labelled as anomalies.
        first_places, last_places: int64 of shape (n,), as the reader numbers places.
        first_times, last_times: int64 of shape (n,), microseconds since 1970 in UTC; `NEVER_SEEN`
            and `NO_TIME` where no record had a time.
        texts: the masked text of each pattern id.
        spread: how each row's counts spread over time; None if there are more than
            `MAX_SPREAD_ROWS`.
        overflowed: there were more than `MAX_PATTERNS`; then there are no rows.
    """

    names: tuple[str, ...]
    services: Ints
    patterns: Uints
    keys: Ints
    counts: Ints
    positives: Ints
    first_places: Ints
    last_places: Ints
    first_times: Ints
    last_times: Ints
    texts: Mapping[int, str]
    spread: Spread | None = None
    overflowed: bool = False

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.keys)


_NONE: Final = np.empty(0, np.int64)

NO_PATTERNS: Final = PatternTable(
    names=(),
    services=_NONE,
    patterns=np.empty(0, np.uint64),
    keys=_NONE,
    counts=_NONE,
    positives=_NONE,
    first_places=_NONE,
    last_places=_NONE,
    first_times=_NONE,
    last_times=_NONE,
    texts={},
    spread=no_spread(0),
)
"""The table of no record with a message."""

OVERFLOWED: Final = msgspec.structs.replace(NO_PATTERNS, overflowed=True)
"""The table in place of a table with more than `MAX_PATTERNS` patterns."""


def without_texts(table: PatternTable) -> PatternTable:
    """The same with ids alone, for output without parts of log lines."""
    return msgspec.structs.replace(table, texts={})


def merge_patterns(
    tables: Sequence[PatternTable],
    max_patterns: int = MAX_PATTERNS,
    max_spread_rows: int = MAX_SPREAD_ROWS,
) -> PatternTable:
    """The sum of tables; the order does not matter. Unsorted and repeated rows are welcome."""
    if any(table.overflowed for table in tables):
        return OVERFLOWED
    tables = [table for table in tables if table.n_rows]
    if not tables:
        return NO_PATTERNS
    names = tuple(sorted({name for table in tables for name in table.names}))
    number = {name: index for index, name in enumerate(names)}
    services = np.concatenate(
        [np.array([number[name] for name in table.names])[table.services] for table in tables]
    )
    patterns = np.concatenate([table.patterns for table in tables])
    keys = np.concatenate([table.keys for table in tables])
    order = np.lexsort((keys, patterns, services))
    services, patterns, keys = services[order], patterns[order], keys[order]
    begins = np.ones(len(keys), np.bool_)
    begins[1:] = (np.diff(services) != 0) | (patterns[1:] != patterns[:-1])
    if np.count_nonzero(begins) > max_patterns:
        return OVERFLOWED
    begins[1:] |= keys[1:] != keys[:-1]
    starts = np.flatnonzero(begins)

    def column(how: np.ufunc, name: str) -> Ints:
        values = np.concatenate([getattr(table, name) for table in tables])[order]
        reduced: Ints = how.reduceat(values, starts)
        return reduced

    texts: dict[int, str] = {}
    for table in tables:
        for pattern, text in table.texts.items():
            texts[pattern] = min(texts.get(pattern, text), text)
    spread = None
    spreads = [table.spread for table in tables if table.spread is not None]
    if len(spreads) == len(tables) and len(starts) <= max_spread_rows:
        groups = np.empty(len(order), np.int64)
        groups[order] = np.cumsum(begins) - 1
        spread = concatenated(spreads).regrouped(groups, len(starts))
    return PatternTable(
        names=names,
        services=services[starts],
        patterns=patterns[starts],
        keys=keys[starts],
        counts=column(np.add, "counts"),
        positives=column(np.add, "positives"),
        first_places=column(np.minimum, "first_places"),
        last_places=column(np.maximum, "last_places"),
        first_times=column(np.minimum, "first_times"),
        last_times=column(np.maximum, "last_times"),
        texts=texts,
        spread=spread,
    )
