"""From the parts of an OTLP log record to a log: by a short way for most, else as training does.

Training reads OTLP's JSON as it reads any export (`inference.intake.exports`). The short way gives
the same log. It takes a body that is a text, with a severity that decides, of a named service, and
without an exception's attributes.
"""

from collections.abc import Collection
from typing import Any, Final

from inference.intake.cleaning import clean_text
from inference.intake.documents import bare_service
from inference.intake.field_names import LEVEL_NAMES, MAX_REMEMBERED_CHARS, plain_name
from inference.intake.levels import MAX_KNOWN, LevelNames
from inference.intake.raw_logs import OPEN_SCALE, as_log
from inference.intake.records import RecordReader, UnusableRecordError
from inference.intake.shapes import Log
from inference.intake.trace_names import is_trace_attribute
from schemas.record.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS, Level
from schemas.record.levels import SCALES

__all__ = [
    "TEMPLATES",
    "OtlpReader",
    "may_hold_templates",
    "service_in",
    "template_in",
]

TEMPLATES: Final = ("log.record.template", "log.body.template", "{OriginalFormat}")
"""Attributes in which a source says what the message was made of: the Collector's drain processor
writes the first, .NET's logging the last."""

_SEVERITY: Final = {number: Level(name) for number, name in SCALES["opentelemetry"].items()}
_MAY_BE_LEVELS: Final = frozenset(LEVEL_NAMES)
_EMPTY: Final = "body: expected a value, got nothing"


class OtlpReader:
    """Reads OTLP log records."""

    def __init__(self) -> None:
        names = LevelNames()
        self._names = names
        self._reader = RecordReader(names, open_scale=OPEN_SCALE)
        self._levels: dict[str, Level] = {}
        self._ordinary: set[str] = set()

    def at_once(
        self, body: str, severity_text: str, number: int, service: str, keys: Collection[str] | None
    ) -> Log | None:
        """The log of an ordinary record; None for a record that is to be read as a document.

        Args:
            body: its text.
            severity_text: its severity by name; may be empty.
            number: its severity as SeverityNumber; 0 if it has none.
            service: of its resource, as `service_in` gives it.
            keys: of its attributes; None if none of them can be a trace.
        """
        level = self._levels.get(severity_text) or self._level(severity_text)
        if level is None:
            level = _SEVERITY.get(number)
            if keys is None or any(plain_name(key) in _MAY_BE_LEVELS for key in keys):
                return None
        if level is None or not body or body[0] == "{" or len(body) > MAX_MESSAGE_LENGTH:
            return None
        if keys and self._hold_trace(keys):
            return None
        return clean_text(body), level, service

    def _hold_trace(self, keys: Collection[str]) -> bool:
        """Whether an attribute is a trace; keys of attributes that are none are remembered."""
        ordinary = self._ordinary
        if ordinary.issuperset(keys):
            return False
        if any(is_trace_attribute(plain_name(key)) for key in keys):
            return True
        if len(ordinary) < MAX_KNOWN:
            ordinary.update(key for key in keys if len(key) <= MAX_REMEMBERED_CHARS)
        return False

    def _level(self, text: str) -> Level | None:
        level = self._names.read(text) if text else None
        if not isinstance(level, Level):
            return None
        if len(self._levels) < MAX_KNOWN:
            self._levels[text] = level
        return level

    def of_document(self, document: dict[str, Any]) -> Log:
        """The log of a record as `take_apart` gives it.

        Raises:
            UnusableRecordError: it has no body, or a part is at fault.
        """
        record = self._reader.of_document(document)
        if record is None:
            raise UnusableRecordError(_EMPTY)
        return as_log(record)


def may_hold_templates(raw: bytes) -> bool:
    """Whether a record, or any of a body, may have a template."""
    return b"emplate" in raw or b"{OriginalFormat}" in raw


def service_in(attributes: dict[str, Any]) -> str:
    """The service's name in the attributes of a resource; empty if it takes more to find it."""
    name = attributes.get("service.name")
    if not isinstance(name, str):
        return ""
    service = bare_service(name)
    return service if len(service) <= MAX_SERVICE_CHARS else ""


def template_in(attributes: dict[str, Any]) -> str | None:
    """The template that a source gives with a record."""
    values = (attributes.get(name) for name in TEMPLATES)
    return next((value for value in values if isinstance(value, str) and value), None)
