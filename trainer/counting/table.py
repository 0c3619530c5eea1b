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

NEVER_SEEN: Final = np.iinfo(np.int64).max
"""Place of a record whose place nobody noted."""


class CountTable(msgspec.Struct, frozen=True, kw_only=True):
    """Distinct records and how often each occurred.

    Attributes:
        keys: int64 of shape (n_distinct,), ascending, none twice.
        counts: int64 of shape (n_distinct,), each at least 1.
        positives: int64 of shape (n_distinct,), how many of them were labelled as anomalies; None
            if the records have no labels.
        places: int64 of shape (n_distinct,), where each was first seen, as the reader numbers
            places; None if nobody noted it.
        services: a name for each service number that occurs; the first in alphabetical order where
            several share one.
    """

    keys: Ints
    counts: Ints
    positives: Ints | None = None
    places: Ints | None = None
    services: Mapping[int, str] = {}

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
        """What the messages told: int64 of shape (n_distinct,), see `schemas.record.key`."""
        return traits_in(self.keys)

    def without_traits(self) -> "CountTable":
        """The table of the six features alone."""
        if not self.traits.any():
            return self
        bare = msgspec.structs.replace(self, keys=without_traits(self.keys))
        return merge_tables([bare])

    def sample(self, size: int, random_state: int) -> Ints:
        """How often each distinct record is in a uniform random sample, without replacement.

        Drawn from the counts (multivariate hypergeometric), as if they had been expanded.

        Returns:
            int64 of shape (n_distinct,) with the sum min(size, n_samples).
        """
        if size >= self.n_samples:
            return self.counts
        generator = np.random.default_rng(random_state)
        return generator.multivariate_hypergeometric(self.counts, size, method="marginals")


EMPTY: Final = CountTable(keys=np.empty(0, np.int64), counts=np.empty(0, np.int64))


def merge_tables(tables: Sequence[CountTable]) -> CountTable:
    """The sum of tables; the order does not matter. Unsorted and repeated keys are welcome.

    Labels and places stay only if all tables that hold anything have them.
    """
    tables = [table for table in tables if table.n_distinct] or [EMPTY]
    keys, inverse = np.unique(np.concatenate([table.keys for table in tables]), return_inverse=True)

    def total(columns: list[Ints | None]) -> Ints | None:
        known = [column for column in columns if column is not None]
        if len(known) < len(columns):
            return None
        sums = np.zeros(len(keys), np.int64)
        np.add.at(sums, inverse, np.concatenate(known))
        return sums

    counts = total([table.counts for table in tables])
    assert counts is not None  # every table has counts
    noted = [table.places for table in tables if table.places is not None]
    places = None
    if len(noted) == len(tables):
        places = np.full(len(keys), NEVER_SEEN)
        np.minimum.at(places, inverse, np.concatenate(noted))
    return CountTable(
        keys=keys,
        counts=counts,
        positives=total([table.positives for table in tables]),
        places=places,
        services=merge_names(table.services for table in tables),
    )


def merge_names(several: Iterable[Mapping[int, str]]) -> dict[int, str]:
    """One name for each service number: the first in alphabetical order."""
    names: dict[int, str] = {}
    for known in several:
        for number, name in known.items():
            names[number] = min(names.get(number, name), name)
    return names


def count_logs(logs: Iterable[LogFeatures]) -> CountTable:
    """Count logs that came as features."""
    counter: dict[LogFeatures, int] = {}
    for log in logs:
        counter[log] = counter.get(log, 0) + 1
    table = CountTable(
        keys=np.array([pack_record(log) for log in counter], np.int64),
        counts=np.fromiter(counter.values(), np.int64, len(counter)),
        services=merge_names(
            {service_number(name, SERVICE_BUCKETS): name}
            for name in {log.service for log in counter}
        ),
    )
    return merge_tables([table])
