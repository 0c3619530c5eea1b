"""CSV: a header, then rows whose columns are separated by one character."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from trainer.errors import InputError
from trainer.reading.assembling import Assembler, Record, UnusableRecordError
from trainer.reading.faults import Faults
from trainer.reading.fields import quote as q
from trainer.reading.formats.format import Detected, Format, Sample, plan_records, with_numbers
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.sources import open_source
from trainer.reading.tables import find_delimiter, read_rows

_COMPRESSION: Final = re.compile(r"[.](?:gz|gzip|zst|zstd)$", re.IGNORECASE)
_TABLE: Final = re.compile(r"[.][ct]sv$", re.IGNORECASE)


def _sniff(sample: Sample) -> bool:
    options = sample.options
    if _TABLE.search(_COMPRESSION.sub("", sample.name)):
        return True
    return find_delimiter(sample.text.lstrip(), options.fields, min_columns=2) is not None


def _plan(sample: Sample) -> Detected:
    delimiter = (
        sample.options.separator or find_delimiter(sample.text, sample.options.fields) or ","
    )
    header, *rows = read_rows(sample.text, delimiter) or [[]]
    doubled = sorted({name for name in header if header.count(name) > 1})
    if doubled:
        raise InputError(f"the header names several columns {', '.join(map(q, doubled[:3]))}")
    detected = plan_records(
        ReadingPlan(format="csv", kind="logs", delimiter=delimiter),
        [f"format: CSV, columns separated by {delimiter!r} (first {len(rows)} rows)"],
        header,
        sample.name,
        sample.options,
    )
    level = detected.plan.fields.level
    values = [
        row[header.index(level)] if level else None for row in rows if len(row) == len(header)
    ]
    return with_numbers(detected, values)


def _read(
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


CSV: Final = Format(
    name="csv",
    title="CSV",
    options=frozenset({"fields", "delimiter"}),
    implied_by=frozenset({"delimiter"}),
    sniff=_sniff,
    plan=_plan,
    read=_read,
)
