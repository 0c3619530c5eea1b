"""Raw logs of a body before they are judged: logs in blocks, and the unusable records."""

from typing import Final

import msgspec

from inference.errors import TooManyRecordsError
from inference.intake.documents import DEFAULT_SERVICE, RawRecord
from inference.intake.records import UnusableRecordError
from inference.intake.shapes import Log
from schemas.api.raw_logs import BadLog
from schemas.record.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS, Level

__all__ = [
    "DEFAULT_LEVEL",
    "MAX_RECORDS",
    "OPEN_SCALE",
    "Block",
    "Tally",
    "as_log",
]

DEFAULT_LEVEL: Final = Level.INFO
"""The level of logs without a level, or with a level that no logger has."""

OPEN_SCALE: Final = "syslog"
"""The scale of a number that could be of several scales: there is no user to ask here."""

MAX_RECORDS: Final = 262_144
"""Records in a body: as many as 64 bytes each fit into 16 MiB."""

MAX_BAD_NAMED: Final = 100
"""Records that cannot be used and are named; the others are counted."""


class Block(msgspec.Struct, frozen=True, gc=False):
    """Some logs of a body, in their order.

    Attributes:
        positions: of each log's value or line in the body, from 0.
        logs: what is to be judged.
        templates: what their sources say that messages were made of, by place in `logs`.
    """

    positions: list[int] | range
    logs: list[Log]
    templates: dict[int, str] = {}


class Tally:
    """Counts the records of a body, and names those that cannot be used.

    Attributes:
        n_records: those that were found, bad records too.
        bad: the first that cannot be used.
        n_bad: how many cannot.
        n_foreign, n_continued: as in `inference.intake.text_records.Notices`; not answered.
    """

    def __init__(self) -> None:
        self.n_records = 0
        self.n_bad = 0
        self.n_foreign = 0
        self.n_continued = 0
        self.bad: list[BadLog] = []

    def add(self, line: int, problem: str, /) -> None:
        """Note a record that cannot be used."""
        self.n_bad += 1
        if len(self.bad) < MAX_BAD_NAMED:
            self.bad.append(BadLog(line, problem))

    def count(self, n: int) -> None:
        """Note that so many more records were found.

        Raises:
            TooManyRecordsError: they are too many for a call.
        """
        self.n_records += n
        if self.n_records > MAX_RECORDS:
            raise TooManyRecordsError(
                f"the body has more than {MAX_RECORDS} records; send them in several calls"
            )


def as_log(record: RawRecord) -> Log:
    """The log of a record.

    Raises:
        UnusableRecordError: message or service are too long.
    """
    if len(record.message) > MAX_MESSAGE_LENGTH:
        raise UnusableRecordError(f"message: longer than {MAX_MESSAGE_LENGTH} characters")
    service = record.service or DEFAULT_SERVICE
    if len(service) > MAX_SERVICE_CHARS:
        raise UnusableRecordError(f"service: longer than {MAX_SERVICE_CHARS} characters")
    return record.message, record.level or DEFAULT_LEVEL, service
