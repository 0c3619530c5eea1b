"""Where message, level and service stand in records with named fields."""

import difflib
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from schemas.record.features import FEATURE_NAMES, Level
from trainer.errors import InputError
from trainer.reading.layouts import SYSLOG_LEVELS
from trainer.reading.plan import Fields

# Names are written here as `_normal` writes them: `severitytext` is severityText, severity_text
# and Severity-Text. What tells more about a record comes first.
MESSAGE_NAMES: Final = (
    "message",
    "msg",
    "log",
    "@message",
    "logmessage",
    "shortmessage",
    "record.message",
    "fields.message",
    "textpayload",
    "jsonpayload.message",
    "text",
    "body",
    "body.stringvalue",
    "content",
    "event",
    "event.original",
    "line",
    "raw",
    "fullmessage",
)
"""Usual names of the text of a log (logging libraries, GELF, ECS, OpenTelemetry, Cloud Logging)."""

LEVEL_NAMES: Final = (
    "level",
    "severity",
    "loglevel",
    "lvl",
    "levelname",
    "severitytext",
    "severitylabel",
    "log.level",
    "record.level.name",
    "@level",
    "priority",
)
"""Usual names of its severity."""

SERVICE_NAMES: Final = (
    "service",
    "service.name",
    "servicename",
    "resource.service.name",
    "resource.attributes.service.name",
    "attributes.service.name",
    "app",
    "application",
    "appname",
    "applicationname",
    "app.name",
    "component",
    "program",
    "programname",
    "syslogidentifier",
    "kubernetes.labels.app.kubernetes.io/name",
    "kubernetes.labels.app",
    "kubernetes.containername",
    "kubernetes.container.name",
    "containername",
    "container.name",
    "logger",
    "loggername",
    "log.logger",
    "name",
    "source",
)
"""Usual names of who wrote it; a container is a better answer than a class within it."""

NUMBERED_LEVELS: Final[dict[str, dict[str, Level]]] = {
    "syslog": SYSLOG_LEVELS,
    "pino": {
        str(10 * number): level for number, level in enumerate([Level.DEBUG, *Level], start=1)
    },
}
"""Numbers that loggers write for levels: syslog (RFC 5424), and pino and bunyan (10 to 60)."""

_MAX_DEPTH: Final = 8
_MAX_NAMES_TOLD: Final = 20
_MAX_NAME_CHARS: Final = 60


def flatten_names(document: dict[str, Any]) -> list[str]:
    """The paths of a JSON object's leaves, in their order, such as `log.level`.

    Lists are leaves, and so is what lies deeper than eight objects.
    """
    return list(_paths(document, "", _MAX_DEPTH))


def _paths(document: dict[str, Any], prefix: str, depth: int) -> Iterator[str]:
    for name, value in document.items():
        if isinstance(value, dict) and depth > 1:
            yield from _paths(value, f"{prefix}{name}.", depth - 1)
        else:
            yield prefix + name


def find_fields(names: Collection[str], given: Fields) -> Fields:
    """Find the parts of a record among its fields.

    A record that has all six features is taken for features, unless a message field is given. A
    label is never guessed.

    Args:
        names: of the columns, or the paths of the leaves of some records.
        given: what the user said; it goes before any guess.

    Returns:
        The fields; `message` is None iff the records are features.

    Raises:
        InputError: a given field is not there, or there is neither a message nor the features.
    """
    for part in ("message", "level", "service", "label"):
        name = getattr(given, part)
        if name is not None and name not in names:
            raise InputError(
                f"--{part}-field: no record has the field {quote(name)}; there are "
                f"{_list_names(names, name)}"
            )
    if given.message is None and set(FEATURE_NAMES) <= set(names):
        if given.level not in (None, "level") or given.service not in (None, "service"):
            raise InputError(
                "the records are the six features, whose names are fixed; leave out --level-field "
                "and --service-field, or give --message-field to read them as raw logs"
            )
        return Fields(label=given.label)
    message = given.message or guess(names, MESSAGE_NAMES)
    if message is None:
        missing = [name for name in FEATURE_NAMES if name not in names]
        partly = len(missing) < len(FEATURE_NAMES) / 2
        raise InputError(
            f"no field for the message among {_list_names(names, 'message')}; give --message-field"
            + (f", or add the features {', '.join(missing)}" if partly else "")
        )
    return Fields(
        message=message,
        level=given.level or guess(names, LEVEL_NAMES),
        service=given.service or guess(names, SERVICE_NAMES),
        label=given.label,
    )


def guess(names: Iterable[str], usual: Iterable[str]) -> str | None:
    """The first of the usual names that occurs, as it is written there."""
    known: dict[str, str] = {}
    for name in names:
        known.setdefault(_normal(name), name)
    return next((known[name] for name in usual if name in known), None)


def _normal(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def find_numbers(values: Iterable[object]) -> tuple[str, dict[str, Level]] | None:
    """Whose numbers for levels these are, and what they mean; None if they are no such numbers.

    Args:
        values: of a level field in some records; missing ones are passed over.
    """
    texts = {str(value).strip() for value in values if value is not None} - {""}
    for logger, levels in NUMBERED_LEVELS.items():
        if texts and texts <= levels.keys():
            return logger, levels
    return None


def quote(name: str) -> str:
    """A name for people, cut if it is none that a person would give."""
    return f"`{name if len(name) <= _MAX_NAME_CHARS else name[: _MAX_NAME_CHARS - 3] + '...'}`"


def _list_names(names: Collection[str], wanted: str) -> str:
    """The names there are, the nearest to the wanted one first."""
    nearness = {
        name: difflib.SequenceMatcher(None, name[:_MAX_NAME_CHARS].lower(), wanted.lower()).ratio()
        for name in names
    }
    nearest = sorted(nearness, key=lambda name: -nearness[name])
    told = ", ".join(quote(name) for name in nearest[:_MAX_NAMES_TOLD])
    more = len(nearest) - _MAX_NAMES_TOLD
    return (told or "none") + (f" and {more} more" if more > 0 else "")
