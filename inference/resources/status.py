"""GET /health, /ready and /model/info."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import falcon.asgi

from inference.resources.components import Components
from inference.store.slot import ModelSlot
from inference.web.answers import answer_json
from inference.web.leaving import refuse_if_draining
from inference.web.routing import Route
from schemas.api.operations import API_PREFIX
from schemas.api.status import Health, ModelInfo, Ready

READY_WAIT_S: Final = 0.2
"""How long a question about readiness waits for a version that is being loaded; probes wait 1 s."""


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    yield Route(f"{API_PREFIX}/health", HealthResource())
    yield Route(f"{API_PREFIX}/ready", ReadyResource(components.slot))
    yield Route(f"{API_PREFIX}/model/info", ModelInfoResource(components.slot))


class HealthResource:
    """Liveness: the process answers."""

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/health"""
        answer_json(resp, Health(status="alive"))


class ReadyResource:
    """Readiness: a verified, warmed model is loaded in this worker."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot

    async def on_get(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/ready: answered while a model is loaded, by what is held until then."""
        refuse_if_draining(req)
        model = await self._slot.held(READY_WAIT_S)
        if model is None:
            raise self._slot.not_loaded()
        detail = self._slot.fault or model.notice
        if self._slot.is_behind:
            detail = "another version is being loaded; until it is, predictions wait"
        answer_json(resp, Ready("ready", model.version, detail))


class ModelInfoResource:
    """Describes the model that serves."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/model/info"""
        model = await self._slot.current()
        loaded_at = datetime.fromtimestamp(model.loaded_at, UTC).isoformat(timespec="milliseconds")
        answer_json(resp, ModelInfo(model.version, model.digest, loaded_at, model.manifest))
