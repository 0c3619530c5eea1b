"""Structured records: JSON objects as loggers, shippers and exports write them.

Each part of a record is searched for under its usual names, in every record anew: a record without
a `level` may have a `severity`. The fields of a shape are found once.
"""

import re
from itertools import chain
from typing import Any, Final

import msgspec

from inference.intake.cleaning import clean_text
from inference.intake.field_names import (
    MESSAGE_NAMES,
    VAGUE_LEVEL_NAMES,
    WEAK_LEVEL_NAMES,
    plain_name,
)
from inference.intake.levels import (
    LevelNames,
    Number,
    as_number,
    is_plain_level,
    level_of_names,
    level_of_numbers,
    scale_of,
)
from inference.intake.paths import (
    MAX_DEPTH,
    flatten,
    look_up,
    names_are_short,
    shape_key,
    text_of,
    value_at,
    values_at,
    whole_messages,
)
from inference.intake.traces import trace_paths, with_traces
from inference.intake.usual_places import (
    LEVELS,
    MESSAGES,
    SERVICES,
    TIMES,
    Path,
    Places,
    best_first,
)
from inference.intake.writer_names import NUMBERED, bare_service
from schemas.record.features import Level

__all__ = [
    "DEFAULT_SERVICE",
    "DocumentReader",
    "Named",
    "RawRecord",
    "Shape",
    "bare_service",
    "flatten",
    "look_up",
    "text_of",
]

DEFAULT_SERVICE: Final = "unknown"
"""The service of records that do not say who wrote them."""

_CLOCK: Final = re.compile(r"[012]?\d:\d\d")  # its day stands in a field of its own
MAX_SHAPES: Final = 1_000
"""Shapes of records that are remembered: a bound against hostile records."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Fields that a user names; None for a part without a name."""

    message: str | None = None
    level: str | None = None
    service: str | None = None
    time: str | None = None


class RawRecord(msgspec.Struct, frozen=True, gc=False):
    """A raw record, whatever its format.

    Attributes:
        message: the text, with what a failure left behind in fields of its own.
        level: None where the record has none.
        service: None where the record has none.
        time: as it is written; `inference.intake.times.read_time` reads it.
        unknown: the value in the level's place that is no level; None if there is none.
        is_open: `unknown` is a number, which only a scale could turn into a level.
    """

    message: str
    level: Level | None = None
    service: str | None = None
    time: object = None
    unknown: str | None = None
    is_open: bool = False


class Shape(msgspec.Struct, frozen=True):
    """Where the parts stand in records of a shape, best first, and all plain names.

    `vague` are fields that may hold a level where there is no other, `day` is the day of a clock.
    """

    message: tuple[Path, ...]
    level: tuple[tuple[str, Path], ...]
    service: tuple[Path, ...]
    time: tuple[Path, ...]
    traces: tuple[Path, ...]
    names: frozenset[str]
    vague: tuple[Path, ...] = ()
    day: Path = ()


