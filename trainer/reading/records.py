"""Records of a partition: one reader for each format, all of them yielding the same thing.

A record that cannot be used is told to `Faults` and passed over, so that one bad line does not stop
a job over millions.
"""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from schemas.extraction import extract
from schemas.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS, Level, LogFeatures
from schemas.labels import is_positive
from schemas.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from trainer.errors import InputError
from trainer.reading.layouts import LineParser
from trainer.reading.lines import MAX_LINE_BYTES, read_lines
from trainer.reading.naming import service_of_file
from trainer.reading.partitions import Partition
from trainer.reading.paths import RecordDecoder
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import READ_ERRORS, describe_read_error, open_source

Extract = Callable[[str, Level, str], LogFeatures]

MAX_SAMPLES: Final = 10
"""Bad records that are told of in detail."""

MAX_KNOWN: Final = 10_000
"""Levels and services whose check is remembered: a bound against a hostile file."""

MAX_CONTINUATION_LINES: Final = 1_000
"""Lines that one record of plain text may have; more is no stack trace."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """One usable record.

    Attributes:
        line: its number in the partition, from 1; bad ones are counted too.
        features: the six features; with more, if they were made from a message.
        message: the text they were made from; None if the record came as features.
        positive: whether its label says anomaly; None without a label field.
    """

    line: int
    features: LogFeatures
    message: str | None = None
    positive: bool | None = None


class BadLine(msgspec.Struct, frozen=True):
    """A record that cannot be used: its number in the partition, and why."""

    line: int
    problem: str


class Faults:
    """Counts bad records and keeps the first few, and how many records there were at all."""

    def __init__(self) -> None:
        self.n_records = 0
        self.n_bad = 0
        self.samples: list[BadLine] = []

    def add(self, line: int, problem: str) -> None:
        """Note a record that cannot be used."""
        self.n_bad += 1
        if len(self.samples) < MAX_SAMPLES:
            self.samples.append(BadLine(line, problem))


def read_records(
    partition: Partition, plan: ReadingPlan, faults: Faults, extract: Extract = extract
) -> Iterator[Record]:
    """The usable records of a partition, in their order.

    Args:
        partition: what to read.
        plan: how to read it.
        faults: told of every record that cannot be used.
        extract: what is looked at of a raw log; by default, all that any detector looks at.

    Raises:
        InputError: the file cannot be opened, or is damaged; names it and how far it was read.
    """
    try:
        assemble = Assembler(plan, extract, partition.source.uri)
        yield from _READERS[plan.format](partition, plan, faults, assemble)
    except READ_ERRORS as error:
        raise InputError(
            f"{partition.source.uri}: {describe_read_error(error)} (behind record "
            f"{faults.n_records} of the part that begins at byte {partition.start})"
        ) from error


def _read_jsonl(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: "Assembler"
) -> Iterator[Record]:
    decode = _feature_decoder(plan) if plan.kind == "features" else _log_decoder(plan, assemble)
    with open_source(partition.source, max(partition.start - 1, 0)) as stream:
        for offset, line in read_lines(stream, partition):
            if partition.stop is not None and offset >= partition.stop:
                return
            faults.n_records += 1
            if not line or line.isspace():
                continue
            number = faults.n_records
            if len(line) > MAX_LINE_BYTES:
                faults.add(number, f"longer than {MAX_LINE_BYTES} bytes")
                continue
            try:
                yield decode(number, line)
            except InvalidBodyError as error:
                told = "; ".join(f"{one.path or 'record'}: {one.message}" for one in error.errors)
                faults.add(number, told)
            except MalformedJsonError as error:
                faults.add(number, f"not JSON: {error}")
            except _UnusableError as error:
                faults.add(number, str(error))


def _feature_decoder(plan: ReadingPlan) -> Callable[[int, bytes], Record]:
    decode = BodyDecoder(LogFeatures).decode
    label = plan.fields.label and RecordDecoder(plan.fields).label

    def to_record(number: int, line: bytes) -> Record:
        features = decode(line)
        return Record(number, features, None, is_positive(label(line)) if label else None)

    return to_record


def _log_decoder(plan: ReadingPlan, assemble: "Assembler") -> Callable[[int, bytes], Record]:
    decode = RecordDecoder(plan.fields).decode

    def to_record(number: int, line: bytes) -> Record:
        return assemble(number, *decode(line))

    return to_record


def _read_csv(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: "Assembler"
) -> Iterator[Record]:
    with open_source(partition.source) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
        rows = csv.reader(text, delimiter=plan.delimiter)
        header = [name.strip() for name in next(rows, [])]
        while True:
            faults.n_records += 1
            try:
                row = next(rows)
                if len(row) == len(header):
                    named = dict(zip(header, row, strict=True))
                    yield assemble.columns(faults.n_records, named)
                elif row:
                    told = f"has {len(row)} columns, expected {len(header)}"
                    faults.add(faults.n_records, told)
            except StopIteration:
                faults.n_records -= 1
                return
            except (csv.Error, _UnusableError) as error:
                faults.add(faults.n_records, str(error))


def _read_parquet(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: "Assembler"
) -> Iterator[Record]:
    from trainer.counting.engine import read_rows  # noqa: PLC0415 - loads DuckDB

    for row in read_rows(partition.source, plan):
        faults.n_records += 1
        try:
            yield assemble.columns(faults.n_records, row)
        except _UnusableError as error:
            faults.add(faults.n_records, str(error))


def _read_text(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: "Assembler"
) -> Iterator[Record]:
    assert plan.layout is not None  # the plan of plain text has one
    parse = LineParser(plan.layout).parse
    open_record: tuple[int, list[str], str | None, str | None] | None = None
    with open_source(partition.source, max(partition.start - 1, 0)) as stream:
        for offset, line in read_lines(stream, partition):
            beyond = partition.stop is not None and offset >= partition.stop
            text = line[:MAX_LINE_BYTES].decode("utf-8", "replace").rstrip("\r")
            parsed = parse(text)
            if beyond and (parsed is not None or open_record is None):
                break
            if not beyond:
                faults.n_records += 1
            if parsed is None:
                continued = plan.layout.continued and len(line) <= MAX_LINE_BYTES
                if open_record and continued and len(open_record[1]) < MAX_CONTINUATION_LINES:
                    open_record[1].append(text)
                elif beyond:
                    break
                elif text and not (continued and partition.start > 0 and not open_record):
                    faults.add(faults.n_records, f"no line of the layout {plan.layout.name}")
                continue
            if open_record:
                yield from _finish(assemble, open_record, faults)
            open_record = (faults.n_records, [parsed.message], parsed.level, parsed.service)
    if open_record:
        yield from _finish(assemble, open_record, faults)


def _finish(
    assemble: "Assembler",
    record: tuple[int, list[str], str | None, str | None],
    faults: Faults,
) -> Iterator[Record]:
    number, lines, level, service = record
    try:
        yield assemble(number, "\n".join(lines).rstrip(), level, service, None)
    except _UnusableError as error:
        faults.add(number, str(error))


_Reader = Callable[[Partition, ReadingPlan, Faults, "Assembler"], Iterator[Record]]
_READERS: Final[dict[str, _Reader]] = {
    "jsonl": _read_jsonl,
    "csv": _read_csv,
    "parquet": _read_parquet,
    "text": _read_text,
}


class _UnusableError(ValueError):
    """A record cannot be used; says which field and what was expected."""


class Assembler:
    """Makes a record of the parts that a reader found, with what the plan says for missing ones."""

    def __init__(self, plan: ReadingPlan, extract: Extract, uri: str) -> None:
        self._plan = plan
        self._extract = extract
        self._default_service = (
            (plan.layout.service if plan.layout else None)
            or plan.default_service
            or service_of_file(uri)
        )
        self._label = plan.fields.label
        self._level_names = plan.levels | (plan.layout.levels if plan.layout else {})
        # Few different levels and services occur; each is checked once.
        self._levels: dict[object, Level] = {}
        self._services: dict[object, str] = {}

    def __call__(
        self, line: int, message: object, level: object, service: object, label: object
    ) -> Record:
        """A record of a raw log.

        Raises:
            _UnusableError: a part is missing or out of bounds.
        """
        if not isinstance(message, str):
            raise _UnusableError(
                f"{self._plan.fields.message or 'message'}: expected text, got "
                f"{type(message).__name__ if message is not None else 'nothing'}"
            )
        if len(message) > MAX_MESSAGE_LENGTH:
            raise _UnusableError(f"message: longer than {MAX_MESSAGE_LENGTH} characters")
        try:
            known_level = self._levels.get(level) or self._level(level)
            known_service = self._services.get(service) or self._service(service)
        except TypeError as error:
            raise _UnusableError(
                "level, service: expected text, got a list or an object"
            ) from error
        features = self._extract(message, known_level, known_service)
        return Record(line, features, message, is_positive(label) if self._label else None)

    def columns(self, line: int, row: dict[str, Any]) -> Record:
        """A record of a row with named columns, raw log or features.

        Raises:
            _UnusableError: a column is missing or out of bounds.
        """
        fields = self._plan.fields
        label = row.get(fields.label) if fields.label else None
        if self._plan.kind == "features":
            try:
                features = msgspec.convert(row, LogFeatures, strict=False)
            except msgspec.ValidationError as error:
                raise _UnusableError(str(error)) from error
            return Record(line, features, None, self._positive(label))
        message, level, service = (
            row.get(name) if name else None
            for name in (fields.message, fields.level, fields.service)
        )
        return self(line, message, level, service, label)

    def _level(self, value: object) -> Level:
        if value is None or value == "":
            return self._plan.default_level
        try:
            level = self._level_names.get(str(value).strip().lower()) or Level(value)
        except ValueError as error:
            raise _UnusableError(
                f"{self._plan.fields.level or 'level'}: {str(value)[:40]!r} is no level; "
                f"expected DEBUG, INFO, WARN, ERROR, FATAL or a usual synonym"
            ) from error
        if len(self._levels) < MAX_KNOWN:
            self._levels[value] = level
        return level

    def _service(self, value: object) -> str:
        if value is None or value == "":
            return self._default_service
        name = str(value)
        if len(name) > MAX_SERVICE_CHARS:
            raise _UnusableError(
                f"{self._plan.fields.service or 'service'}: longer than {MAX_SERVICE_CHARS} "
                f"characters"
            )
        if len(self._services) < MAX_KNOWN:
            self._services[value] = name
        return name

    def _positive(self, label: object) -> bool | None:
        return is_positive(label) if self._label else None
