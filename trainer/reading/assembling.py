"""Records made of what the reader of raw records found, each part checked."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from inference.intake.documents import Named, RawRecord, bare_service
from inference.intake.layout import Layout
from inference.intake.levels import LevelNames
from inference.intake.lines import Parsed
from inference.intake.paths import look_up
from inference.intake.records import RecordReader, UnusableRecordError
from schemas.record.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS, Level, LogFeatures
from schemas.record.labels import is_positive
from trainer.reading.faults import Faults
from trainer.reading.naming import service_of_file
from trainer.reading.plan import ReadingPlan

Extract = Callable[[str, Level, str], LogFeatures]

MAX_LEVEL_CHARS: Final = 16
"""A longer text is no misspelt level but something else, and is not reported as a level."""

MAX_LABEL_CHARS: Final = 100
"""Of a label's text, what distinguishes faults."""

MAX_KNOWN: Final = 10_000
"""Levels and services whose check is remembered: a bound against a hostile file."""


class Record(msgspec.Struct, frozen=True, gc=False):
    """A usable record.

    Attributes:
        line: its number in the partition, from 1; bad records are counted too.
        features: the six features; with more, if they were made from a message.
        message: the text they were made from; None if the record came as features.
        positive: whether its label says anomaly; None without a label field.
        time: when it was written, as it is written; None if it does not say.
        label: what a label that says anomaly is, as text; "" for other records.
    """

    line: int
    features: LogFeatures
    message: str | None = None
    positive: bool | None = None
    time: object = None
    label: str = ""


def labelled(record: Record, label: object) -> Record:
    """A record with the label that stands beside it."""
    positive = is_positive(label)
    return msgspec.structs.replace(
        record, positive=positive, label=str(label)[:MAX_LABEL_CHARS] if positive else ""
    )


class Assembler:
    """Makes a record of its parts; the plan gives missing parts."""

    def __init__(self, plan: ReadingPlan, extract: Extract, uri: str, faults: Faults) -> None:
        self._plan = plan
        self._extract = extract
        self._faults = faults
        layout_service = plan.layout.service if plan.layout is not None else None
        self._default_service = layout_service or plan.default_service or service_of_file(uri)
        if plan.default_service is not None:
            self._default_service = plan.default_service
        self._label = plan.fields.label
        self.names = LevelNames(plan.levels)
        self.reader = RecordReader(
            self.names,
            Named(
                message=plan.given.message,
                level=plan.given.level,
                service=plan.given.service,
                time=plan.given.time,
            ),
            scale=plan.scale,
            open_scale=plan.open_scale,
            within=plan.layout,
        )
        self._services: dict[str, str] = {}

    def __call__(self, line: int, raw: RawRecord, label: object = None) -> Record:
        """A record of a raw log.

        Raises:
            UnusableRecordError: a part is out of bounds.
        """
        message = raw.message
        if len(message) > MAX_MESSAGE_LENGTH:
            raise UnusableRecordError(f"message: longer than {MAX_MESSAGE_LENGTH} characters")
        service = self._default_service
        if raw.service:
            service = self._services.get(raw.service) or self._service(raw.service)
        if raw.unknown is not None:
            short = len(raw.unknown) <= MAX_LEVEL_CHARS
            self._faults.add_level(raw.unknown if short else "longer texts")
        features = self._extract(message, raw.level or self._plan.default_level, service)
        if not self._label:
            return Record(line, features, message, None, raw.time)
        return labelled(Record(line, features, message, None, raw.time), label)

    def fast(
        self, line: int, message: str, level: Level, service: str, time: object, label: object
    ) -> Record:
        """A record of parts that stand where the plan says; the message is clean.

        Raises:
            UnusableRecordError: a part is out of bounds.
        """
        known = self._services.get(service)
        if known is None:
            return self(line, RawRecord(message, level, service, time), label)
        record = Record(line, self._extract(message, level, known), message, None, time)
        return labelled(record, label) if self._label else record

    def foreign(self, layout: Layout, parsed: Parsed) -> RawRecord:
        """The parts of a line of another layout than its file's."""
        raw = self.reader.of_line(parsed, layout)
        return msgspec.structs.replace(raw, service=raw.service or layout.service)

    def document(self, line: int, document: dict[str, Any]) -> Record:
        """A record of named fields, a raw log or the six features.

        Raises:
            UnusableRecordError: a field is missing or out of bounds.
        """
        label = document.get(self._label) if self._label else None
        if self._plan.kind == "features":
            try:
                features = msgspec.convert(document, LogFeatures, strict=False)
            except msgspec.ValidationError as error:
                raise UnusableRecordError(str(error)) from error
            time = look_up(document, self._plan.fields.time) if self._plan.fields.time else None
            record = Record(line, features, None, None, time)
            return labelled(record, label) if self._label else record
        raw = self.reader.of_document(document)
        if raw is None:
            name = self._plan.fields.message or "message"
            raise UnusableRecordError(f"{name}: expected text, got nothing")
        return self(line, raw, label)

    def _service(self, name: str) -> str:
        clean = bare_service(name) or self._default_service
        if len(clean) > MAX_SERVICE_CHARS:
            raise UnusableRecordError(
                f"{self._plan.fields.service or 'service'}: longer than {MAX_SERVICE_CHARS} "
                f"characters"
            )
        if len(self._services) < MAX_KNOWN:
            self._services[name] = clean
        return clean
