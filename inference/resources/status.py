"""GET /health, /ready and /model/info."""

from datetime import UTC, datetime

import falcon.asgi

from inference.store.slot import ModelSlot
from inference.web.answers import answer_json
from schemas.api.status import Health, ModelInfo, Ready


class HealthResource:
    """Liveness: the process answers."""

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/health"""
        answer_json(resp, Health(status="alive"))


class ReadyResource:
    """Readiness: a verified, warmed model is loaded in this worker."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/ready"""
        model = self._slot.current()
        answer_json(resp, Ready("ready", model.version, self._slot.fault or model.notice))


class ModelInfoResource:
    """What serves."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /api/v1/model/info"""
        model = self._slot.current()
        loaded_at = datetime.fromtimestamp(model.loaded_at, UTC).isoformat(timespec="milliseconds")
        answer_json(resp, ModelInfo(model.version, loaded_at, model.manifest))
