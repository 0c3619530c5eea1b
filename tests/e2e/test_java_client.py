"""The JDK's HTTP client as it comes: it asks to upgrade to HTTP/2 with every request."""

import json
import subprocess
from pathlib import Path
from typing import Final

import msgspec

from schemas.api.operations import API_PREFIX
from schemas.api.predictions import PredictRequest
from tests.e2e.containers import Image, Mount
from tests.made_logs import make_log

SOURCE: Final = Path(__file__).with_name("Upgrading.java")


def test_every_post_of_the_jdks_client_is_answered(
    serving_image: Image, trained_store: Path
) -> None:
    """Twenty of twenty, on a real socket, with the default settings of both sides."""
    body = msgspec.json.encode(PredictRequest("a", make_log())).decode()
    with serving_image.start("PORT", [Mount(trained_store, "/models", "ro")]) as inference:
        client = subprocess.run(
            ["java", SOURCE, f"http://127.0.0.1:{inference.port}{API_PREFIX}/predict", body],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    lines = client.stdout.splitlines()
    assert [line[:4] for line in lines] == ["200 "] * 20, client.stderr
    assert {json.loads(line[4:])["log_id"] for line in lines} == {"a"}
