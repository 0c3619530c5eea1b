"""Request ids: taken from `X-Request-ID` or made, returned with every answer, and logged."""

import itertools
import os
import re
from contextvars import ContextVar
from typing import Any, Final

import falcon.asgi

HEADER: Final = "X-Request-ID"

_ACCEPTABLE: Final = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}", re.ASCII)

request_id: Final[ContextVar[str]] = ContextVar("request_id", default="")
"""The id of the request that the current task answers; empty outside of requests."""


class RequestIdMiddleware:
    """Names each request.

    An id from outside is taken only if it is short and plain, since it goes into logs and
    headers; any other is replaced by 64 random bits of this process and a running number, which is
    as unique as random bits for each request and costs a fraction.
    """

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._prefix = os.urandom(8).hex()
        self._numbers = itertools.count(1)

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Take random bits of the worker's own: the app was made before the fork."""
        self._begin()

    def make(self, given: str | None) -> str:
        """The id that a request brings, or a new id."""
        if given is None or _ACCEPTABLE.fullmatch(given) is None:
            return f"{self._prefix}{next(self._numbers):08x}"
        return given

    async def process_request(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Name the request, which the current task answers, and put its id on the answer."""
        name = self.make(req.get_header(HEADER))
        request_id.set(name)
        resp.set_header(HEADER, name)
