"""Counts the records of a part, one by one: the count table for models, and the patterns."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

import msgspec
import numpy as np

from schemas.record.encoding import SERVICE_BUCKETS, service_number
from schemas.record.extraction import MessageFeatures
from schemas.record.features import LogFeatures
from schemas.record.key import (
    FLAG_UNIT,
    LENGTH_UNIT,
    LEVEL_KEYS,
    SERVICE_UNIT,
    Ints,
    flags_of,
    traits_of,
)
from schemas.record.templates import template_of
from trainer.counting.pattern_table import (
    MAX_PATTERNS,
    NO_PATTERNS,
    PatternTable,
    merge_patterns,
)
from trainer.counting.seen_times import BUFFER_RECORDS, SeenTimes
from trainer.counting.table import EMPTY, CountTable, merge_names, merge_tables
from trainer.reading.assembling import Record
from trainer.reading.partitions import Place

FLUSH_RECORDS: Final = 200_000
"""Distinct records counted in a dictionary before they become columns, a tenth the size."""


class RecordCounter:
    """Counts records one by one, in bounded memory but for what is distinct.

    Args:
        partition: the number of the partition that they are in.
        labelled: whether records have labels.
        year: of times that name none.
        flush_records: distinct records in a dictionary before they become columns.
        max_patterns: see `trainer.counting.pattern_table`.
    """

    def __init__(
        self,
        partition: int,
        *,
        labelled: bool,
        year: int | None = None,
        flush_records: int = FLUSH_RECORDS,
        max_patterns: int = MAX_PATTERNS,
    ) -> None:
        self._flush_records = flush_records
        self._max_patterns = max_patterns
        self._first_place = Place(partition, 0).pack()
        self._labelled = labelled
        self._tallies: dict[LogFeatures, _Tally] = {}
        self._texts: dict[int, str] = {}
        self._times = SeenTimes(year)
        self._done = EMPTY
        self._patterns = NO_PATTERNS

    def count(self, records: Iterable[Record]) -> None:
        """Count records."""
        records = iter(records)
        while self._count(islice(records, BUFFER_RECORDS)):
            self._times.look(len(self._tallies))

    def _count(self, records: Iterable[Record]) -> bool:
        """Count some records; says whether there was any."""
        # A single loop with local names: this runs for every record. The features are the key,
        # since their hash costs less than a packed key does.
        flush_records, tallies = self._flush_records, self._tallies
        add_time, add_row = self._times.written.append, self._times.rows.append
        tally = None
        for record in records:
            tally = tallies.get(record.features)
            if tally is None:
                if len(tallies) >= flush_records:
                    self._flush()
                tally = tallies[record.features] = self._new(record)
            tally.n += 1
            tally.last = record.line
            if record.positive:
                tally.positives += 1
            if record.time is not None:
                add_time(record.time)
                add_row(tally.row)
        return tally is not None

    def table(self) -> CountTable:
        """All records counted so far."""
        self._flush()
        return self._done

    def patterns(self) -> PatternTable:
        """The patterns of all records counted so far."""
        self._flush()
        return self._patterns

    def _new(self, record: Record) -> "_Tally":
        features, texts = record.features, self._texts
        if type(features) is MessageFeatures and features.pattern not in texts:
            if self._patterns.overflowed or len(texts) > self._max_patterns:
                texts.clear()  # none will be needed
            else:
                texts[features.pattern] = template_of(record.message or "")
        return _Tally(len(self._tallies), record.line, record.line)

    def _flush(self) -> None:
        n = len(self._tallies)
        self._times.look(n)
        numbers = {log.service: 0 for log in self._tallies}
        for name in numbers:
            numbers[name] = service_number(name, SERVICE_BUCKETS)

        def column(values: Iterable[int]) -> Ints:
            return np.fromiter(values, np.int64, n)

        tallies = self._tallies.values()
        counts = column(tally.n for tally in tallies)
        timed = self._times.n_known == counts.sum()
        first_seen, last_seen = self._times.ends() if timed else (None, None)
        table = CountTable(
            keys=column(_key(log, numbers[log.service]) for log in self._tallies),
            counts=counts,
            positives=column(tally.positives for tally in tallies) if self._labelled else None,
            places=column(self._first_place + tally.first for tally in tallies),
            last_places=column(self._first_place + tally.last for tally in tallies),
            first_seen=first_seen,
            last_seen=last_seen,
            services=merge_names({number: name} for name, number in numbers.items()),
        )
        self._done = merge_tables([self._done, table])
        self._flush_patterns(table)
        self._tallies.clear()
        self._times.forget()

    def _flush_patterns(self, table: CountTable) -> None:
        logs = [
            (row, log) for row, log in enumerate(self._tallies) if isinstance(log, MessageFeatures)
        ]
        rows = np.array([row for row, _ in logs], np.int64)
        names = tuple(sorted({log.service for _, log in logs}))
        index = {name: number for number, name in enumerate(names)}
        tallies = list(self._tallies.values())

        def column(values: Iterable[int]) -> Ints:
            return np.fromiter(values, np.int64, len(tallies))[rows]

        assert table.places is not None and table.last_places is not None  # noqa: PT018 - both were just noted
        first_times, last_times, spread = self._times.of(rows)
        made = PatternTable(
            names=names,
            services=np.array([index[log.service] for _, log in logs], np.int64),
            patterns=np.array([log.pattern for _, log in logs], np.uint64),
            keys=table.keys[rows],
            counts=table.counts[rows],
            positives=column(tally.positives for tally in tallies),
            first_places=table.places[rows],
            last_places=table.last_places[rows],
            first_times=first_times,
            last_times=last_times,
            texts=self._texts,
            spread=spread,
        )
        self._patterns = merge_patterns([self._patterns, made], self._max_patterns)


class _Tally(msgspec.Struct, gc=False):
    """How often a record occurred, and where first and last."""

    row: int
    first: int
    last: int
    n: int = 0
    positives: int = 0


def _key(log: LogFeatures, number: int) -> int:
    """`schemas.record.key.pack_record`, with the service's number known."""
    return (
        LENGTH_UNIT * log.message_length
        + LEVEL_KEYS[log.level]
        + SERVICE_UNIT * number
        + FLAG_UNIT * flags_of(log)
        + traits_of(log)
    )
