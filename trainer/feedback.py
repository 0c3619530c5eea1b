"""A person's correction of a verdict; its log is read as a predict call reads a log."""

import msgspec

from inference.intake.requests import read_request
from schemas.api.feedback import FeedbackRequest
from schemas.api.problems import FieldError
from schemas.api.validation import BodyDecoder, InvalidBodyError
from schemas.bundle.corrections import Correction, utc_now
from schemas.record.extraction import MessageFeatures, extract
from schemas.record.features import LogFeatures
from schemas.record.templates import template_of


def read_feedback(request: FeedbackRequest) -> tuple[LogFeatures, Correction | None]:
    """The log, and its correction; None takes back an earlier correction.

    Raises:
        InvalidBodyError: the log is at fault, or the correction has ended before it begins.
    """
    log = read_request(request, extract)
    now = utc_now()
    if request.until is not None and request.until <= now:
        raise InvalidBodyError([FieldError("until", "Expected a time to come")])
    if request.verdict == "none":
        return log, None
    correction = Correction(
        verdict=request.verdict,
        service=log.service,
        note=request.note,
        created_at=now,
        until=request.until,
    )
    if not isinstance(log, MessageFeatures):
        return log, msgspec.structs.replace(correction, features=log)
    return log, msgspec.structs.replace(
        correction, pattern_id=f"{log.pattern:016x}", text=_masked(request)
    )


def _masked(request: FeedbackRequest) -> str:
    """The masked text of the pattern: what a person recognises, without the numbers in it."""
    text = bytes(request.message)  # type: ignore[arg-type]  # a pattern has a message
    return template_of(BodyDecoder(str).decode(text)) if text[:1] == b'"' else ""
