"""GET /model/shadow: how a candidate judges the same logs."""

from collections.abc import Callable

import falcon.asgi

from inference.web.answers import answer_json
from schemas.api.shadow import ShadowReport


class ShadowResource:
    """Tells what all workers have found, whichever of them is asked.

    Args:
        report: what that is; None if no candidate is looked at.
    """

    def __init__(self, report: Callable[[], ShadowReport] | None) -> None:
        self._report = report

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/model/shadow"""
        answer_json(resp, self._report() if self._report else ShadowReport(state="off"))
