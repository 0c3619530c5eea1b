"""Parquet, read by DuckDB."""

from collections.abc import Iterator
from typing import Final

from inference.intake.field_names import VAGUE_LEVEL_NAMES, plain_name
from inference.intake.records import UnusableRecordError
from inference.intake.trace_names import is_wrapper, may_hold_trace
from inference.intake.usual_places import LEVELS
from trainer.errors import InputError
from trainer.reading.assembling import Assembler, Record
from trainer.reading.faults import Faults
from trainer.reading.formats.format import Detected, Format, Sample, plan_records
from trainer.reading.formats.scales import with_scale
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan

_MAGIC: Final = "PAR1"


def _sniff(sample: Sample) -> bool:
    return sample.text.startswith(_MAGIC)


def _plan(sample: Sample) -> Detected:
    if not _sniff(sample):
        raise InputError(f"no Parquet file, since it does not begin with {_MAGIC}")
    columns = sample.columns()
    beside = tuple(name for name in columns if _is_beside(plain_name(name)))
    plan = ReadingPlan(format="parquet", kind="logs", beside=beside, year=sample.year)
    detected = plan_records(plan, ["format: Parquet"], columns, sample.name, sample.options)
    if detected.plan.kind == "features":
        return detected
    return with_scale(detected, sample.rows(detected.plan))


def _is_beside(plain: str) -> bool:
    """Whether a level or a trace may stand there, or a part of a trace."""
    if plain in LEVELS or plain in VAGUE_LEVEL_NAMES:
        return True
    parts = plain.split(".")
    while len(parts) > 1 and is_wrapper(parts[0]):
        wrapper, *parts = parts
        if may_hold_trace(parts[0], wrapper) is not None:
            return True
    return may_hold_trace(parts[0]) is not None


def _read(
    partition: Partition, plan: ReadingPlan, faults: Faults, assemble: Assembler
) -> Iterator[Record]:
    from trainer.reading.database import read_rows  # noqa: PLC0415 - loads DuckDB

    for row in read_rows(partition.source, plan):
        faults.n_records += 1
        try:
            yield assemble.document(faults.n_records, row)
        except UnusableRecordError as error:
            faults.add(faults.n_records, str(error))


PARQUET: Final = Format(
    name="parquet",
    title="Parquet",
    options=frozenset({"fields"}),
    columnar=True,
    sniff=_sniff,
    plan=_plan,
    read=_read,
)
