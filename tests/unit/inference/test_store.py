"""Reading the store."""

import os
from pathlib import Path

import msgspec
import pytest

from inference.errors import BrokenVersionError, NoModelError
from inference.store.files import read_bounded
from inference.store.versions import MAX_TABLES_BYTES, ModelStore
from schemas.bundle.manifest import MANIFEST_FILE, Manifest, UnreadableManifestError


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    """No CURRENT means that nothing was ever published, which is no damage."""
    store = ModelStore(tmp_path)
    assert store.signature() is None
    assert store.versions() == []
    with pytest.raises(NoModelError, match="no model has been published"):
        store.current_version()


@pytest.mark.parametrize("content", ["", "\n", "abc", "0", "-1", "1.5", "1 2", "9" * 40])
def test_a_current_that_is_no_number_is_damage(model_dir: Path, content: str) -> None:
    """Anything but one positive number is refused, with the command that repairs it."""
    store = ModelStore(model_dir)
    (store.root / "CURRENT").write_text(content)
    with pytest.raises(BrokenVersionError, match="trainer activate N"):
        store.current_version()


def test_current_may_be_unreadable(model_dir: Path) -> None:
    """A CURRENT that cannot be read is damage as well; here it is a directory."""
    store = ModelStore(model_dir)
    (store.root / "CURRENT").unlink()
    (store.root / "CURRENT").mkdir()
    with pytest.raises(BrokenVersionError, match="cannot be read"):
        store.current_version()


def test_the_signature_changes_with_each_replacement(model_dir: Path) -> None:
    """A new file renamed over CURRENT changes the signature, even with the same content."""
    store = ModelStore(model_dir)
    before = store.signature()
    replacement = store.root / "next"
    replacement.write_text("1\n")
    replacement.replace(store.root / "CURRENT")
    assert store.signature() != before


def test_versions_are_numbers_in_order(model_dir: Path) -> None:
    """Only directories named by a number are versions; they are ordered as numbers."""
    store = ModelStore(model_dir)
    for name in ("2", "10", "03", ".tmp-x", "notes"):
        (store.root / name).mkdir()
    assert store.versions() == [1, 2, 10]


def test_a_whole_bundle_is_verified(model_dir: Path) -> None:
    """A version that is as it was published reads."""
    bundle = ModelStore(model_dir).bundle(1)
    assert bundle.version == 1
    assert set(bundle.files) == {"model.onnx", "tables.npz"}
    sizes = {name: entry.size_bytes for name, entry in bundle.manifest.files.items()}
    assert {name: len(data) for name, data in bundle.files.items()} == sizes


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda path: (path / "model.onnx").write_bytes(b"x"), "not the file that was published"),
        (lambda path: (path / "model.onnx").unlink(), "model.onnx cannot be read"),
        (lambda path: (path / "tables.npz").write_bytes(b"x"), "not the file that was published"),
        (lambda path: (path / "tables.npz").unlink(), "tables.npz cannot be read"),
        (lambda path: (path / "manifest.json").unlink(), "manifest.json cannot be read"),
        (lambda path: (path / "manifest.json").write_bytes(b"{"), "the manifest cannot be read"),
        (
            lambda path: (path / "manifest.json").write_text(
                (path / "manifest.json").read_text().replace('"model.onnx"', '"../model.onnx"')
            ),
            "is no plain file name",
        ),
    ],
    ids=[
        "another model",
        "no model",
        "other tables",
        "no tables",
        "no manifest",
        "no json",
        "no plain name",
    ],
)
def test_a_damaged_version_says_what_is_wrong(model_dir: Path, damage: object, reason: str) -> None:
    """Each kind of damage is named, with the version."""
    store = ModelStore(model_dir)
    damage(store.path(1))  # type: ignore[operator]
    with pytest.raises(BrokenVersionError, match=reason) as raised:
        store.bundle(1)
    assert "version 1" in str(raised.value)


