"""Passes OpenTelemetry's logs on to the receiver behind, with their verdicts.

A request is answered with what that receiver answered: nothing that was answered with 200 is only
here, so there is no queue that a crash could lose. What is in hand is bounded, and 503 beyond.
"""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec
import urllib3

from inference.errors import NotForwardedError

_log = logging.getLogger(__name__)

CONNECT_TIMEOUT_S: Final = 2.0
ANSWER_TIMEOUT_S: Final = 10.0
"""As long as exporters wait by default."""

MAX_ANSWER_BYTES: Final = 1_048_576
PARALLEL_CALLS: Final = 4
MAX_IN_HAND: Final = 64
"""Requests that are passed on or wait for that, per worker."""


class Forwarded(msgspec.Struct, frozen=True):
    """What the receiver behind answered, to be passed back as it is."""

    status: int
    content_type: str
    retry_after: str | None
    body: bytes


class OtlpForwarder:
    """Talks to one receiver over HTTP, in threads of its own.

    Args:
        url: where it takes logs, as in http://collector:4318/v1/logs.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool = urllib3.PoolManager(
            maxsize=PARALLEL_CALLS,
            retries=False,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_S, read=ANSWER_TIMEOUT_S),
        )
        self._threads = ThreadPoolExecutor(PARALLEL_CALLS, thread_name_prefix="otlp-forwarder")

    async def post(self, body: bytes, media_type: str) -> Forwarded:
        """Pass a request on.

        Raises:
            NotForwardedError: no connection, or it broke, or no answer came in time.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._post, body, media_type)

    def _post(self, body: bytes, media_type: str) -> Forwarded:
        try:
            response = self._pool.request(
                "POST",
                self._url,
                body=body,
                headers={"Content-Type": media_type},
                preload_content=False,
            )
            with response:
                data = response.read(MAX_ANSWER_BYTES)
        except urllib3.exceptions.HTTPError as error:
            # Where the receiver is, is for the operator's eyes.
            _log.warning("otlp.not_forwarded", extra={"url": self._url, "reason": str(error)})
            raise NotForwardedError(
                "the receiver behind does not answer; send this again"
            ) from error
        return Forwarded(
            response.status,
            response.headers.get("Content-Type", media_type),
            response.headers.get("Retry-After"),
            data,
        )
