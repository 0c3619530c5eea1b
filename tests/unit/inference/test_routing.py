"""Which paths are answered, and which methods calls take."""

import sys
from pathlib import Path
from typing import Any

import pytest
from falcon import testing

from inference import resources
from inference.app import create_app as create_inference
from inference.settings import InferenceSettings
from schemas.api.operations import METRICS_PATH
from tests.routes import methods_by_path
from trainer.app import create_app as create_trainer
from trainer.settings import TrainerSettings

PAGES = ["/openapi.json", "/docs", "/docs/start.js", "/docs/swagger_style.css", "/docs/nothing"]
ID = {"X-Request-ID": "a"}

ENDPOINT = """
from inference.web.answers import answer_json
from inference.web.routing import Route


def routes(components):
    yield Route("/api/v1/echo/{word}", EchoResource(components.settings.workers))


class EchoResource:
    def __init__(self, workers):
        self._workers = workers

    async def on_get(self, req, resp, word):
        answer_json(resp, [word, self._workers])
"""


def apps(model_dir: Path) -> dict[str, Any]:
    """Both services."""
    return {
        "inference": create_inference(InferenceSettings(model_dir=str(model_dir))),
        "trainer": create_trainer(TrainerSettings(model_dir=str(model_dir))),
    }


@pytest.mark.usefixtures("model_dir")
@pytest.mark.parametrize("service", ["inference", "trainer"])
@pytest.mark.parametrize("store", ["models", "empty"])
def test_head_is_get_without_a_body(service: str, store: str, tmp_path: Path) -> None:
    """On every resource that answers GET, pages and refusals too: status and headers are GET's."""
    app = apps(tmp_path / store)[service]
    client = testing.TestClient(app)
    paths = [
        path
        for path, methods in methods_by_path(app).items()
        if "GET" in methods and "{" not in path
    ]
    assert len(paths) >= 4
    for path in paths + PAGES:
        got = client.simulate_get(path, headers=ID)
        asked = client.simulate_head(path, headers=ID)
        assert asked.status == got.status
        assert asked.content == b""
        assert len(got.content) == int(got.headers["content-length"]) > 0
        if path != METRICS_PATH:  # asking is counted
            assert asked.headers == got.headers


def test_allow_lists_head_beside_get(tmp_path: Path) -> None:
    """Also in the answer to OPTIONS; what takes POST alone takes no HEAD."""
    for app in apps(tmp_path).values():
        client = testing.TestClient(app)
        for refused in (client.simulate_delete("/api/v1/health"), client.simulate_options("/docs")):
            assert {"GET", "HEAD"} <= set(refused.headers["allow"].split(", "))
        refused = client.simulate_head("/api/v1/train")
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST, OPTIONS")


def test_an_endpoint_more_is_a_module_with_routes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app finds a new module of the resources by itself; no other file names it."""
    (tmp_path / "planted_echo.py").write_text(ENDPOINT)
    monkeypatch.setattr(resources, "__path__", [*resources.__path__, str(tmp_path)])
    try:
        app = create_inference(InferenceSettings(model_dir=str(tmp_path / "models"), workers=3))
        assert testing.TestClient(app).simulate_get("/api/v1/echo/ping").json == ["ping", 3]
    finally:
        sys.modules.pop("inference.resources.planted_echo", None)
