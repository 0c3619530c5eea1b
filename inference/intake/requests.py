"""From requests to what a model looks at: features as they came, or made from raw logs."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import UNSET, Raw

from schemas.api.predictions import PredictRequest, RawLog
from schemas.api.problems import FieldError
from schemas.api.validation import MAX_FIELD_ERRORS, BodyDecoder, InvalidBodyError
from schemas.record.features import Level, LogFeatures

Extract = Callable[[str, Level, str], LogFeatures]

_EITHER: Final = "is required, or message with level and service"

_NULL: Final = Raw(b"null")
_decode_raw_log = BodyDecoder(RawLog).decode


def look_at(request: PredictRequest, extract: Extract) -> LogFeatures:
    """What the model is to see of one request.

    Raises:
        InvalidBodyError: there are no features, and the raw log has values at fault.
    """
    if request.features is not None:
        return request.features
    return _extract(request, extract, "")


def look_at_all(requests: Sequence[PredictRequest], extract: Extract) -> list[LogFeatures]:
    """What the model is to see of each request of a batch.

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


def _extract(request: PredictRequest, extract: Extract, path: str) -> LogFeatures:
    members = {"message": request.message, "level": request.level, "service": request.service}
    # Null is as good as absent: many clients send all members that they know.
    given = [
        b'"%b":%b' % (name.encode(), value)
        for name, value in members.items()
        if value is not UNSET and value != _NULL
    ]
    if not given or not given[0].startswith(b'"message"'):
        raise InvalidBodyError([FieldError(f"{path}features", _EITHER)])
    try:
        raw = _decode_raw_log(b"{%b}" % b",".join(given))
    except InvalidBodyError as error:
        raise InvalidBodyError(
            [FieldError(path + fault.path, fault.message) for fault in error.errors]
        ) from error
    return extract(raw.message, raw.level, raw.service)
