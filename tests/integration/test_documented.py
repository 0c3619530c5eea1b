"""Running services keep what their OpenAPI documents promise, by an independent tool."""

import subprocess
import sys
from pathlib import Path

from tests.integration.conftest import Service, StartInference, StartTrainer

SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
CONFIGURATION = Path(__file__).parent.parent / "schemathesis.toml"


def check(service: Service, folder: Path, *options: str) -> None:
    """Send what the document allows and what it forbids; every answer must be as documented.

    Valid bodies are taken, others refused with a status that is listed; answers have the media
    type and the shape that are listed; methods that are not listed are refused.
    """
    done = subprocess.run(
        [
            *(SCHEMATHESIS, f"--config-file={CONFIGURATION}"),
            *("run", f"{service.url}/openapi.json", "--continue-on-failure", *options),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr


def test_the_inference_service(
    start_inference: StartInference, model_dir: Path, tmp_path: Path
) -> None:
    """Judging and status calls; what changes models is the trainer's."""
    service = start_inference(model_dir)
    check(service, tmp_path, "--exclude-tag=training", "--max-examples=60")
    assert service.process.poll() is None


def test_the_trainer(start_trainer: StartTrainer, tmp_path: Path) -> None:
    """Trainings and status calls."""
    service = start_trainer(tmp_path / "models")
    check(service, tmp_path, "--max-examples=15", "--phases=examples,fuzzing")
    assert service.process.poll() is None
