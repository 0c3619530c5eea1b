"""The entry of a format of input, and the common parts of formats."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

import msgspec

from inference.intake.cleaning import clean_text
from inference.intake.field_names import VAGUE_LEVEL_NAMES, plain_name
from inference.intake.usual_places import MESSAGES, first_of
from schemas.record.features import Level
from trainer.reading.assembling import Assembler, Record
from trainer.reading.faults import Faults
from trainer.reading.fields import find_fields
from trainer.reading.fields import quote as q
from trainer.reading.naming import service_of_file
from trainer.reading.options import Option, ReadingOptions
from trainer.reading.partitions import Partition
from trainer.reading.plan import ReadingPlan
from trainer.reading.tables import MAX_SAMPLE_ROWS


class Detected(msgspec.Struct, frozen=True):
    """How data is to be read, and a sentence for people on each thing that was detected."""

    plan: ReadingPlan
    notes: list[str]


class Sample(msgspec.Struct, frozen=True):
    """The beginning of a file, decoded, and what is known of the file.

    Attributes:
        text: the beginning; may end within a line.
        name: the file's name or address.
        options: what the user wants of the reading.
        year: of times that name none.
        columns: the names of its columns, for a format that keeps them at the end of the file;
            paths with dots for the fields of structs.
        rows: the first rows by a plan, for such a format.
    """

    text: str
    name: str
    options: ReadingOptions
    columns: Callable[[], Sequence[str]]
    year: int | None = None
    rows: Callable[[ReadingPlan], Sequence[dict[str, Any]]] = lambda _: ()

    def lines(self) -> list[str]:
        """The first whole lines that are not blank; a part of a line only if there is no other."""
        lines = self.text.split("\n")
        whole = lines[:-1] if any(line.strip() for line in lines[:-1]) else lines
        clean = (clean_text(line).rstrip("\r") for line in whole if line.strip())
        return [line for line in clean if line.strip()][:MAX_SAMPLE_ROWS]


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A format of input.

    Attributes:
        name: as `--format` takes it.
        title: as sentences have it.
        options: of `ReadingOptions`, those that mean something for this format alone.
        implied_by: those of them that imply this format when they are given.
        splittable: a record begins at a line and ends before another record, so that a file can be
            read in parts.
        columnar: DuckDB reads it by itself, best over all files at once.
        sniff: whether data looks like it; asked in the order of the table.
        plan: how such data is to be read; raises `InputError` if it cannot be.
        read: the usable records of a partition.
    """

    name: str
    title: str
    options: frozenset[Option]
    implied_by: frozenset[Option] = frozenset()
    splittable: bool = False
    columnar: bool = False
    sniff: Callable[[Sample], bool]
    plan: Callable[[Sample], Detected]
    read: Callable[[Partition, ReadingPlan, Faults, Assembler], Iterator[Record]]


def plan_records(
    plan: ReadingPlan, notes: list[str], names: Collection[str], name: str, options: ReadingOptions
) -> Detected:
    """Complete a plan for records with named fields."""
    fields = find_fields(names, options.fields)
    level, service = options.default_level or Level.INFO, named_service(name, options)
    plan = msgspec.structs.replace(
        plan,
        fields=fields,
        given=options.fields,
        scale=options.scale,
        levels=options.levels,
        default_level=level,
        default_service=options.default_service,
    )
    label = [f"label: field {q(fields.label)}"] if fields.label else []
    if fields.message is None:
        message = first_of(names, MESSAGES)
        more = "" if message is None else f" (--message-field {message} reads raw logs instead)"
        plan = msgspec.structs.replace(plan, kind="features")
        return Detected(plan, [*notes, f"records: the six features{more}", *label])
    return Detected(
        plan,
        [
            *notes,
            "records: raw logs",
            f"message: field {q(fields.message)}",
            f"level: field {q(fields.level)} ({level.value} where it is missing)"
            if fields.level
            else _without_level(names, level),
            f"service: field {q(fields.service)} ({q(service)} where it is missing)"
            if fields.service
            else f"service: not in the records, taken as {q(service)}",
            *label,
        ],
    )


def _without_level(names: Collection[str], level: Level) -> str:
    vague = next((name for name in names if plain_name(name) in VAGUE_LEVEL_NAMES), None)
    if vague is None:
        return f"level: not in the records, taken as {level.value}"
    return f"level: where field {q(vague)} names a level, else {level.value}"


def named_service(name: str, options: ReadingOptions) -> str:
    """The service of records that do not name theirs: an option, or the file's name."""
    return options.default_service or service_of_file(name)
