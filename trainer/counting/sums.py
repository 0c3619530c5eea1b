"""The counts of a part of the data, and how they add up."""

from collections.abc import Sequence
from typing import Final

import msgspec

from trainer.counting.parts import Part
from trainer.counting.pattern_table import NO_PATTERNS, PatternTable, merge_patterns
from trainer.counting.table import CountTable, in_order, merge_tables
from trainer.reading.faults import MAX_SAMPLES, Notes
from trainer.reading.partitions import Place

MERGE_RECORDS: Final = 1_000_000
"""Distinct records of several results that wait to be added up."""


class PartCount(msgspec.Struct, frozen=True):
    """The counts of a partition.

    Attributes:
        partition: its number.
        table: its usable records.
        n_records: all its records, unusable ones included.
        n_bad: records that cannot be used.
        bad: the first of these, and why.
        notes: what a person may want to check.
        patterns: those of the usable records with messages.
    """

    partition: int
    table: CountTable
    n_records: int
    n_bad: int
    bad: list[tuple[Place, str]]
    notes: Notes = Notes()
    patterns: PatternTable = NO_PATTERNS


class Counted(msgspec.Struct, frozen=True):
    """The counts of all partitions.

    Attributes:
        table: the usable records; where not all of them have a time, in their order.
        records: for each partition, how many records it holds, unusable ones included.
        n_bad: records that cannot be used.
        bad: the first of these, in the order of the input.
        notes: what a person may want to check.
        patterns: those of the usable records with messages.
        parts: what the places of count tables mean; empty for data itself.
    """

    table: CountTable
    records: dict[int, int]
    n_bad: int
    bad: list[tuple[Place, str]]
    notes: Notes = Notes()
    patterns: PatternTable = NO_PATTERNS
    parts: Sequence[Part] = ()

    @property
    def n_records(self) -> int:
        """All records, unusable ones included."""
        return sum(self.records.values())


class PartSum:
    """Adds up parts in any order; the result does not depend on it.

    Args:
        merge_records: distinct records of several parts that wait to be added up.
    """

    def __init__(self, merge_records: int = MERGE_RECORDS) -> None:
        self._merge_records = merge_records
        self._tables: list[CountTable] = []
        self._patterns: list[PatternTable] = []
        self._waiting = 0
        self._records: dict[int, int] = {}
        self._n_bad = 0
        self._bad: list[tuple[Place, str]] = []
        self._notes = Notes()

    def add(self, part: PartCount) -> None:
        """Add a partition's part."""
        self._tables.append(part.table)
        self._patterns.append(part.patterns)
        self._waiting += part.table.n_distinct
        if self._waiting > self._merge_records:
            self._tables = [merge_tables(self._tables)]
            self._patterns = [merge_patterns(self._patterns)]
            self._waiting = 0
        self._records[part.partition] = part.n_records
        self._n_bad += part.n_bad
        self._notes += part.notes
        self._bad = sorted(self._bad + part.bad, key=lambda fault: fault[0].pack())[:MAX_SAMPLES]

    def counted(self) -> Counted:
        """The sum of what was added."""
        return Counted(
            in_order(merge_tables(self._tables), self._records),
            self._records,
            self._n_bad,
            self._bad,
            self._notes,
            merge_patterns(self._patterns),
        )
