"""OpenTelemetry's own exporter, unchanged, from an environment of its own."""

import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.containers import ROOT, Image, Mount

SCRIPT: Final = Path(__file__).with_name("log_by_opentelemetry.py")


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_what_a_program_logs_by_the_sdk_is_judged(
    serving_image: Image, trained_store: Path, compression: str
) -> None:
    """Every record arrives once, with its level and its service."""
    with serving_image.start("PORT", [Mount(trained_store, "/models", "ro")]) as inference:
        url = f"http://127.0.0.1:{inference.port}"
        program = subprocess.run(
            [ROOT / ".venv/peers/bin/python", SCRIPT, url, compression],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        metrics = inference.call("/metrics").body.decode()
    assert program.returncode == 0, program.stderr
    assert "export" not in program.stderr.lower(), program.stderr
    assert 'log_anomaly_logs_total{level="INFO",service="cart"} 2000.0' in metrics
    assert 'log_anomaly_logs_total{level="WARN",service="cart"} 1.0' in metrics
    assert 'log_anomaly_logs_total{level="FATAL",service="cart"} 1.0' in metrics
