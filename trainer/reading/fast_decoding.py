"""The common records of JSON, decoded without building the rest of them.

Of a record whose parts stand where the plan says, as text, nothing else need be known. All others
are read whole by the one reader of raw records; both ways give the same for what both can read.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from inference.intake.field_names import TRACE_NAMES, plain_name
from inference.intake.levels import MAX_KNOWN, LevelNames, on_scale
from schemas.record.features import Level
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
"""How the usual names of traces are usually written; others are those that the sample has."""

Read = Callable[[int, bytes], Record | None]


def fast_decoder(plan: ReadingPlan, assemble: Assembler) -> Read | None:
    """What reads most records of a plan; it gives None for a record that is to be read whole.

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
    struct, n_absent = _fast_struct(plan, named)
    decode = msgspec.json.Decoder(struct).decode
    as_tuple = msgspec.structs.astuple
    levels = _FastLevels(assemble.names, plan.scale)
    known_levels, find_level = levels.known, levels.find
    make, timed, labelled = assemble.fast, "time" in named, "label" in named
    n_parts = len(_PARTS)

    def read(number: int, line: bytes) -> Record | None:
        try:
            parts = as_tuple(decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        message, level, service, time, label = parts[:n_parts]
        # A record may lack these two; beside them, as many parts are absent as should be.
        n_none = parts.count(None) - (labelled and label is None) - (timed and time is None)
        if n_none != n_absent or type(message) is not str or type(service) is not str:
            return None
        if not message or message[0] == "{":
            return None
        kind = type(level)
        found = known_levels.get(level) if kind is str or kind is int else None
        if found is None:
            found = find_level(level)
            if found is None:
                return None
        return make(number, message, found, service, time, label)

    return read


def _fast_struct(plan: ReadingPlan, named: dict[str, str]) -> tuple[type[msgspec.Struct], int]:
    """A struct of the parts and of what may stand beside them, and how many of them are absent."""
    beside = [name for name in plan.beside if "." not in name and name not in named.values()]
    if plan.scale is None:
        # A name that is a level decides, whatever stands beside it.
        beside = [name for name in beside if plain_name(name) in TRACE_NAMES]
    beside = list(dict.fromkeys([*beside, *_TRACES]))
    beside = [name for name in beside if name not in named.values()]
    keys = [*_PARTS, *(f"beside{n}" for n in range(len(beside)))]
    # A part without a path gets a key of the private use area, which no record has.
    written = [named.get(part, f"\ue000{part}") for part in _PARTS] + beside
    struct = msgspec.defstruct(
        "FastRecord",
        [(key, Any, None) for key in keys],
        rename=dict(zip(keys, written, strict=True)),
        frozen=True,
        gc=False,
    )
    return struct, len(keys) - len(named)


class _FastLevels:
    """Levels by what stands in a record, text or number."""

    def __init__(self, names: LevelNames, scale: str | None) -> None:
        self._names = names
        self._scale = scale
        self.known: dict[str | int, Level] = {}

    def find(self, written: object) -> Level | None:
        """The level; None where the whole record must be looked at."""
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
