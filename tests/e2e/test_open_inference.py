"""Triton's own client, unchanged, from an environment of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any, Final

from schemas.api.operations import API_PREFIX
from tests.e2e.containers import ROOT, Image, Mount
from tests.made_logs import make_raw_logs

SCRIPT: Final = Path(__file__).with_name("ask_by_tritonclient.py")
OUTPUTS: Final = ("is_anomaly", "anomaly_score", "decision", "percentile")


def test_tritons_client_gets_the_verdicts_of_predict(
    serving_image: Image, trained_store: Path
) -> None:
    """As raw tensors and as JSON, plain and gzipped, waited for or not; errors reach it as text."""
    logs = [
        {"message": log.message, "level": log.level.value, "service": log.service}
        for log in make_raw_logs(500)
    ]
    columns = {name: {"datatype": "BYTES", "data": [log[name] for log in logs]} for name in logs[0]}
    with serving_image.start("PORT", [Mount(trained_store, "/models", "ro")]) as inference:
        client = subprocess.run(
            [ROOT / ".venv/peers/bin/python", SCRIPT, f"http://127.0.0.1:{inference.port}"],
            input=json.dumps(columns),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        numbered = [{"log_id": str(index), **log} for index, log in enumerate(logs)]
        batch = inference.call(f"{API_PREFIX}/predict/batch", {"logs": numbered}).json
    assert client.returncode == 0, client.stderr
    answers: dict[str, Any] = json.loads(client.stdout)
    expected = {name: [prediction[name] for prediction in batch["predictions"]] for name in OUTPUTS}
    assert answers["answers"] == [expected] * 5
    assert (answers["live"], answers["ready"], answers["model_ready"], answers["id"]) == (
        True,
        True,
        True,
        "7",
    )
    assert answers["model"]["versions"] == ["1"]
    (other_model, other_version) = answers["faults"]
    assert other_model == ["404", "There is no such model: the model is log-anomaly"]
    assert other_version[0] == "404"
