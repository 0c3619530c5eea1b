"""The step that every executor runs on every partition."""

from collections.abc import Iterable
from typing import Final

import msgspec
import numpy as np

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.key import (
    CONNECTION_ERROR_UNIT,
    EXCEPTION_UNIT,
    FIRST_MESSAGE,
    LENGTH_UNIT,
    LEVEL_KEYS,
    PER_TEMPLATE,
    SERVICE_UNIT,
    TIMEOUT_UNIT,
    Ints,
)
from schemas.record.templates import BUCKET_SHIFT
from trainer.counting.sums import PartCount
from trainer.counting.table import EMPTY, CountTable, merge_tables
from trainer.reading.assembling import Record
from trainer.reading.faults import Faults
from trainer.reading.formats.table import is_counted_by_engine
from trainer.reading.partitions import Partition, Place
from trainer.reading.records import read_records

FLUSH_RECORDS: Final = 500_000
"""Distinct records counted in a dictionary before they become columns, a tenth the size."""


def count_partition(partition: Partition) -> PartCount:
    """Count the records of one partition.

    Raises:
        InputError: the file cannot be opened or is damaged.
    """
    plan = partition.plan
    if is_counted_by_engine(plan):
        from trainer.counting.engine import count_features  # noqa: PLC0415 - loads DuckDB

        return count_features([partition.source], plan, partition.number)
    faults = Faults()
    counter = RecordCounter(partition.number, labelled=plan.fields.label is not None)
    counter.count(read_records(partition, faults))
    bad = [(Place(partition.number, fault.line), fault.problem) for fault in faults.samples]
    return PartCount(
        partition.number, counter.table(), faults.n_records, faults.n_bad, bad, faults.notes
    )


class RecordCounter:
    """Counts records one by one, in bounded memory but for what is distinct.

    Args:
        partition: the number of the partition that they are in.
        labelled: whether records have labels.
        flush_records: distinct records in a dictionary before they become columns.
    """

    def __init__(
        self, partition: int, *, labelled: bool, flush_records: int = FLUSH_RECORDS
    ) -> None:
        self._flush_records = flush_records
        self._first_place = Place(partition, 0).pack()
        self._labelled = labelled
        self._counts: dict[int, int] = {}
        self._positives: dict[int, int] = {}
        self._places: dict[int, int] = {}
        self._service_keys: dict[str, int] = {}
        self._done = EMPTY

    def count(self, records: Iterable[Record]) -> None:
        """Count records."""
        # One loop with local names: this runs for every record there is.
        flush_records = self._flush_records
        counts, positives, places, service_keys = (
            self._counts,
            self._positives,
            self._places,
            self._service_keys,
        )
        first_place = self._first_place
        for record in records:
            features = record.features
            # `schemas.record.key.pack_record`, written out.
            service_key = service_keys.get(features.service)
            if service_key is None:
                number = service_number(features.service, SERVICE_BUCKETS)
                service_keys[features.service] = service_key = SERVICE_UNIT * number
            key = LENGTH_UNIT * features.message_length + LEVEL_KEYS[features.level] + service_key
            if features.has_exception:
                key += EXCEPTION_UNIT
            if features.has_timeout:
                key += TIMEOUT_UNIT
            if features.has_connection_error:
                key += CONNECTION_ERROR_UNIT
            if type(features) is MessageFeatures:
                key += FIRST_MESSAGE + PER_TEMPLATE * (features.pattern >> BUCKET_SHIFT)
                key += features.has_failure
            if record.positive:
                positives[key] = positives.get(key, 0) + 1
            seen = counts.get(key)
            if seen is not None:
                counts[key] = seen + 1
                continue
            counts[key] = 1
            places[key] = first_place + record.line
            if len(counts) >= flush_records:
                self._flush()

    def table(self) -> CountTable:
        """All records counted so far."""
        self._flush()
        return self._done

    def _flush(self) -> None:
        def column(values: Iterable[int]) -> Ints:
            return np.fromiter(values, np.int64, len(self._counts))

        table = CountTable(
            keys=column(self._counts),
            counts=column(self._counts.values()),
            positives=column(self._positives.get(key, 0) for key in self._counts)
            if self._labelled
            else None,
            places=column(self._places.values()),
            services={},
        )
        names: dict[int, str] = {}
        for name, service_key in self._service_keys.items():
            number = service_key // SERVICE_UNIT
            names[number] = min(names.get(number, name), name)
        self._done = merge_tables([self._done, msgspec.structs.replace(table, services=names)])
        for counted in (self._counts, self._positives, self._places, self._service_keys):
            counted.clear()
