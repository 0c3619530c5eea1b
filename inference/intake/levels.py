"""The level of a record: by its name, or by its number on the scale that its field implies."""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from math import isfinite
from typing import Final

import msgspec

from inference.intake.cleaning import clean_text
from inference.intake.field_names import STATUS_NAMES, WEAK_LEVEL_NAMES
from schemas.record.features import MAX_LEVEL_CHARS, Level
from schemas.record.levels import NO_LEVEL, SCALES, bare_name

__all__ = [
    "UNKNOWN",
    "LevelNames",
    "Number",
    "as_number",
    "is_plain_level",
    "level_of_names",
    "level_of_numbers",
    "on_scale",
    "scale_of",
]

MAX_KNOWN: Final = 10_000
"""Spellings whose meaning is remembered: a bound against hostile records."""

UNKNOWN: Final = "?"
"""Stands for a name that is no level's, as opposed to no name at all."""

_SCALES_BY_NAME: Final = {
    "priority": ("syslog",),
    "pri": ("syslog",),
    "syslogseverity": ("syslog",),
    "sysloglevel": ("syslog",),
    "log.syslog.severity.code": ("syslog",),
    "syslog.severity.code": ("syslog",),
    "syslog.severity": ("syslog",),
    "levelno": ("python",),
    "record.level.no": ("python",),
    "severitynumber": ("opentelemetry",),
    "severitylevel": ("appinsights",),
    "levelvalue": ("java", "logback"),
    "monologlevel": ("monolog",),
    "event.system.level": ("windows",),
    **dict.fromkeys(STATUS_NAMES, ("http",)),
}
"""Scales that the name of the field alone implies: the first that has the number, or the last."""

_SCALE_BY_NEIGHBOUR: Final = (
    ("dotnet", "loglevel", frozenset({"category", "eventid"})),
    ("mysql", "prio", frozenset({"errsymbol", "errcode"})),
    ("syslog", "", frozenset({"shortmessage", "syslogidentifier", "syslogfacility", "facility"})),
    ("nextcloud", "", frozenset({"reqid"})),
    ("windows", "", frozenset({"leveldisplayname", "providername", "timecreated", "eventid"})),
    ("windows", "", frozenset({"eventrecordid", "resourceid", "operationname"})),
    ("google", "", frozenset({"textpayload", "jsonpayload", "logname", "insertid"})),
    ("glog", "severity", frozenset({"hostidentifier"})),
)
"""Scales that fields beside a level imply, any of these; some for a single name of the level."""

_SCALE_BY_VALUE: Final = (
    ("google", "severity", frozenset(SCALES["google"]) - {0}),
    ("slog", "level", frozenset({-8, -4, 8})),
    ("pino", "", frozenset(SCALES["pino"])),
    ("monolog", "", frozenset(SCALES["monolog"])),
    ("logback", "", frozenset(SCALES["logback"])),
)
"""Scales whose numbers no other logger writes into the field of a level, or of this very name."""

_OF_KLOG: Final = frozenset({"ts", "caller", "msg", "err"})
"""What Kubernetes' components write beside an error in JSON; all else has `v`, and none a level."""

_OF_PINO: Final = frozenset({"pid", "hostname"})
_MIN_OF_PINO: Final = 10
"""What pino and bunyan write beside each level; custom levels lie between and above theirs."""

_STATUSES: Final = range(100, 600)
"""Of a `status`, those of HTTP."""

_OTHERWISE: Final = frozenset(
    {"ALERT", "HTTP", "CONFIG", "SYSTEM", "AUDIT", "TRACE", "FAULT", "ABORT", "LOG", "DIAGNOSTIC"}
    | {"SUCCESS", "GRAVE"}
)
"""Names of levels that mean other things as often."""

_PLAIN_CHARS: Final = 3

_FLOAT: Final = re.compile(r"(?<=\d)\.0+$")
"""What pandas writes behind whole numbers of a column with gaps."""

_ROOMY: Final = 5
"""A scale whose steps are this wide leaves room for custom levels between them."""


class Number(msgspec.Struct, frozen=True):
    """A level that is a number, and the plain name of the field in which it stands."""

    field: str
    value: int


