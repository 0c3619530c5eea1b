"""The manifest."""

from pathlib import Path

import msgspec
import pytest

from inference.store.versions import ModelStore
from schemas.bundle.manifest import ARTEFACT_FORMAT, Manifest, UnreadableManifestError, file_entry


def test_a_manifest_reads_as_it_was_written(model_dir: Path) -> None:
    """Writing and reading give the same manifest."""
    manifest = ModelStore(model_dir).manifest(1)
    assert Manifest.from_json(manifest.to_json()) == manifest


def test_a_newer_format_is_refused_before_anything_else(model_dir: Path) -> None:
    """A manifest of another format is refused by its number, whatever else stands in it."""
    document = msgspec.json.decode((model_dir / "log-anomaly" / "1" / "manifest.json").read_bytes())
    document = {"artefact_format": ARTEFACT_FORMAT + 1, "features": document["features"]}
    with pytest.raises(UnreadableManifestError, match="serve it with the release that wrote it"):
        Manifest.from_json(msgspec.json.encode(document))


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b'{"artefact_format": 1}'])
def test_what_is_no_manifest_is_refused(data: bytes) -> None:
    """Missing or broken content is one error of ours."""
    with pytest.raises(UnreadableManifestError):
        Manifest.from_json(data)


def test_a_file_is_described_by_its_hash_and_size() -> None:
    """SHA-256 of the empty message is that of FIPS 180-4's examples."""
    entry = file_entry(b"abc")
    assert entry.size_bytes == 3
    assert entry.sha256.startswith("ba7816bf8f01cfea414140de5dae2223")
