"""A floor: the service's own server, short way and app around a POST that does nothing.

It reads the body as the service does and answers bytes that never change.
"""

import os

import falcon
import falcon.asgi

from inference.serving.server import run_server
from inference.settings import InferenceSettings
from inference.web.app import make_app
from inference.web.body import read_body
from inference.web.calls import App
from inference.web.load import Limits, Load
from inference.web.routing import AtOnce, Route
from schemas.api.operations import API_PREFIX

ANSWER = (
    b'{"log_id":"log-0000001","is_anomaly":false,"anomaly_score":0.41234567890123456,'
    b'"decision":0.08765432109876543,"model_version":"1"}'
)
MAX_BODY_BYTES = 16_777_216
LOAD = Load(Limits(requests=1_000, held_bytes=MAX_BODY_BYTES))


class NoOpResource:
    """Reads and answers."""

    async def on_get(self, _req: falcon.asgi.Request, _resp: falcon.asgi.Response) -> None:
        """GET /api/v1/ready"""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/predict"""
        await read_body(req, MAX_BODY_BYTES, LOAD)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = ANSWER


def create_app() -> App:
    """Build the app."""
    app = make_app("inference", {}, InferenceSettings())
    resource = NoOpResource()
    app.add_routes(
        [
            Route(f"{API_PREFIX}/predict", resource, at_once=(AtOnce(lambda *_: ANSWER),)),
            Route(f"{API_PREFIX}/ready", resource),
        ]
    )
    return app


if __name__ == "__main__":
    run_server(
        lambda _board: create_app(),
        InferenceSettings(),
        name="no-op",
        port=int(os.environ["PORT"]),
        workers=int(os.environ["WEB_CONCURRENCY"]),
    )