def scale_of(number: Number, neighbours: AbstractSet[str]) -> str | None:
    """The scale of a number; None where the record leaves it open.

    Args:
        number: the level.
        neighbours: the plain names of the record's other fields.
    """
    last = number.field.rpartition(".")[2]
    by_name = _SCALES_BY_NAME.get(number.field) or _SCALES_BY_NAME.get(last)
    if by_name is not None:
        return next((scale for scale in by_name if number.value in SCALES[scale]), by_name[-1])
    if last == "status":
        return "http" if number.value in _STATUSES else None
    for scale, name, names in _SCALE_BY_NEIGHBOUR:
        fits = number.value in SCALES[scale] and name in {"", last}
        if fits and not names.isdisjoint(neighbours):
            return scale
    if last == "level" and number.value >= _MIN_OF_PINO and neighbours >= _OF_PINO:
        return "pino"
    return next(
        (
            scale
            for scale, name, known in _SCALE_BY_VALUE
            if number.value in known and name in {"", last}
        ),
        None,
    )


def on_scale(value: int, scale: str) -> Level | None:
    """The level of a number on a scale; between two roomy steps, that of the lower step."""
    known = SCALES[scale]
    if value not in known and max(known) >= _ROOMY * len(known):
        value = max((number for number in known if number <= value), default=min(known))
    name = known.get(value)
    return None if name is None else Level(name)


def level_of_numbers(
    numbers: Sequence[Number],
    neighbours: AbstractSet[str],
    scale: str | None,
    open_scale: str | None,
) -> Level | None:
    """The level that the first number gives which is on its scale.

    Numbers whose scale the record implies go before those that it leaves open, and fields that
    mean something else as often come last.

    Args:
        numbers: in the order of their fields.
        neighbours: the plain names of the record's fields.
        scale: of all numbers; None lets the record imply each scale.
        open_scale: of numbers whose scale the record leaves open; None for no level.
    """
    implied = [scale or scale_of(number, neighbours) for number in numbers]
    weak = [number.field in WEAK_LEVEL_NAMES for number in numbers]
    places = range(len(numbers))
    order = [
        *((place, implied[place]) for place in places if not weak[place] and implied[place]),
        *((place, open_scale) for place in places if not weak[place] and not implied[place]),
        *((place, implied[place]) for place in places if weak[place]),
    ]
    for place, found in order:
        level = None if found is None else on_scale(numbers[place].value, found)
        if level is not None:
            return level
    return None


def level_of_names(names: AbstractSet[str]) -> Level | None:
    """The level that the plain names of a record's fields show, which has no other."""
    return Level.ERROR if names >= _OF_KLOG and "v" not in names else None


def is_plain_level(text: str) -> bool:
    """Whether a text, if it names a level, can hardly mean anything else."""
    name = bare_name(text)
    return len(name) >= _PLAIN_CHARS and name not in _OTHERWISE


def as_number(value: object) -> int | None:
    """A value as a whole number, if it is a whole number or is written as such."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float | Decimal):
        return int(value) if isfinite(value) and value == int(value) else None
    if isinstance(value, str):
        text = _FLOAT.sub("", value.strip())
        return int(text) if text.lstrip("-").isdecimal() and len(text) < MAX_LEVEL_CHARS else None
    return value if isinstance(value, int) else None


class LevelNames:
    """The meaning of level names: the user's names go before those of loggers.

    Args:
        given: names of the user's own, in any case, as `--level-map` has them.

    Attributes:
        known: spellings that were read before, and the level of each.
    """

    def __init__(self, given: Mapping[str, Level] | None = None) -> None:
        self._given = {name.strip().upper(): level for name, level in (given or {}).items()}
        self.known: dict[str, Level] = {}
        self._others: dict[str, str | None] = {}

    def read(self, text: str) -> Level | str | None:
        """The level of a name, None for a word for no level, `UNKNOWN` for a name of no level."""
        level = self.known.get(text)
        if level is not None:
            return level
        if text in self._others:
            return self._others[text]
        meaning = self._find(text)
        if len(self.known) + len(self._others) < MAX_KNOWN and len(text) <= MAX_LEVEL_CHARS:
            if isinstance(meaning, Level):
                self.known[text] = meaning
            else:
                self._others[text] = meaning
        return meaning

    def _find(self, text: str) -> Level | str | None:
        text = clean_text(text)
        if len(text) > MAX_LEVEL_CHARS:
            return UNKNOWN
        upper = text.strip().upper()
        if upper in self._given:
            return self._given[upper]
        if upper in NO_LEVEL or (bare_name(text) in NO_LEVEL and as_number(text) is None):
            return None
        try:
            return Level(text)
        except ValueError:
            return UNKNOWN
