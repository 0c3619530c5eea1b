"""The serving image with the library that verifies signatures."""

from pathlib import Path
from typing import Final

import pytest

from schemas.api.operations import API_PREFIX, OPERATIONS
from tests.e2e.containers import Image, Mount
from tests.signing_keys import make_keys

EXAMPLES: Final = {operation.path: operation.example for operation in OPERATIONS}
KEY_SETTING: Final = "ANOMALY_MODEL_PUBLIC_KEY_FILE"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pair `signing` and the pair `other`."""
    folder = tmp_path_factory.mktemp("secrets") / "keys"
    folder.mkdir()
    for name in ("signing", "other"):
        make_keys(folder / name)
    return folder


def test_an_image_takes_only_what_its_key_has_signed(
    training_image: Image,
    signed_image: Image,
    features_file: Path,
    empty_store: Path,
    keys: Path,
) -> None:
    """The job's image signs, and the serving image answers with that version by the public key;
    by the key of another pair it has no model, and says that the signature is the reason.
    """
    data, secrets = Mount(features_file.parent, "/mnt", "ro"), Mount(keys, "/srv", "ro")
    signed = ["--sign-key", "/srv/signing/key.pem", "--model-dir", "/models"]
    fitted = training_image.run(
        ["python", "-m", "trainer", "fit", *signed, f"/mnt/{features_file.name}"],
        [data, secrets, Mount(empty_store, "/models", "rw")],
    )
    assert fitted.returncode == 0, fitted.stderr
    mounts = [secrets, Mount(empty_store, "/models", "ro")]
    path = f"{API_PREFIX}/predict"
    with signed_image.start("PORT", mounts, {KEY_SETTING: "/srv/signing/key.pub"}) as inference:
        answer = inference.call(path, EXAMPLES[path])
        assert (answer.status, answer.json["model_version"]) == (200, "1")
    with signed_image.start("PORT", mounts, {KEY_SETTING: "/srv/other/key.pub"}) as inference:
        assert inference.call(path, EXAMPLES[path]).status == 503
        assert "signed by another key" in inference.call(f"{API_PREFIX}/ready").json["detail"]


def test_the_plain_image_says_what_verifies(serving_image: Image, keys: Path) -> None:
    """Without the library it does not begin, and names the build argument that adds it."""
    variables = {KEY_SETTING: "/srv/signing/key.pub"}
    done = serving_image.run(["python", "-m", "inference"], [Mount(keys, "/srv", "ro")], variables)
    assert done.returncode == 2
    assert "--build-arg REQUIREMENTS=signed" in done.stderr
