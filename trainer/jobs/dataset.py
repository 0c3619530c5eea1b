"""Data that was found: where it is, how it is read, in which parts, and what it holds."""

from collections.abc import Mapping, Sequence
from functools import cached_property, partial

import msgspec

from schemas.record.key import Bools, Ints
from trainer.counting.parts import Part, describe_place
from trainer.counting.pattern_table import NO_PATTERNS, PatternTable
from trainer.counting.run import Executor, Locator, count_partitions
from trainer.counting.table import CountTable
from trainer.jobs.listener import SILENCE, Listener
from trainer.jobs.table_lines import EXAMPLE_CHARS, TableLines
from trainer.jobs.unusable import check_bad
from trainer.patterns.pattern import Pattern
from trainer.patterns.summing import sum_up
from trainer.reading.cutting import cut
from trainer.reading.faults import Faults
from trainer.reading.formats.table import is_counted_by_engine
from trainer.reading.options import ReadingOptions
from trainer.reading.partitions import Partition, Place
from trainer.reading.plan import PlannedSource
from trainer.reading.planning import plan_sources
from trainer.reading.records import read_records
from trainer.reading.sources import STANDARD_INPUT, Source, find_sources, without
from trainer.report.content import BadRecord
from trainer.report.goodness import FaultCount


class Holdings(msgspec.Struct, frozen=True):
    """The records of data.

    Attributes:
        table: the usable records.
        sources: what was read, for people.
        detected: how it was read, a sentence each.
        n_bad: records that cannot be used.
        bad: the first of these.
        dataset: the data itself; None for count tables.
        lines: finds lines by the places of count tables; None for the data itself.
        records: records of each partition, unusable ones included.
        patterns: those of the usable records with messages.
    """

    table: CountTable
    sources: list[str]
    detected: list[str]
    n_bad: int
    bad: list[BadRecord]
    dataset: "Dataset | None" = None
    records: Mapping[int, int] = {}
    patterns: PatternTable = NO_PATTERNS
    lines: TableLines | None = None

    @property
    def parts(self) -> Sequence[Part]:
        """The parts that places lie in, for readers without the data; empty where unknown."""
        if self.dataset is not None:
            return self.dataset.locator(self.records).parts()
        return () if self.lines is None else self.lines.parts

    def examples(self, top: CountTable) -> dict[int, tuple[str, str]]:
        """For each record of a table, where the first line stands that gave it, and the line, cut.

        Empty for data that cannot be read again, or that was no text.
        """
        if top.places is None:
            return {}
        wanted: dict[int, dict[int, int]] = {}
        for key, packed in zip(top.keys.tolist(), top.places.tolist(), strict=True):
            place = Place.unpack(packed)
            wanted.setdefault(place.partition, {})[place.line] = key
        if self.dataset is not None:
            return self.dataset.lines_at(wanted, self.records)
        return {} if self.lines is None else self.lines.lines_at(wanted)

    def count_faults(self, flagged: Ints) -> FaultCount | None:
        """Faults of labelled data, which is read again; None where there is none to read.

        Args:
            flagged: keys of the records that a model flags.
        """
        if self.dataset is None or not self.dataset.can_be_read_again:
            return None
        if self.table.positives is None or not self.table.positives.any():
            return None
        from trainer.judging.faults import count_faults  # noqa: PLC0415 - for labelled data only

        data = self.dataset
        return count_faults(data.partitions, data.executor, flagged, named=data.named_faults)

    def list_patterns(self, flagged: Bools | None = None) -> list[Pattern]:
        """All patterns, the most frequent first.

        Args:
            flagged: bool, the rows of `patterns` that a model flags; None if none was asked.
        """
        labelled = self.table.positives is not None
        if self.dataset is not None:
            say = self.dataset.locator(self.records)

            def locate(packed: int) -> str:
                return say(Place.unpack(packed))

            return sum_up(self.patterns, flagged=flagged, labelled=labelled, locate=locate)
        known = None if self.lines is None else partial(describe_place, self.lines.parts)
        return sum_up(self.patterns, flagged=flagged, labelled=labelled, locate=known)


