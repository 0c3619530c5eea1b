"""Problem details for HTTP APIs (RFC 9457), the shape of every error answer."""

from typing import Final

import msgspec

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"


class FieldError(msgspec.Struct, frozen=True):
    """A value at fault.

    Attributes:
        path: where it stands in the request, as in `logs[3].features.level`; empty for the whole.
        message: what was expected.
    """

    path: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong (RFC 9457, section 3.1), with the extensions `errors` and `request_id`.

    Attributes:
        type: a stable URI that names the kind of problem (`urn:problem:log-anomaly:...`).
        title: the kind in words, the same for each occurrence.
        status: the HTTP status.
        detail: what happened this time and what to do about it.
        errors: every value at fault, if it is about values; at most a hundred.
        request_id: as in the header X-Request-ID.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[FieldError] = []
    request_id: str = ""


def problem_type(name: str) -> str:
    """The URI of a kind of problem, a URN since there is no page behind it."""
    return f"urn:problem:log-anomaly:{name}"
