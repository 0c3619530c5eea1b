"""Passes OpenTelemetry's logs on to the receiver behind, with their verdicts.

A request gets the receiver's own answer. So 200 means that the receiver has the logs, and there is
no queue that a crash could lose. Requests in hand are bounded; more get 503.
"""

import logging
from typing import Final

import urllib3

from inference.errors import NotForwardedError
from inference.upstream import Upstream, UpstreamAnswer

_log = logging.getLogger(__name__)

ANSWER_TIMEOUT_S: Final = 10.0
"""As long as exporters wait by default."""

MAX_IN_HAND: Final = 64
"""Requests that are passed on or wait for that, per worker."""


class OtlpForwarder:
    """Passes requests on to a receiver.

    Args:
        url: where it takes logs, as in http://collector:4318/v1/logs.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._upstream = Upstream("otlp-forwarder", ANSWER_TIMEOUT_S)

    async def post(self, body: bytes, media_type: str) -> UpstreamAnswer:
        """Pass a request on.

        Raises:
            NotForwardedError: no connection, or it broke, or no answer came in time.
        """
        try:
            return await self._upstream.post(self._url, body, {"Content-Type": media_type})
        except urllib3.exceptions.HTTPError as error:
            # The receiver's address is for operators alone.
            _log.warning("otlp.not_forwarded", extra={"url": self._url, "reason": str(error)})
            raise NotForwardedError(
                "the receiver behind does not answer; send this again"
            ) from error
