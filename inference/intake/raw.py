"""Raw logs of requests in every shape that training takes: levels as numbers, missing parts.

They are read by the reader of raw records, so a log means the same to training and serving.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import Raw

from inference.intake.documents import DEFAULT_SERVICE
from inference.intake.levels import LevelNames
from inference.intake.raw_logs import DEFAULT_LEVEL, OPEN_SCALE
from inference.intake.records import RecordReader
from schemas.api.problems import FieldError
from schemas.api.validation import BodyDecoder, MalformedJsonError
from schemas.record.features import MAX_MESSAGE_LENGTH, MAX_SERVICE_CHARS, Level

__all__ = ["UnusableLogError", "read_raw"]

MAX_OBJECT_BYTES: Final = 4_096
"""A longer object or list in the place of a level or a service is not looked into."""

_decode_text = BodyDecoder(str).decode
_decode_scalar = msgspec.json.Decoder(int | float | bool | None).decode


class UnusableLogError(ValueError):
    """A raw log cannot be judged.

    Attributes:
        errors: the values at fault.
    """

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error.path}: {error.message}" for error in errors))
        self.errors = errors


@lru_cache(maxsize=1)
def _reader() -> RecordReader:
    return RecordReader(LevelNames(), open_scale=OPEN_SCALE)


def read_raw(given: Mapping[str, Raw]) -> tuple[str, Level, str]:
    """Message, level and service of a raw log.

    Args:
        given: the JSON of its members; a message at least.

    Raises:
        UnusableLogError: message or service are too long, or no JSON.
    """
    document: dict[str, Any] = {"message": _part("message", given["message"])}
    for name in ("level", "service"):
        if name in given:
            document[name] = _part(name, given[name])
    record = _reader().of_document(document)
    message = "" if record is None else record.message
    service = (record.service if record is not None else None) or DEFAULT_SERVICE
    faults = [
        FieldError(name, f"Expected `str` of length <= {longest}")
        for name, text, longest in (
            ("message", message, MAX_MESSAGE_LENGTH),
            ("service", service, MAX_SERVICE_CHARS),
        )
        if len(text) > longest
    ]
    if faults:
        raise UnusableLogError(faults)
    level = record.level if record is not None else None
    return message, level or DEFAULT_LEVEL, service


def _part(name: str, value: Raw) -> object:
    """A member's value; the JSON of a message that is no text."""
    text = bytes(value)
    try:
        if text[:1] == b'"':
            return _decode_text(text)
        if text[:1] in {b"{", b"["} and name != "message":
            return msgspec.json.decode(text) if len(text) <= MAX_OBJECT_BYTES else None
        if name == "message":
            return msgspec.json.format(text, indent=-1).decode("utf-8", "replace")
        return _decode_scalar(text)
    except (MalformedJsonError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnusableLogError([FieldError(name, f"is not JSON: {error}")]) from error
