"""The common records of JSON, decoded without building the rest of them.

A record whose parts stand where the plan says, as text, needs no other members. All other records
are read whole by the reader of raw records; both ways give the same for records that both can read.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from inference.intake.cleaning import NUL, clean_text
from inference.intake.documents import bare_service
from inference.intake.field_names import plain_name
from inference.intake.levels import MAX_KNOWN, LevelNames, Number, on_scale, scale_of
from inference.intake.usual_places import LEVELS, MESSAGES, SERVICES
from schemas.record.features import Level
from schemas.record.levels import SCALES
from schemas.record.text import ESCAPE
from trainer.reading.assembling import Assembler, Record
from trainer.reading.met_names import MetNames
from trainer.reading.plan import ReadingPlan

_PARTS: Final = ("message", "level", "service", "time", "label")
MAX_LEARNED: Final = 1_000
"""Refused records whose names are looked at: a bound against records that all differ."""

_REFUSALS: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_decode = msgspec.json.Decoder().decode

Read = Callable[[int, bytes], Record | None]


def fast_decoder(plan: ReadingPlan, assemble: Assembler) -> Read | None:
    """A reader of most records of a plan; it gives None for a record that must be read whole.

    Args:
        plan: of JSON lines with raw logs.
        assemble: makes records.

    Returns:
        None if no record of the plan can be read in this way.
    """
    paths = {part: getattr(plan.fields, part) for part in _PARTS}
    named = {part: path for part, path in paths.items() if path is not None}
    if not _stand_apart(named):
        return None
    met = _Met(plan, named)
    levels = _FastLevels(assemble.names, plan)
    known_levels, find_level = levels.known, levels.find
    make = assemble.fast
    services = _Services()

    def read(number: int, line: bytes) -> Record | None:
        try:
            found = met.decode(line)
        except _REFUSALS:
            found = met.learn(line)
            if found is None:
                return None
        message = found.message
        if not message or message[0] in "{<":
            return None
        level = known_levels.get(found.level) or find_level(found.level)
        if level is None:
            return None
        if found.service not in services.known and not services.add(found.service):
            return None  # another field may name the service
        if not message.isascii() or ESCAPE in message or NUL in message:  # most need no call
            message = clean_text(message)
        return make(number, message, level, found.service, found.time, found.label)

    return read


def _stand_apart(named: dict[str, str]) -> bool:
    """Whether each part that is needed has a name of its own."""
    paths = set(named.values())
    # A key with a dot may be a path into an object; what `log` holds may end with a line end.
    return (
        len(paths) == len(named)
        and not any("." in path or path == "log" for path in paths)
        and {"message", "level", "service"} <= named.keys()
    )


def _better(plan: ReadingPlan) -> frozenset[str]:
    """The plain names that would go before those of the plan, unless the user gave these."""
    better: set[str] = set()
    for part, places in (("message", MESSAGES), ("level", LEVELS), ("service", SERVICES)):
        rank = places.get(plain_name(getattr(plan.fields, part) or ""), 0)
        if getattr(plan.given, part) is None:
            better |= {place for place, other in places.items() if other < rank}
    return frozenset(better)


class _Met:
    """Decodes records with names that were met; the struct grows with what is met.

    Attributes:
        decode: decodes a record; refuses what must be read whole.
    """

    def __init__(self, plan: ReadingPlan, named: dict[str, str]) -> None:
        # A part without a path gets a key of the private use area, which no record has.
        written = {part: named.get(part, f"\ue000{part}") for part in _PARTS}
        parts: dict[str, tuple[Any, ...]] = {
            written["message"]: ("message", str),
            written["level"]: ("level", str | int),
            written["service"]: ("service", str),
            written["time"]: ("time", Any, None),
            written["label"]: ("label", Any, None),
        }
        # A name that is a level decides, whatever stands beside it.
        decisive = _better(plan)
        if plan.scale or plan.open_scale:
            decisive |= LEVELS.keys()
        if plain_name(plan.fields.time or "") == "time":
            decisive |= {"date"}  # which may be the day of a clock
        self._names = MetNames(parts, decisive)
        self._left = MAX_LEARNED
        self.decode: Callable[[bytes], Any] = self._decoder()

    def _decoder(self) -> Callable[[bytes], Any]:
        return msgspec.json.Decoder(self._names.struct()).decode

    def learn(self, line: bytes) -> Any:
        """A record that was refused for its names alone, decoded; None if it must be read whole."""
        if not self._left:
            return None
        self._left -= 1
        try:
            document = _decode(line)
            if not isinstance(document, dict) or not self._names.learn(document):
                return None
            self.decode = self._decoder()
            return self.decode(line)
        except _REFUSALS:
            return None


class _Services:
    """Texts that name a service."""

    def __init__(self) -> None:
        self.known: set[str] = set()

    def add(self, text: str) -> bool:
        """Whether a text names a service; remembers it if it does."""
        service = bare_service(text)
        names = bool(service) and not service.isdecimal()  # as the name of the field decides
        if names and len(self.known) < MAX_KNOWN:
            self.known.add(text)
        return names


class _FastLevels:
    """Levels by what stands in a record, text or number."""

    def __init__(self, names: LevelNames, plan: ReadingPlan) -> None:
        self._names = names
        self._scale = plan.scale
        self._open_scale = plan.open_scale
        self._field = plain_name(plan.fields.level or "")
        self.known: dict[str | int, Level] = {}

    def find(self, written: object) -> Level | None:
        """The level; None where the whole record must be read."""
        level: Level | str | None = None
        if type(written) is str:
            level = self._names.read(written)
        elif type(written) is int:
            scale = self._scale or self._scale_of(written)
            level = None if scale is None else on_scale(written, scale)
        if not isinstance(level, Level):
            return None
        known = type(written) is str or type(written) is int
        if known and len(self.known) < MAX_KNOWN:
            self.known[written] = level  # type: ignore[index] # as the line before has found
        return level

    def _scale_of(self, number: int) -> str | None:
        """The scale of the file, for its own numbers; None where the number implies another."""
        scale = self._open_scale
        if scale is None or number not in SCALES[scale]:
            return None
        own = scale_of(Number(self._field, number), frozenset())
        return scale if own in {None, scale} else None
