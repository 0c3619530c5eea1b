"""How the data is to be read: what was given and what was detected, decided once.

A plan is plain data. It goes to every process that reads a part of the data, on this machine or on
another.
"""

from typing import Literal

import msgspec

from schemas.record.features import Level

Kind = Literal["features", "logs"]


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parts of a record stand: a column's name, or a path into JSON as in `log.level`.

    Attributes:
        message: the text; None where records are features.
        level: the severity; None if records have none.
        service: who wrote it; None if records do not say.
        label: whether it is an anomaly; None if records have no labels.
    """

    message: str | None = None
    level: str | None = None
    service: str | None = None
    label: str | None = None


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How lines of plain text are laid out.

    Attributes:
        name: as the user gives it.
        patterns: regular expressions for a whole line with the groups `message` and, if the layout
            has them, `level` and `service`; the first one that matches tells.
        service: name of the service where a pattern has no such group, or it took no part.
        levels: other names for levels than `Level` knows, lower case.
        continued: a line that the pattern does not match belongs to the record before it, as stack
            traces do.
    """

    name: str
    patterns: tuple[str, ...]
    service: str | None = None
    levels: dict[str, Level] = {}
    continued: bool = False


class ReadingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How to read the data.

    Attributes:
        format: how files are written, a name in `trainer.reading.formats.table`; compression is
            each file's own matter.
        kind: records are the six features, or raw logs.
        fields: where a record's parts stand; for text, the label only (always None there).
        layout: the layout of plain text; None for other formats.
        levels: other names for levels than `Level` and the layout know, such as the numbers of
            some loggers; lower case.
        delimiter: between the columns of CSV.
        default_level: for records without a level.
        default_service: for records without a service; None is the name of their own file
            (`trainer.reading.naming`).
    """

    format: str
    kind: Kind
    fields: Fields = Fields()
    layout: Layout | None = None
    levels: dict[str, Level] = {}
    delimiter: str = ","
    default_level: Level = Level.INFO
    default_service: str | None = None
