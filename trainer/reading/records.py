"""Records of a partition: one reader for each format, all of them yielding the same thing.

A record that cannot be used is told to `Faults` and passed over, so that one bad line does not stop
a job over millions.
"""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Final

import msgspec

from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from schemas.record.extraction import extract
from schemas.record.features import LogFeatures
from schemas.record.labels import is_positive
from trainer.errors import InputError
from trainer.reading.assembling import Assembler, Extract, Record, UnusableRecordError
from trainer.reading.layouts import LineParser
from trainer.reading.lines import MAX_LINE_BYTES, read_lines
from trainer.reading.partitions import Partition
from trainer.reading.paths import RecordDecoder
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import READ_ERRORS, describe_read_error, open_source

MAX_SAMPLES: Final = 10
"""Bad records that are told of in detail."""

MAX_CONTINUATION_LINES: Final = 1_000
"""Lines that one record of plain text may have; more is no stack trace."""


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
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
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
            except UnusableRecordError as error:
                faults.add(number, str(error))


def _feature_decoder(plan: ReadingPlan) -> Callable[[int, bytes], Record]:
    decode = BodyDecoder(LogFeatures).decode
    label = plan.fields.label and RecordDecoder(plan.fields).label

    def to_record(number: int, line: bytes) -> Record:
        features = decode(line)
        return Record(number, features, None, is_positive(label(line)) if label else None)

    return to_record


def _log_decoder(plan: ReadingPlan, assemble: Assembler) -> Callable[[int, bytes], Record]:
    decode = RecordDecoder(plan.fields).decode
    return lambda number, line: assemble(number, *decode(line))


def _read_csv(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
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
            except (csv.Error, UnusableRecordError) as error:
                faults.add(faults.n_records, str(error))


def _read_parquet(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    from trainer.reading.database import read_rows  # noqa: PLC0415 - loads DuckDB

    for row in read_rows(partition.source, plan):
        faults.n_records += 1
        try:
            yield assemble.columns(faults.n_records, row)
        except UnusableRecordError as error:
            faults.add(faults.n_records, str(error))


def _read_text(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
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
                short = len(line) <= MAX_LINE_BYTES
                continued = plan.layout.continued and short
                if open_record and continued and len(open_record[1]) < MAX_CONTINUATION_LINES:
                    open_record[1].append(text)
                elif beyond and short:
                    break
                elif text and not beyond and not (continued and _of_part_before(partition, faults)):
                    faults.add(faults.n_records, f"no line of the layout {plan.layout.name}")
                continue
            if open_record:
                yield from _finish(assemble, open_record, faults)
            open_record = (faults.n_records, [parsed.message], parsed.level, parsed.service)
    if open_record:
        yield from _finish(assemble, open_record, faults)


def _of_part_before(partition: Partition, faults: Faults) -> bool:
    """Whether lines that continue a record may continue the last one of the partition before."""
    return partition.start > 0 and faults.n_records <= MAX_CONTINUATION_LINES


def _finish(
    assemble: Assembler,
    record: tuple[int, list[str], str | None, str | None],
    faults: Faults,
) -> Iterator[Record]:
    number, lines, level, service = record
    try:
        yield assemble(number, "\n".join(lines).rstrip(), level, service, None)
    except UnusableRecordError as error:
        faults.add(number, str(error))


_Reader = Callable[[Partition, ReadingPlan, Faults, Assembler], Iterator[Record]]
_READERS: Final[dict[str, _Reader]] = {
    "jsonl": _read_jsonl,
    "csv": _read_csv,
    "parquet": _read_parquet,
    "text": _read_text,
}
