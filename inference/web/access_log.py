"""One log event a request, for LOG_LEVEL=DEBUG; it costs too much to be on by default."""

import logging
from typing import Any

import falcon.asgi

_log = logging.getLogger(__name__)


class AccessLogMiddleware:
    """Logs requests and the status of their answers, never a body."""

    async def process_response(
        self,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        _resource: Any,
        _req_succeeded: bool,  # noqa: FBT001 - Falcon's signature
    ) -> None:
        """Log the answer; the request id comes with every event."""
        status = resp.status_code
        _log.debug(
            "request.answered", extra={"method": req.method, "path": req.path, "status": status}
        )
