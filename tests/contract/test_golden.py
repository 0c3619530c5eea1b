"""The contract as whole exchanges: requests with the exact answers that clients rely on.

Each file in `golden/` is one exchange. After an intended change,
`UPDATE_GOLDEN=1 make tests` writes the answers anew; the diff is then the change of contract.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from falcon import testing

from inference.app import create_app as create_inference
from inference.settings import InferenceSettings
from trainer.app import create_app as create_trainer
from trainer.settings import TrainerSettings

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
VOLATILE = {
    *("request_id", "created_at", "loaded_at", "duration_s"),
    *("libraries", "files", "parity", "extractor", "model_hash"),
}


def settle(value: Any) -> Any:
    """Replace what differs from run to run by its kind, and round what floats may round."""
    if isinstance(value, dict):
        return {
            key: f"<{type(inner).__name__}>" if key in VOLATILE else settle(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [settle(inner) for inner in value]
    return round(value, 7) if isinstance(value, float) else value


def patient(app: Any) -> testing.TestClient:
    """A client that waits for its answer; Falcon's own seems to leave behind its body."""

    async def waiting(scope: Any, receive: Any, send: Any) -> None:
        async def receive_or_wait() -> Any:
            event = await receive()
            if event["type"] == "http.disconnect":
                await asyncio.Event().wait()
            return event

        await app(scope, receive_or_wait, send)

    return testing.TestClient(waiting)


@pytest.fixture
def clients(model_dir: Path, surprisal_dir: Path, tmp_path: Path) -> dict[str, testing.TestClient]:
    """Clients by the name of the service; one inference has no model."""
    stored, empty = str(model_dir), str(tmp_path / "empty")
    unreachable = "http://127.0.0.1:1"
    return {
        "inference": patient(
            create_inference(InferenceSettings(model_dir=stored, trainer_url=unreachable))
        ),
        "inference with surprisal": testing.TestClient(
            create_inference(InferenceSettings(model_dir=str(surprisal_dir)))
        ),
        "inference without a model": testing.TestClient(
            create_inference(InferenceSettings(model_dir=empty))
        ),
        "trainer": patient(create_trainer(TrainerSettings(model_dir=stored))),
    }


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_the_answer_is_the_golden_one(path: Path, clients: dict[str, testing.TestClient]) -> None:
    """Status, media type and body of the answer are those on file."""
    exchange = json.loads(path.read_text())
    request = exchange["request"]
    body = request.get("body")
    result = clients[exchange["service"]].simulate_request(
        request["method"],
        request["path"],
        body=body if isinstance(body, str) else json.dumps(body) if body is not None else None,
        query_string=request.get("query"),
    )
    answer = {
        "status": result.status_code,
        "content-type": result.headers["content-type"],
        "body": settle(result.json),
    }
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(json.dumps({**exchange, "response": answer}, indent=2) + "\n")
    assert answer == exchange.get("response")


def test_every_call_has_an_exchange() -> None:
    """No call of the contract is without a golden answer."""
    assert {json.loads(path.read_text())["request"]["path"] for path in GOLDEN} >= {
        "/api/v1/predict",
        "/api/v1/predict/batch",
        "/api/v1/train",
        "/api/v1/health",
        "/api/v1/ready",
        "/api/v1/model/info",
    }
