"""Signatures against the format's own tool, from an environment of its own."""

import subprocess
from pathlib import Path

import pytest

from inference.errors import BrokenVersionError
from inference.store.signed import verifier_by
from inference.store.versions import ModelStore
from schemas.bundle.signature import SIGNATURE_FILE
from tests.e2e.containers import ROOT
from tests.signing_keys import make_keys
from trainer.cli import main
from trainer.store.opening import Keys

TOOL = ROOT / ".venv" / "signing" / "bin" / "model_signing"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """A pair of keys in files."""
    return make_keys(tmp_path / "keys")


@pytest.fixture
def folder(tmp_path: Path, keys: Keys) -> Path:
    """A signed version with its report, from the job that people use."""
    samples = str(ROOT / "samples" / "logs.jsonl.gz")
    models = ["--model-dir", str(tmp_path / "models")]
    assert main(["fit", samples, *models, "--sign-key", keys.signing]) == 0
    return ModelStore(tmp_path / "models").path(1)


def run(what: str, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The tool, on a version."""
    signature = f"--signature={folder / SIGNATURE_FILE}"
    return subprocess.run(
        [TOOL, what, "key", folder, signature, *options],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_tool_verifies_what_we_sign(folder: Path, keys: Keys) -> None:
    """Also without the report, which is not signed; and it refuses a changed graph."""
    by = f"--public_key={keys.public}"
    assert run("verify", folder, by).returncode == 0
    (folder / "report.html").unlink()
    assert run("verify", folder, by).returncode == 0
    with (folder / "model.onnx").open("ab") as graph:
        graph.write(b"x")
    assert run("verify", folder, by).returncode != 0


def test_we_verify_what_the_tool_signs(folder: Path, keys: Keys, tmp_path: Path) -> None:
    """By its key, and by no other."""
    (folder / SIGNATURE_FILE).unlink()
    done = run("sign", folder, f"--private_key={keys.signing}")
    assert done.returncode == 0, done.stderr
    store = ModelStore(tmp_path / "models", verifier=verifier_by(keys.public))
    assert store.bundle(1).version == 1
    other = make_keys(tmp_path / "others")
    with pytest.raises(BrokenVersionError, match="it is signed by another key"):
        ModelStore(tmp_path / "models", verifier=verifier_by(other.public)).bundle(1)
    (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes() + b" ")
    with pytest.raises(BrokenVersionError, match="is not the file that was signed"):
        store.bundle(1)
