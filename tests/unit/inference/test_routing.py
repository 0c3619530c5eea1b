"""Which methods calls take."""

from pathlib import Path
from typing import Any

import pytest
from falcon import testing

from inference.app import create_app as create_inference
from inference.settings import InferenceSettings
from schemas.api.operations import METRICS_PATH
from tests.routes import methods_by_path
from trainer.app import create_app as create_trainer
from trainer.settings import TrainerSettings

PAGES = ["/openapi.json", "/docs", "/docs/start.js", "/docs/swagger_style.css", "/docs/nothing"]
ID = {"X-Request-ID": "a"}


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
