"""The common records of JSON, decoded without building the rest of them.

Of a record whose parts stand where the plan says, as text, nothing else need be known. All others
are read whole by the one reader of raw records; both ways give the same for what both can read.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from inference.intake.cleaning import clean_text
from inference.intake.documents import RawRecord
from inference.intake.field_names import LEVEL_NAMES, TRACE_NAMES, plain_name
from inference.intake.levels import LevelNames, on_scale
from schemas.record.features import Level
from trainer.reading.plan import ReadingPlan

_PARTS: Final = ("message", "level", "service", "time", "label")
_TRACES: Final = (
    "exception",
    "exc_info",
    "exc_text",
    "error",
    "err",
    "stack",
    "stack_trace",
    "stacktrace",
    "stackTrace",
    "@x",
    "thrown",
    "throwable",
    "error.stack_trace",
    "error.message",
)
"""How the usual names of traces are usually written; others are those that the sample has."""

Fast = tuple[RawRecord, object]


def fast_decoder(plan: ReadingPlan, names: LevelNames) -> Callable[[bytes], Fast | None]:
    """What reads most records of a plan: the raw record and its label, None for any other record.

    Args:
        plan: of JSON lines with raw logs.
        names: what names of levels mean.
    """
    paths = {part: getattr(plan.fields, part) for part in _PARTS}
    named = {part: path for part, path in paths.items() if path is not None}
    plain = set(named.values())
    # A key with a dot may be a path into an object; what `log` holds may end with a line end.
    if len(plain) < len(named) or any("." in path or path == "log" for path in plain):
        return lambda _: None
    beside = [name for name in plan.beside if "." not in name and name not in plain]
    kinds = {name: plain_name(name) for name in beside}
    levels = [name for name in beside if kinds[name] in LEVEL_NAMES]
    traces = [name for name in beside if kinds[name] in TRACE_NAMES]
    traces += [name for name in _TRACES if name not in traces and name not in plain]
    keys = [*_PARTS, *(f"trace{n}" for n in range(len(traces)))]
    keys += [f"level{n}" for n in range(len(levels))]
    # A part without a path gets a key of the private use area, which no record has.
    written = [named.get(part, f"\ue000{part}") for part in _PARTS] + traces + levels
    struct = msgspec.defstruct(
        "FastRecord",
        [(key, Any, None) for key in keys],
        rename=dict(zip(keys, written, strict=True)),
        frozen=True,
        gc=False,
    )
    decode = msgspec.json.Decoder(struct).decode
    first_trace, first_level = len(_PARTS), len(_PARTS) + len(traces)
    nothing = (None,) * len(traces)
    no_levels = (None,) * len(levels)
    known_levels = names.known
    scale = plan.scale
    as_tuple = msgspec.structs.astuple

    def read(line: bytes) -> Fast | None:
        try:
            parts = as_tuple(decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        message, level, service, time, label = parts[:first_trace]
        if (
            type(message) is not str
            or type(service) is not str
            or not service
            or not message
            or message[0] == "{"
            or parts[first_trace:first_level] != nothing
        ):
            return None
        if type(level) is str:
            found = known_levels.get(level)
            if found is None:
                meant = names.read(level)
                if not isinstance(meant, Level):
                    return None
                found = meant
        elif type(level) is int and scale is not None and parts[first_level:] == no_levels:
            found = on_scale(level, scale)
            if found is None:
                return None
        else:
            return None
        return RawRecord(clean_text(message), found, service, time), label

    return read
