"""The training set as a table of distinct records with counts.

Logs repeat: a table of distinct records holds any corpus, and two tables merge by addition. The
order in which records came does not matter, so the same records make the same model.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec
import numpy as np
import numpy.typing as npt

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.features import LogFeatures
from schemas.record.key import Ints, feature_rows, pack_record, traits_in, without_traits
from trainer.reading.partitions import MAX_LINES

NEVER_SEEN: Final = np.iinfo(np.int64).max
"""First place, or first moment, of a record without any."""

NO_TIME: Final = int(np.iinfo(np.int64).min)
"""Last place, or last moment, of a record without any."""

MAX_HYPERGEOMETRIC: Final = 1_000_000_000
"""As many rows, or more, numpy's `multivariate_hypergeometric` refuses."""

EARLIEST_US: Final = 10**14
"""An earlier moment, of 1973, is none, but the number of a record in the order of its data."""


class CountTable(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct records and how often each occurred.

    Attributes:
        keys: int64 of shape (n_distinct,), ascending, none twice.
        counts: int64 of shape (n_distinct,), each at least 1.
        positives: int64 of shape (n_distinct,), how many of them were labelled as anomalies; None
            if the records have no labels.
        places: int64 of shape (n_distinct,), where each was first seen, as the reader numbers
            places; None if unknown.
        last_places: likewise, where each was last seen.
        first_seen: int64 of shape (n_distinct,), when each was first seen: microseconds since 1970
            in UTC or, in a table of all data whose records have no times, the number of the record
            in the order of the data (`in_order`); None if unknown for any record.
        last_seen: likewise, when each was last seen.
        services: a name for each service number that occurs; the first in alphabetical order where
            several share a number.
    """

    keys: Ints
    counts: Ints
    positives: Ints | None = None
    places: Ints | None = None
    last_places: Ints | None = None
    first_seen: Ints | None = None
    last_seen: Ints | None = None
    services: Mapping[int, str] = {}

    @property
    def has_times(self) -> bool:
        """Whether `first_seen` and `last_seen` are moments, and not numbers in an order."""
        first = self.first_seen
        return first is not None and bool((first >= EARLIEST_US).all())

    @property
    def n_distinct(self) -> int:
        """How many distinct records there are."""
        return len(self.keys)

    @property
    def n_samples(self) -> int:
        """How many records there are, repetitions included."""
        return int(self.counts.sum())

    @property
    def rows(self) -> npt.NDArray[np.float32]:
        """The six features: float32 of shape (n_distinct, 6), as `FeatureEncoder` makes them.

        Computed anew at each call. No row stands twice iff the table has no traits.
        """
        return feature_rows(self.keys)

    @property
    def traits(self) -> Ints:
        """The messages' traits: int64 of shape (n_distinct,), see `schemas.record.key`."""
        return traits_in(self.keys)

    def without_traits(self) -> "CountTable":
        """The table of the six features alone."""
        if not self.traits.any():
            return self
        bare = msgspec.structs.replace(self, keys=without_traits(self.keys))
        return merge_tables([bare])

    def sample(self, size: int, random_state: int) -> Ints:
        """How often each distinct record is in a uniform random sample, without replacement.

        Drawn from the counts (multivariate hypergeometric), as if they had been expanded. That
        draw is numpy's up to its bound; of more rows their numbers are drawn instead, which is the
        same distribution.

        Returns:
            int64 of shape (n_distinct,) with the sum min(size, n_samples).
        """
        if size >= self.n_samples:
            return self.counts
        generator = np.random.default_rng(random_state)
        if self.n_samples < MAX_HYPERGEOMETRIC:
            return generator.multivariate_hypergeometric(self.counts, size, method="marginals")
        drawn = generator.choice(self.n_samples, size, replace=False, shuffle=False)
        rows = np.searchsorted(np.cumsum(self.counts), drawn, side="right")
        return np.bincount(rows, minlength=self.n_distinct).astype(np.int64)


EMPTY: Final = CountTable(keys=np.empty(0, np.int64), counts=np.empty(0, np.int64))


def merge_tables(tables: Sequence[CountTable]) -> CountTable:
    """The sum of tables; the order does not matter. Unsorted and repeated keys are welcome.

    Labels, places and moments stay only if all tables that hold anything have them.
    """
    tables = [table for table in tables if table.n_distinct] or [EMPTY]
    keys, inverse = np.unique(np.concatenate([table.keys for table in tables]), return_inverse=True)

    def column(how: np.ufunc, name: str, start: int) -> Ints | None:
        parts: list[Ints | None] = [getattr(table, name) for table in tables]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        reduced = np.full(len(keys), start, np.int64)
        how.at(reduced, inverse, np.concatenate(known))
        return reduced

    counts = column(np.add, "counts", 0)
    assert counts is not None  # every table has counts
    return CountTable(
        keys=keys,
        counts=counts,
        positives=column(np.add, "positives", 0),
        places=column(np.minimum, "places", NEVER_SEEN),
        last_places=column(np.maximum, "last_places", NO_TIME),
        first_seen=column(np.minimum, "first_seen", NEVER_SEEN),
        last_seen=column(np.maximum, "last_seen", NO_TIME),
        services=merge_names(table.services for table in tables),
    )


def in_order(table: CountTable, records: Mapping[int, int]) -> CountTable:
    """A table of all data with the order of the records in the place of times that some lack.

    Args:
        table: the sum of all partitions.
        records: of each partition; together they are the order, however the data was cut.
    """
    if table.first_seen is not None or table.places is None or table.last_places is None:
        return table
    before = np.zeros(max(records, default=0) + 1, np.int64)
    for partition, count in records.items():
        before[partition] = count
    before = np.cumsum(before) - before

    def number(places: Ints) -> Ints:
        partitions, lines = np.divmod(places, MAX_LINES)
        return before[partitions] + lines

    return msgspec.structs.replace(
        table, first_seen=number(table.places), last_seen=number(table.last_places)
    )


def merge_names(several: Iterable[Mapping[int, str]]) -> dict[int, str]:
    """A name for each service number: the first in alphabetical order."""
    names: dict[int, str] = {}
    for known in several:
        for number, name in known.items():
            names[number] = min(names.get(number, name), name)
    return names


def count_logs(logs: Iterable[LogFeatures]) -> CountTable:
    """Count logs that came as features; their order is that in which they were seen."""
    counter: dict[LogFeatures, list[int]] = {}
    for number, log in enumerate(logs, start=1):
        seen = counter.setdefault(log, [0, number, number])
        seen[0] += 1
        seen[2] = number
    counts, first, last = np.array(list(counter.values()), np.int64).reshape(-1, 3).T
    table = CountTable(
        keys=np.array([pack_record(log) for log in counter], np.int64),
        counts=counts,
        first_seen=first,
        last_seen=last,
        services=merge_names(
            {service_number(name, SERVICE_BUCKETS): name}
            for name in {log.service for log in counter}
        ),
    )
    return merge_tables([table])
