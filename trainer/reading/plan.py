"""The plan of reading a file, decided once from what was given and what was detected.

A plan is plain data. It goes to every process that reads a part of the file, on this machine or on
another.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from inference.intake.envelopes import Envelope
from inference.intake.framing import Framing
from inference.intake.layout import Layout
from schemas.record.features import Level
from trainer.reading.sources import Source

Kind = Literal["features", "logs"]


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parts of a record stand: a column's name, or a path into JSON as in `log.level`.

    Attributes:
        message: the text; None where records are features.
        level: the severity; None if records have none.
        service: who wrote it; None if records do not say.
        time: when; None if records do not say.
        label: whether it is an anomaly; None if records have no labels.
    """

    message: str | None = None
    level: str | None = None
    service: str | None = None
    time: str | None = None
    label: str | None = None


class ReadingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How to read a file.

    Attributes:
        format: how it is written, a name in `trainer.reading.formats.table`; compression is
            each file's own matter.
        kind: records are the six features, or raw logs.
        fields: where a record's parts stand in most records; another record may have them
            elsewhere. For text, the label only (always None there).
        given: fields that the user names; they go before the usual fields in every record.
        beside: other fields that may hold a level, or what a failure left behind.
        framing: how records follow each other in JSON, XML and plain text.
        layout: the layout of plain text, and of lines within envelopes and messages.
        envelope: what is around each line, with its own stream, time and parts of lines.
        scale: what numbers of levels mean, a name in `schemas.record.levels.SCALES`, if given.
        open_scale: what numbers mean whose scale their record leaves open: that of the others.
        levels: names of levels of the user's own, in any case.
        columns: names of the columns of CSV that has no header.
        delimiter: between the columns of CSV.
        default_level: for records without a level, or with an unknown level.
        default_service: for records without a service; None is the name of their own file
            (`trainer.reading.naming`).
        year: of times that name none.
    """

    format: str
    kind: Kind
    fields: Fields = Fields()
    given: Fields = Fields()
    beside: tuple[str, ...] = ()
    framing: Framing = "lines"
    layout: Layout | None = None
    envelope: Envelope | None = None
    scale: str | None = None
    open_scale: str | None = None
    levels: dict[str, Level] = {}
    columns: tuple[str, ...] = ()
    delimiter: str = ","
    default_level: Level = Level.INFO
    default_service: str | None = None
    year: int | None = None

    def for_all(self, sources: Iterable[Source]) -> "list[PlannedSource]":
        """Files that are all read by this plan."""
        return [PlannedSource(source, self) for source in sources]


class PlannedSource(msgspec.Struct, frozen=True):
    """A file and how it is read."""

    source: Source
    plan: ReadingPlan