def test_a_manifest_cannot_reach_out_of_its_directory(model_dir: Path) -> None:
    """A listed file with a path in its name is refused before it is read."""
    store = ModelStore(model_dir)
    path = store.path(1) / "manifest.json"
    listed = path.read_text().replace(
        '"files": {', '"files": {"../CURRENT": {"sha256": "' + "0" * 64 + '", "size_bytes": 1},'
    )
    path.write_text(listed)
    with pytest.raises(BrokenVersionError, match="no plain file name"):
        store.bundle(1)


@pytest.mark.parametrize("content", ["9" * 31, "1000000000", "²", "1\x00"])
def test_a_number_that_no_version_has_is_damage(model_dir: Path, content: str) -> None:
    """Numbers are bounded, and digits are ASCII."""
    store = ModelStore(model_dir)
    (store.root / "CURRENT").write_text(content)
    with pytest.raises(BrokenVersionError, match="trainer activate N"):
        store.current_version()


@pytest.mark.parametrize("name", ["²", "9" * 31, "٣", "1.0", " 1"])
def test_odd_names_are_no_versions(model_dir: Path, name: str) -> None:
    """Whatever lies among the versions, those that are numbers are found."""
    store = ModelStore(model_dir)
    (store.root / name).write_text("")
    assert store.versions() == [1]


def test_a_pipe_is_never_waited_for(model_dir: Path) -> None:
    """CURRENT or a file of a version that is a pipe is damage, found out at once."""
    store = ModelStore(model_dir)
    for path in (store.root / "CURRENT", store.path(1) / "model.onnx"):
        path.unlink()
        os.mkfifo(path)
    with pytest.raises(BrokenVersionError, match="CURRENT cannot be read: it is no regular file"):
        store.current_version()
    with pytest.raises(BrokenVersionError, match=r"model\.onnx cannot be read: it is no regular"):
        store.bundle(1)


def test_a_model_directory_that_is_a_file_says_so(tmp_path: Path) -> None:
    """There is no version in it, and the reason names the setting."""
    (tmp_path / "models").write_text("")
    store = ModelStore(tmp_path / "models")
    assert store.versions() == []
    assert store.signature() is None
    with pytest.raises(BrokenVersionError, match="MODEL_DIR is no directory"):
        store.current_version()


def test_a_graph_that_is_too_large_is_not_read(model_dir: Path) -> None:
    """The manifest states its size; what is larger than the setting allows is refused unread."""
    (model_dir / "log-anomaly" / "1" / "model.onnx").unlink()
    with pytest.raises(BrokenVersionError, match="ANOMALY_SERVE_MAX_GRAPH_BYTES"):
        ModelStore(model_dir, max_graph_bytes=1_000).bundle(1)


def test_tables_that_are_too_large_are_not_read(model_dir: Path) -> None:
    """A manifest may name gigabytes: they are refused by their size, and never held."""
    store = ModelStore(model_dir)
    tables = store.path(1) / "tables.npz"
    manifest = msgspec.json.decode((store.path(1) / MANIFEST_FILE).read_bytes())
    manifest["files"]["tables.npz"]["size_bytes"] = MAX_TABLES_BYTES + 1
    (store.path(1) / MANIFEST_FILE).write_bytes(msgspec.json.encode(manifest))
    os.truncate(tables, MAX_TABLES_BYTES + 1)
    with pytest.raises(BrokenVersionError, match=r"tables\.npz has 16777217 bytes by the manifest"):
        store.bundle(1)


def test_a_file_that_is_handed_over_in_parts_is_read_whole() -> None:
    """As by file systems of a network, and by the kernel's own, which gives a page at a time."""
    maps = Path("/proc/self/maps")
    assert read_bounded(maps, 2**24).splitlines()[-1] == maps.read_bytes().splitlines()[-1]
    with pytest.raises(OSError, match="more than 5000 bytes"):
        read_bounded(maps, 5_000)


def test_every_high_bit_of_a_manifest_may_flip(model_dir: Path) -> None:
    """A manifest with a flipped bit is refused as such, wherever it is."""
    whole = (model_dir / "log-anomaly" / "1" / "manifest.json").read_bytes()
    for index in range(len(whole)):
        flipped = bytearray(whole)
        flipped[index] ^= 0x80
        with pytest.raises(UnreadableManifestError):
            Manifest.from_json(bytes(flipped))
