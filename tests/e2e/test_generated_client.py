"""A client that openapi-python-client generates of the service's document works against it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

import msgspec

from schemas.api.operations import API_PREFIX
from tests.e2e.containers import ROOT, Image, Mount
from tests.made_logs import make_logs, make_raw_logs

SCRIPT: Final = Path(__file__).with_name("ask_by_generated_client.py")
PEERS: Final = ROOT / ".venv/peers/bin"


def run(*command: str | Path, body: Any = None) -> str:
    """What a command of the peers' environment prints."""
    done = subprocess.run(
        [PEERS / command[0], *command[1:]],
        input=json.dumps(body),
        env={**os.environ, "PATH": f"{PEERS}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_generated_client_gets_what_the_service_answers(
    serving_image: Image, trained_store: Path, tmp_path: Path
) -> None:
    """Verdicts, explanations, models and problems, as the objects that the document promises."""
    features = msgspec.to_builtins(make_logs(5))
    raw = msgspec.to_builtins(make_raw_logs(5))
    logs = [{"log_id": f"f{n}", "features": log} for n, log in enumerate(features)]
    logs += [{"log_id": n, **log} for n, log in enumerate(raw)]
    document = tmp_path / "openapi.json"
    with serving_image.start("PORT", [Mount(trained_store, "/models", "ro")]) as inference:
        document.write_bytes(inference.call("/openapi.json").body)
        package = tmp_path / "generated"
        generate = ("openapi-python-client", "generate", "--meta", "none")
        run(*generate, "--path", document, "--output-path", package)
        url = f"http://127.0.0.1:{inference.port}"
        answers = json.loads(run("python", SCRIPT, tmp_path, url, body={"logs": logs}))
        batch = inference.call(f"{API_PREFIX}/predict/batch", {"logs": logs}).json
        explained = inference.call(f"{API_PREFIX}/predict?explain=true", logs[0]).json
    assert answers["batch"] == batch
    assert answers["alone"] == batch["predictions"]
    assert answers["explained"] == explained
    assert answers["ready"] == {"status": "ready", "model_version": "1"}
    assert answers["models"]["current"] == "1"
    assert (answers["wrong"]["class"], answers["wrong"]["status"]) == ("Problem", 422)
