"""The answers of a connection to what is no request, and so never reaches the app."""

from http import HTTPStatus
from typing import Final

import msgspec

from inference.web.problems import ProblemSpec
from schemas.api.problems import PROBLEM_MEDIA_TYPE, Problem, problem_type

MALFORMED: Final = ProblemSpec(
    HTTPStatus.BAD_REQUEST, "malformed-request", "The request is not HTTP/1.1"
)
HEAD_TOO_LARGE: Final = ProblemSpec(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "head-too-large",
    "The head of the request is too large",
)


class RefusedError(Exception):
    """The request is answered without being read, and its connection closed.

    Attributes:
        spec: what kind of problem it has.
    """

    def __init__(self, spec: ProblemSpec, detail: str) -> None:
        super().__init__(detail)
        self.spec = spec

    def answer(self) -> bytes:
        """The whole answer: problem details, and the end of the connection."""
        spec = self.spec
        problem = Problem(
            type=problem_type(spec.name), title=spec.title, status=spec.status, detail=str(self)
        )
        body = msgspec.json.encode(problem)
        head = (
            f"HTTP/1.1 {spec.status} {spec.status.phrase}\r\n"
            f"Content-Type: {PROBLEM_MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n"
        )
        return head.encode() + body
