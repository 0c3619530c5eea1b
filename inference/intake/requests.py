"""From requests to features: as they came, or made from raw logs."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, Protocol, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from inference.intake.cleaning import clean_text
from inference.intake.documents import DEFAULT_SERVICE, bare_service
from schemas.api.predictions import RawLog
from schemas.api.problems import FieldError
from schemas.api.validation import MAX_FIELD_ERRORS, InvalidBodyError
from schemas.record.features import Level, LogFeatures

T = TypeVar("T")

Extract = Callable[[str, Level, str], LogFeatures]


class GivenLog(Protocol):
    """A log as requests hold it: its features, or the JSON of what was written."""

    @property
    def features(self) -> LogFeatures | None:
        """The six features, if they came."""

    @property
    def message(self) -> Raw | UnsetType:
        """The text."""

    @property
    def level(self) -> Raw | UnsetType:
        """The severity."""

    @property
    def service(self) -> Raw | UnsetType:
        """The writer's name."""


_EITHER: Final = "is required, or message with level and service"

_NULL: Final = Raw(b"null")
_decode_raw_log = msgspec.json.Decoder(RawLog, strict=False).decode
_service_of = lru_cache(maxsize=4_096)(bare_service)


def read_request(request: GivenLog, extract: Extract) -> LogFeatures:
    """The features of a request.

    Raises:
        InvalidBodyError: there are no features, and the raw log has values at fault.
    """
    if request.features is not None:
        return request.features
    return _extract(request, extract, "")


def read_requests(requests: Sequence[GivenLog], extract: Extract) -> list[LogFeatures]:
    """The features of each log of a batch.

    Raises:
        InvalidBodyError: names all values at fault, over the whole batch.
    """
    seen = [request.features for request in requests]
    if all(seen):  # unlike `None in seen`, compares nothing
        return seen  # type: ignore[return-value]  # as the line above has just found
    logs: list[LogFeatures] = []
    faults: list[FieldError] = []
    for index, request in enumerate(requests):
        try:
            logs.append(request.features or _extract(request, extract, f"logs[{index}]."))
        except InvalidBodyError as error:
            faults += error.errors
            if len(faults) >= MAX_FIELD_ERRORS:
                break
    if faults:
        raise InvalidBodyError(faults[:MAX_FIELD_ERRORS])
    return logs


def message_of(request: GivenLog) -> str:
    """The message of a request that `read_request` has taken; empty if it has features instead."""
    if request.features is not None:
        return ""
    return _extract(request, lambda message, _level, _service: message, "")


def _extract(request: GivenLog, extract: Callable[[str, Level, str], T], path: str) -> T:
    message, level, service = request.message, request.level, request.service
    if message is UNSET or message == _NULL:
        raise InvalidBodyError([FieldError(f"{path}features", _EITHER)])
    if level is UNSET or service is UNSET:
        return _extract_unusual(request, extract, path)
    try:
        raw = _decode_raw_log(b'{"message":%b,"level":%b,"service":%b}' % (message, level, service))
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _extract_unusual(request, extract, path)
    text = clean_text(raw.message)
    if text[:1] == "{":
        return _extract_unusual(request, extract, path)
    return extract(text, raw.level, _service_of(raw.service) or DEFAULT_SERVICE)


def _extract_unusual(request: GivenLog, extract: Callable[[str, Level, str], T], path: str) -> T:
    # Only requests other than a text, a level by its name and a service come here, so only these
    # load the layouts of lines.
    from inference.intake.raw import UnusableLogError, read_raw  # noqa: PLC0415 - see above

    members = {"message": request.message, "level": request.level, "service": request.service}
    # Null is as good as absent: many clients send all members that they know.
    given = {
        name: value for name, value in members.items() if value is not UNSET and value != _NULL
    }
    try:
        message, level, service = read_raw(given)
    except UnusableLogError as error:
        faults = [FieldError(path + fault.path, fault.message) for fault in error.errors]
        raise InvalidBodyError(faults) from error
    return extract(message, level, service)