class DocumentReader:
    """Reads structured records.

    Args:
        names: what names of levels mean.
        named: fields that go before the usual fields.
        scale: what numbers of levels mean, whatever their field; None lets each record decide.
        open_scale: what numbers mean whose scale the record leaves open; None leaves it open.
    """

    def __init__(
        self,
        names: LevelNames,
        named: Named | None = None,
        *,
        scale: str | None = None,
        open_scale: str | None = None,
    ) -> None:
        self._names = names
        self._named = named or Named()
        self._scale = scale
        self._open_scale = open_scale
        self._shapes: dict[object, Shape] = {}

    def read(self, document: dict[str, Any]) -> RawRecord | None:
        """The parts of a record; None if it has no message."""
        shape = self.shape_of(document)
        message = self._message(document, shape)
        if message is None:
            return None
        level, unknown, is_open = self._level(document, shape)
        return RawRecord(
            with_traces(document, shape.traces, clean_text(message)),
            level,
            self._service(document, shape),
            self._time(document, shape),
            unknown,
            is_open,
        )

    def shape_of(self, document: dict[str, Any]) -> Shape:
        """Where the parts stand in records with the names of this record."""
        key = shape_key(document, MAX_DEPTH)
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= MAX_SHAPES:
                self._shapes.clear()
            shape = self._find(document)
            if names_are_short(document):
                self._shapes[key] = shape
        return shape

    def _find(self, document: dict[str, Any]) -> Shape:
        known: dict[str, Path] = {}
        for path in chain(flatten(document), ((name,) for name in whole_messages(document))):
            known.setdefault(plain_name(".".join(path)), path)

        def found(places: Places, given: str | None) -> list[tuple[str, Path]]:
            paths = best_first(known, places)
            return paths if given is None else [(plain_name(given), (given,)), *paths]

        messages = [path for _, path in found(MESSAGES, self._named.message)]
        tops: dict[str, Path] = {}
        for name in document:
            tops.setdefault(plain_name(name), (name,))
        whole = [tops[name] for name in MESSAGE_NAMES if name in tops]
        levels = found(LEVELS, self._named.level)
        is_vague = all(look_up(document, ".".join(path)) is None for _, path in levels[:1])
        vague = VAGUE_LEVEL_NAMES if is_vague and len(levels) <= 1 else ()
        if not messages and "record" in tops and "type" in tops:
            messages = [tops["type"]]  # an event of AWS's platform: what it is, not what it holds
        return Shape(
            message=tuple(dict.fromkeys([*messages, *whole])),
            level=tuple(levels),
            service=tuple(path for _, path in found(SERVICES, self._named.service)),
            time=tuple(path for _, path in found(TIMES, self._named.time)),
            traces=tuple(path for path in trace_paths(document) if path not in messages[:1]),
            names=frozenset(tops),
            vague=tuple(tops[name] for name in vague if name in tops),
            day=tops.get("date", ()) if "time" in tops else (),
        )

    def _message(self, document: dict[str, Any], shape: Shape) -> str | None:
        for value in values_at(document, shape.message):
            return text_of(value)
        # A record whose message is empty has a message nevertheless.
        if any(value_at(document, path) == "" for path in shape.message):
            return ""
        return None

    @staticmethod
    def _time(document: dict[str, Any], shape: Shape) -> object:
        time = next(values_at(document, shape.time), None)
        if not shape.day or not isinstance(time, str) or _CLOCK.match(time) is None:
            return time
        return f"{value_at(document, shape.day)} {time}"

    def has_level(self, document: dict[str, Any]) -> bool:
        """Whether a record has any field that may hold a level."""
        level, numbers, unknown = self._name(document, self.shape_of(document))
        return bool(level or numbers or unknown)

    def scales(self, document: dict[str, Any]) -> list[tuple[int, str | None]]:
        """Numbers that may be the level, and their scales; empty where a name is the level."""
        shape = self.shape_of(document)
        level, numbers, _ = self._name(document, shape)
        if level is not None:
            return []
        return [
            (number.value, scale_of(number, shape.names))
            for number in numbers
            if number.field not in WEAK_LEVEL_NAMES or number.field == "priority"
        ]

    def _level(
        self, document: dict[str, Any], shape: Shape
    ) -> tuple[Level | None, str | None, bool]:
        level, numbers, unknown = self._name(document, shape)
        level = level or (None if numbers or unknown else level_of_names(shape.names))
        return (level, None, False) if level else self._of_numbers(numbers, shape, unknown)

    def _name(
        self, document: dict[str, Any], shape: Shape
    ) -> tuple[Level | None, list[Number], str | None]:
        """The level that has a name; numbers in the fields of levels; a name of no level."""
        numbers: list[Number] = []
        unknown: str | None = None
        for name, path in shape.level:
            value = value_at(document, path)
            if value is None or value == "":
                continue
            if isinstance(value, list) and len(value) == 1:
                (value,) = value
            meant = self._names.read(value) if isinstance(value, str) else None
            if isinstance(meant, Level):
                return meant, [], None
            number = as_number(value)
            if number is not None:
                numbers.append(Number(name, number))
            elif meant is not None and name not in WEAK_LEVEL_NAMES:
                unknown = unknown or str(value)
        return self._vague(document, shape), numbers, unknown

    def _vague(self, document: dict[str, Any], shape: Shape) -> Level | None:
        for path in shape.vague:
            value = value_at(document, path)
            word = next(iter(value), None) if isinstance(value, list) else value
            if isinstance(word, str) and is_plain_level(word):
                level = self._names.read(word)
                if isinstance(level, Level):
                    return level
        return None

    def _of_numbers(
        self, numbers: list[Number], shape: Shape, unknown: str | None
    ) -> tuple[Level | None, str | None, bool]:
        level = level_of_numbers(numbers, shape.names, self._scale, self._open_scale)
        if level is not None:
            return level, None, False
        still_open = None
        if self._scale is None:
            still_open = next(
                (
                    str(number.value)
                    for number in numbers
                    if number.field not in WEAK_LEVEL_NAMES
                    and scale_of(number, shape.names) is None
                ),
                None,
            )
        return None, unknown or still_open, unknown is None and still_open is not None

    @staticmethod
    def _service(document: dict[str, Any], shape: Shape) -> str | None:
        for path in shape.service:
            value = value_at(document, path)
            text = bare_service(str(value)) if isinstance(value, str | int | float) else ""
            number = not isinstance(value, str) or text.isdecimal()
            if text and not (number and plain_name(path[-1]) not in NUMBERED):
                return text
        return None