class Dataset:
    """Logs, or records of the six features.

    Args:
        files: where the data is and how it is read; not empty.
        detected: what was detected, a sentence each.
        executor: what works on it.
        max_bad_fraction: the share of records that may be unusable; see `check_bad` on None.
        named_faults: labels name faults; else a fault is a run of labelled lines of a service.
    """

    def __init__(
        self,
        files: list[PlannedSource],
        detected: list[str],
        executor: Executor = Executor(),
        max_bad_fraction: float | None = None,
        *,
        named_faults: bool = False,
    ) -> None:
        self.named_faults = named_faults
        self.files = files
        self.detected = detected
        self.executor = executor
        self.max_bad_fraction = max_bad_fraction

    @classmethod
    def find(
        cls,
        data: Sequence[str],
        reading: ReadingOptions = ReadingOptions(),
        executor: Executor = Executor(),
        max_bad_fraction: float | None = None,
        held_out: Sequence[Source] = (),
    ) -> "Dataset":
        """Find data and decide how to read it.

        Args:
            data: files, globs, folders, addresses of object stores, or `-` for standard input.
            reading: what is known of it; the rest is detected.
            executor: what will work on it.
            max_bad_fraction: the share of records that may be unusable; see `check_bad` on None.
            held_out: what is no part of it, though `data` may name it.

        Raises:
            InputError: there is none, or its format is unknown.
        """
        planned = plan_sources(without(find_sources(data), held_out), reading)
        return cls(
            planned.files,
            planned.notes,
            executor,
            max_bad_fraction,
            named_faults=reading.named_faults,
        )

    @property
    def sources(self) -> list[Source]:
        """Where the data is."""
        return [file.source for file in self.files]

    @property
    def is_counted_by_engine(self) -> bool:
        """Whether DuckDB counts and joins all of it, without our reading a record."""
        return all(is_counted_by_engine(file.plan) for file in self.files)

    @cached_property
    def partitions(self) -> list[Partition]:
        """The parts that are worked on, in the order of the data."""
        return cut(self.files, self.executor.partition_bytes)

    @property
    def can_be_read_again(self) -> bool:
        """Whether none of it is standard input."""
        return all(source.uri != STANDARD_INPUT for source in self.sources)

    @property
    def size_bytes(self) -> int:
        """As stored; 0 if unknown."""
        return sum(source.size_bytes or 0 for source in self.sources)

    def locator(self, records: Mapping[int, int]) -> Locator:
        """Turns places into words, once the records of each partition are known."""
        return Locator(self.partitions, records)

    def count(self, listener: Listener = SILENCE) -> Holdings:
        """Count all records.

        Raises:
            InputError: a source cannot be read, or too many records cannot be used.
        """
        for sentence in self.detected:
            listener.say(sentence)
        with listener.progress("reading", self.size_bytes) as advance:
            counted = count_partitions(self.partitions, self.executor, advance)
        bad = self.describe(counted.bad, counted.records)
        check_bad(
            counted.n_bad, counted.n_records, bad, self.max_bad_fraction, listener, counted.notes
        )
        return Holdings(
            counted.table,
            [source.uri for source in self.sources],
            self.detected,
            counted.n_bad,
            bad,
            self,
            counted.records,
            counted.patterns,
        )

    def describe(
        self, bad: Sequence[tuple[Place, str]], records: Mapping[int, int]
    ) -> list[BadRecord]:
        """Unusable records with their places in words."""
        locate = self.locator(records)
        return [BadRecord(locate(place), problem) for place, problem in bad]

    def lines_at(
        self, wanted: Mapping[int, Mapping[int, int]], records: Mapping[int, int]
    ) -> dict[int, tuple[str, str]]:
        """Place and text of some records, by key.

        Lines are read again: keeping a line for every distinct record would need memory without
        bound. Standard input cannot be read again.

        Args:
            wanted: by partition, the key of each wanted line.
            records: records of each partition.
        """
        locate = self.locator(records)
        found: dict[int, tuple[str, str]] = {}
        for number, lines in wanted.items():
            partition = self.partitions[number]
            if partition.source.uri == STANDARD_INPUT or partition.plan.kind != "logs":
                continue
            left = len(lines)
            for record in read_records(partition, Faults()):
                if record.line in lines:
                    text = (record.message or "")[:EXAMPLE_CHARS]
                    found[lines[record.line]] = (locate(Place(number, record.line)), text)
                    left -= 1
                    if left == 0:
                        break
        return found
