"""The common records of JSON, decoded without building the rest of them.

A record whose parts stand where the plan says, as text, needs no other members. All other records
are read whole by the reader of raw records; both ways give the same for records that both can read.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from inference.intake.cleaning import NUL, clean_text
from inference.intake.field_names import TRACE_NAMES, plain_name
from inference.intake.levels import MAX_KNOWN, LevelNames, on_scale
from schemas.record.features import Level
from schemas.record.text import ESCAPE
from trainer.reading.assembling import Assembler, Record
from trainer.reading.plan import ReadingPlan

_PARTS: Final = ("message", "level", "service", "time", "label")
_TRACES: Final = (
    "exception",
    "exc_info",
    "error",
    "err",
    "stack",
    "stack_trace",
    "stacktrace",
    "stackTrace",
    "@x",
    "thrown",
)
"""Usual spellings of the usual names of traces; the sample may have others."""

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
    plain = set(named.values())
    # A key with a dot may be a path into an object; what `log` holds may end with a line end.
    if len(plain) < len(named) or any("." in path or path == "log" for path in plain):
        return None
    if not {"message", "level", "service"} <= named.keys():
        return None
    decode = msgspec.json.Decoder(_fast_struct(plan, named)).decode
    levels = _FastLevels(assemble.names, plan.scale)
    known_levels, find_level = levels.known, levels.find
    make = assemble.fast

    def read(number: int, line: bytes) -> Record | None:
        try:
            found = decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        message = found.message
        if not message or message[0] in "{<":
            return None
        level = known_levels.get(found.level) or find_level(found.level)
        if level is None:
            return None
        if not message.isascii() or ESCAPE in message or NUL in message:  # most need no call
            message = clean_text(message)
        return make(number, message, level, found.service, found.time, found.label)

    return read


def _fast_struct(plan: ReadingPlan, named: dict[str, str]) -> type[Any]:
    """A struct of the parts, whose types refuse a record that must be read whole.

    Beside the parts, only null may stand where a trace or a level might.
    """
    beside = [name for name in plan.beside if "." not in name]
    if plan.scale is None:
        # A name that is a level decides, whatever stands beside it.
        beside = [name for name in beside if plain_name(name) in TRACE_NAMES]
    beside = [name for name in dict.fromkeys([*beside, *_TRACES]) if name not in named.values()]
    absent = {f"beside{n}": name for n, name in enumerate(beside)}
    # A part without a path gets a key of the private use area, which no record has.
    written = {part: named.get(part, f"\ue000{part}") for part in _PARTS} | absent
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        ("message", str),
        ("level", str | int),
        ("service", str),
        ("time", Any, None),
        ("label", Any, None),
        *((key, None, None) for key in absent),
    ]
    return msgspec.defstruct("FastRecord", fields, rename=written, frozen=True, gc=False)


class _FastLevels:
    """Levels by what stands in a record, text or number."""

    def __init__(self, names: LevelNames, scale: str | None) -> None:
        self._names = names
        self._scale = scale
        self.known: dict[str | int, Level] = {}

    def find(self, written: object) -> Level | None:
        """The level; None where the whole record must be read."""
        level: Level | str | None = None
        if type(written) is str:
            level = self._names.read(written)
        elif type(written) is int and self._scale is not None:
            level = on_scale(written, self._scale)
        if not isinstance(level, Level):
            return None
        known = type(written) is str or type(written) is int
        if known and len(self.known) < MAX_KNOWN:
            self.known[written] = level  # type: ignore[index] # as the line before has found
        return level
