"""Shows how data is read, so that a person sees a mistake before a model learns from it."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

import msgspec

from inference.intake.times import read_time
from trainer.jobs.dataset import Dataset
from trainer.reading.assembling import Record
from trainer.reading.cutting import cut
from trainer.reading.faults import BadLine, Faults, Notes
from trainer.reading.partitions import Partition
from trainer.reading.records import read_records

FIRST_RECORDS: Final = 10
"""Records of a file that are shown whole."""

MAX_NAMES: Final = 10_000
"""Services that are counted by name: a bound against files without end."""

_ONE_FILE: Final = 2**62


class SeenRecord(msgspec.Struct, frozen=True):
    """A record as it was read.

    Attributes:
        file: where it stands.
        line: its number in the file, from 1.
        time: microseconds since 1970 in UTC; None where it has no whole time.
        level, service, message_length, has_exception, has_timeout, has_connection_error: its
            features.
        message: its text; None if it came as features.
    """

    file: str
    line: int
    time: int | None
    level: str
    service: str
    message: str | None
    message_length: int
    has_exception: bool
    has_timeout: bool
    has_connection_error: bool


class FileLook(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is read.

    Attributes:
        file: its name.
        format: how it is written.
        layout: of its lines; "" for records with named fields.
        n_lines: lines or rows that were read, blank ones included.
        n_records: usable records.
        n_bad: lines that cannot be used.
        bad: the first of these, and why.
        notes: what a person may want to check.
        first: the first records.
        levels: records of each level.
        services: records of each service.
        first_time: of the earliest record, microseconds since 1970 in UTC; None without times.
        last_time: of the latest record.
        largest_gap: between two records that follow each other, in microseconds.
        n_timed: records with a whole time.
        n_backwards: records that are earlier than the record before them.
        n_yearless: records whose time names no year.
        year: that of such times.
    """

    file: str
    format: str
    layout: str
    n_lines: int
    n_records: int
    n_bad: int
    bad: list[BadLine]
    notes: Notes
    first: list[SeenRecord]
    levels: dict[str, int]
    services: dict[str, int]
    first_time: int | None
    last_time: int | None
    largest_gap: int
    n_timed: int
    n_backwards: int
    n_yearless: int
    year: int | None

    @property
    def matched_share(self) -> float:
        """Share of the lines that begin a record or are known to continue a record."""
        n_used = self.n_records + self.notes.n_continued
        return n_used / max(n_used + self.n_bad, 1)


def records(dataset: Dataset, limit: int | None = None) -> Iterator[SeenRecord]:
    """The records of data, file by file.

    Args:
        dataset: the data.
        limit: of each file, at most so many; None for all.

    Raises:
        InputError: a file cannot be read.
    """
    for partition in cut(dataset.files, _ONE_FILE):
        for number, record in enumerate(read_records(partition, Faults())):
            if number == limit:
                break
            yield _seen(partition, record)


def look(dataset: Dataset, limit: int | None = None) -> Iterator[FileLook]:
    """How each file of data is read.

    Args:
        dataset: the data.
        limit: of each file, at most so many records are read; None for all.

    Raises:
        InputError: a file cannot be read.
    """
    for partition in cut(dataset.files, _ONE_FILE):
        yield _look(partition, limit)


def _look(partition: Partition, limit: int | None) -> FileLook:
    faults, first, times = Faults(), list[SeenRecord](), _Times()
    levels: Counter[str] = Counter()
    services: Counter[str] = Counter()
    for number, record in enumerate(read_records(partition, faults)):
        if number == limit:
            break
        if number < FIRST_RECORDS:
            first.append(_seen(partition, record))
        levels[record.features.level.name] += 1
        service = record.features.service
        services[service if service in services or len(services) < MAX_NAMES else "others"] += 1
        times.add(record.time, partition.plan.year)
    plan = partition.plan
    return FileLook(
        file=partition.source.uri,
        format=plan.format,
        layout="" if plan.layout is None else plan.layout.name,
        n_lines=faults.n_records,
        n_records=levels.total(),
        n_bad=faults.n_bad,
        bad=faults.samples,
        notes=faults.notes,
        first=first,
        levels=dict(levels.most_common()),
        services=dict(services.most_common()),
        first_time=times.first,
        last_time=times.last,
        largest_gap=times.largest_gap,
        n_timed=times.n_timed,
        n_backwards=times.n_backwards,
        n_yearless=times.n_yearless,
        year=plan.year,
    )


class _Times:
    """The span of times, their largest gap, and how often they go backwards."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.last: int | None = None
        self.largest_gap = self.n_timed = self.n_backwards = self.n_yearless = 0
        self._before: int | None = None

    def add(self, written: object, year: int | None) -> None:
        time = read_time(written, year)
        if time is None:
            return
        self.n_yearless += read_time(written) is None
        self.n_timed += 1
        self.first = time if self.first is None else min(self.first, time)
        self.last = time if self.last is None else max(self.last, time)
        if self._before is not None:
            self.largest_gap = max(self.largest_gap, time - self._before)
            self.n_backwards += time < self._before
        self._before = time


def _seen(partition: Partition, record: Record) -> SeenRecord:
    features = record.features
    return SeenRecord(
        partition.source.uri,
        record.line,
        read_time(record.time, partition.plan.year),
        features.level.name,
        features.service,
        record.message,
        features.message_length,
        features.has_exception,
        features.has_timeout,
        features.has_connection_error,
    )
