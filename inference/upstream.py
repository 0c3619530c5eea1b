"""Calls to a service behind this service, in threads, so that predictions go on meanwhile."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import falcon
import falcon.asgi
import msgspec
import urllib3

CONNECT_TIMEOUT_S: Final = 2.0
MAX_ANSWER_BYTES: Final = 1_048_576
PARALLEL_CALLS: Final = 4
"""Calls waited for at once; others wait for their turn."""


class UpstreamAnswer(msgspec.Struct, frozen=True):
    """The answer of the service behind, to be passed back as it is."""

    status: int
    content_type: str
    retry_after: str | None
    body: bytes

    def pass_back(self, resp: falcon.asgi.Response) -> None:
        """Answer the same."""
        resp.status = falcon.code_to_http_status(self.status)
        resp.content_type = self.content_type
        if self.retry_after is not None:
            resp.set_header("Retry-After", self.retry_after)
        resp.data = self.body


class Upstream:
    """Talks to a service over HTTP.

    Args:
        name: of its threads.
        timeout_s: how long to wait for an answer.
    """

    def __init__(self, name: str, timeout_s: float) -> None:
        self._pool = urllib3.PoolManager(
            maxsize=PARALLEL_CALLS,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=timeout_s),
        )
        self._threads = ThreadPoolExecutor(PARALLEL_CALLS, thread_name_prefix=name)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> UpstreamAnswer:
        """POST a body; an answer without a type is of the type of the request.

        Raises:
            urllib3.exceptions.HTTPError: no connection, or it broke, or no answer came in time.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._post, url, body, headers)

    def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> UpstreamAnswer:
        response = self._pool.request(
            "POST", url, body=body, headers=headers, preload_content=False
        )
        with response:
            data = response.read(MAX_ANSWER_BYTES)
        return UpstreamAnswer(
            response.status,
            response.headers.get("Content-Type", headers["Content-Type"]),
            response.headers.get("Retry-After"),
            data,
        )
