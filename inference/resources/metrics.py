"""GET /metrics, for Prometheus and what reads its formats."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any

import falcon.asgi
from prometheus_client.core import Metric

from inference.metrics.text import DEFAULT, FORMATS, write
from inference.resources.components import Components
from inference.web.routing import Route
from schemas.api.operations import METRICS_PATH


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    if components.families is not None:
        yield Route(METRICS_PATH, MetricsResource(components.families))


class MetricsResource:
    """Answers what all workers of the service have counted, whichever of them is asked.

    Args:
        collect: the families as they are now.
    """

    def __init__(self, collect: Callable[[], Iterable[Metric]]) -> None:
        self._collect = collect

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /metrics: as OpenMetrics if the header Accept prefers it, else Prometheus' text."""
        families = list(self._collect())
        content_type = req.client_prefers(FORMATS) or DEFAULT
        # Milliseconds for some thousand samples, in which others are answered.
        resp.data = await asyncio.to_thread(write, families, content_type)
        resp.content_type = content_type


class WatchMiddleware:
    """Falcon lifespan hooks: something is watched as long as a worker runs.

    Args:
        watch: does so, for ever.
    """

    def __init__(self, watch: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._watch = watch
        self._watching: asyncio.Task[None] | None = None

    async def process_startup(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """Begin."""
        self._watching = asyncio.create_task(self._watch())

    async def process_shutdown(self, _scope: dict[str, Any], _event: dict[str, Any]) -> None:
        """End."""
        if self._watching is not None:
            self._watching.cancel()
