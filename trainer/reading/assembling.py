"""Records made of the parts that a reader found, each part checked."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from schemas.record.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS, Level, LogFeatures
from schemas.record.labels import is_positive
from trainer.reading.naming import service_of_file
from trainer.reading.plan import ReadingPlan

Extract = Callable[[str, Level, str], LogFeatures]

MAX_LEVEL_CHARS: Final = 16

MAX_KNOWN: Final = 10_000
"""Levels and services whose check is remembered: a bound against a hostile file."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """One usable record.

    Attributes:
        line: its number in the partition, from 1; bad ones are counted too.
        features: the six features; with more, if they were made from a message.
        message: the text they were made from; None if the record came as features.
        positive: whether its label says anomaly; None without a label field.
    """

    line: int
    features: LogFeatures
    message: str | None = None
    positive: bool | None = None


class UnusableRecordError(ValueError):
    """A record cannot be used; says which field and what was expected."""


class Assembler:
    """Makes a record of the parts that a reader found, with what the plan says for missing ones."""

    def __init__(self, plan: ReadingPlan, extract: Extract, uri: str) -> None:
        self._plan = plan
        self._extract = extract
        self._default_service = (
            (plan.layout.service if plan.layout else None)
            or plan.default_service
            or service_of_file(uri)
        )
        self._label = plan.fields.label
        self._level_names = plan.levels | (plan.layout.levels if plan.layout else {})
        # Few different levels and services occur; each is checked once. Text only: 1, 1.0 and True
        # are equal to Python, and a record must not depend on those before it.
        self._levels: dict[object, Level] = {}
        self._services: dict[object, str] = {}

    def __call__(
        self, line: int, message: object, level: object, service: object, label: object
    ) -> Record:
        """A record of a raw log.

        Raises:
            UnusableRecordError: a part is missing or out of bounds.
        """
        if not isinstance(message, str):
            raise UnusableRecordError(
                f"{self._plan.fields.message or 'message'}: expected text, got "
                f"{type(message).__name__ if message is not None else 'nothing'}"
            )
        if len(message) > MAX_MESSAGE_LENGTH:
            raise UnusableRecordError(f"message: longer than {MAX_MESSAGE_LENGTH} characters")
        try:
            known_level = self._levels.get(level) or self._level(level)
            known_service = self._services.get(service) or self._service(service)
        except TypeError as error:
            raise UnusableRecordError(
                "level, service: expected text, got a list or an object"
            ) from error
        features = self._extract(message, known_level, known_service)
        return Record(line, features, message, is_positive(label) if self._label else None)

    def columns(self, line: int, row: dict[str, Any]) -> Record:
        """A record of a row with named columns, raw log or features.

        Raises:
            UnusableRecordError: a column is missing or out of bounds.
        """
        fields = self._plan.fields
        label = row.get(fields.label) if fields.label else None
        if self._plan.kind == "features":
            try:
                features = msgspec.convert(row, LogFeatures, strict=False)
            except msgspec.ValidationError as error:
                raise UnusableRecordError(str(error)) from error
            return Record(line, features, None, self._positive(label))
        message, level, service = (
            row.get(name) if name else None
            for name in (fields.message, fields.level, fields.service)
        )
        return self(line, message, level, service, label)

    def _level(self, value: object) -> Level:
        if value is None or value == "":
            return self._plan.default_level
        try:
            level = self._level_names.get(str(value).strip().lower()) or Level(value)
        except ValueError as error:
            # A long text is no misspelt level but something else, and stays out of what is told.
            text = str(value)
            told = (
                repr(text) if len(text) <= MAX_LEVEL_CHARS else f"a text of {len(text)} characters"
            )
            raise UnusableRecordError(
                f"{self._plan.fields.level or 'level'}: {told} is no level; "
                f"expected DEBUG, INFO, WARN, ERROR, FATAL or a usual synonym"
            ) from error
        if isinstance(value, str) and len(self._levels) < MAX_KNOWN:
            self._levels[value] = level
        return level

    def _service(self, value: object) -> str:
        if value is None or value == "":
            return self._default_service
        name = str(value)
        if len(name) > MAX_SERVICE_CHARS:
            raise UnusableRecordError(
                f"{self._plan.fields.service or 'service'}: longer than {MAX_SERVICE_CHARS} "
                f"characters"
            )
        if isinstance(value, str) and len(self._services) < MAX_KNOWN:
            self._services[value] = name
        return name

    def _positive(self, label: object) -> bool | None:
        return is_positive(label) if self._label else None
