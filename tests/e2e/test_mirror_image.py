"""The serving image with the library for object stores, as the mirror beside a service."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from schemas.api.operations import API_PREFIX, OPERATIONS
from tests.e2e.containers import Image, Mount
from tests.integration.s3_server import Server, running_server

EXAMPLES: Final = {operation.path: operation.example for operation in OPERATIONS}
FOLLOWED_S: Final = 30.0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An object store."""
    with running_server(tmp_path / "weed") as started:
        yield started


def test_a_model_reaches_a_pod_through_the_object_store(
    server: Server,
    training_image: Image,
    mirror_image: Image,
    serving_image: Image,
    features_file: Path,
    empty_store: Path,
) -> None:
    """Three images on read-only roots, as in the overlay object-store: a job publishes to the
    store, the mirror brings the version into the pod, and the plain serving image answers with it.
    """
    variables = {**server.environ, "MODEL_STORE": "s3://logs/models"}
    follow = ["python", "-m", "inference", "mirror"]
    pod = Mount(empty_store, "/models", "rw")
    with (
        mirror_image.start_job(follow, [pod], variables) as mirror,
        serving_image.start("PORT", [Mount(empty_store, "/models", "ro")]) as inference,
    ):
        assert inference.call(f"{API_PREFIX}/ready").status == 503
        fit = ["python", "-m", "trainer", "fit", "--model-dir", "/tmp/models"]
        fitted = training_image.run(
            [*fit, f"/mnt/{features_file.name}"],
            [Mount(features_file.parent, "/mnt", "ro")],
            variables,
        )
        assert fitted.returncode == 0, fitted.stderr
        deadline = time.monotonic() + FOLLOWED_S
        while inference.call(f"{API_PREFIX}/ready").status != 200:
            assert time.monotonic() < deadline, mirror.log.read_text()
            time.sleep(0.1)  # polling another process: there is nothing to wait on
        path = f"{API_PREFIX}/predict"
        answer = inference.call(path, EXAMPLES[path])
        assert (answer.status, answer.json["model_version"]) == (200, "1")
        assert mirror.stop() == 0


def test_the_plain_image_says_what_mirrors(serving_image: Image) -> None:
    """Without the library it does not begin, and names the build argument that adds it."""
    variables = {"MODEL_STORE": "s3://logs/models"}
    done = serving_image.run(["python", "-m", "inference", "mirror"], (), variables)
    assert done.returncode == 2
    assert "--build-arg REQUIREMENTS=mirror" in done.stderr
