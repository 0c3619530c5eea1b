"""GET /model/shadow: how a candidate judges the same logs."""

from collections.abc import Callable, Iterator

import falcon.asgi

from inference.resources.components import Components
from inference.web.answers import answer_json
from inference.web.routing import Route
from schemas.api.operations import API_PREFIX
from schemas.api.shadow import ShadowReport


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    yield Route(f"{API_PREFIX}/model/shadow", ShadowResource(components.shadow))


class ShadowResource:
    """Answers what all workers have found, whichever of them is asked.

    Args:
        report: gives the findings; None if there is no candidate.
    """

    def __init__(self, report: Callable[[], ShadowReport] | None) -> None:
        self._report = report

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/model/shadow"""
        answer_json(resp, self._report() if self._report else ShadowReport(state="off"))
