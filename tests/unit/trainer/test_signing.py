"""Signed versions: what is refused, and that everything which publishes signs."""

import asyncio
import base64
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.environment import SettingsError
from inference.errors import BrokenVersionError
from inference.store.signed import verifier_by
from inference.store.slot import ModelSlot
from inference.store.versions import ModelStore
from schemas.bundle.contents import Bundle
from schemas.bundle.manifest import MANIFEST_FILE
from schemas.bundle.signature import SIGNATURE_FILE, Signature, signature_from_json
from schemas.record.features import LogFeatures
from tests.signing_keys import make_keys
from trainer.cli import main
from trainer.errors import UnfitVersionError
from trainer.jobs.correct import correct
from trainer.jobs.recalibrate import recalibrate
from trainer.store.opening import Keys, open_registry
from trainer.store.registry import ModelRegistry
from trainer.store.signing import signer_by

ASKED_FOR = "is not signed, which ANOMALY_MODEL_PUBLIC_KEY_FILE asks for"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """A pair of keys in files."""
    return make_keys(tmp_path / "keys")


@pytest.fixture
def registry(model_dir: Path, keys: Keys) -> ModelRegistry:
    """A store in which version 1 is not signed, and version 2 is the same, signed and current."""
    bundle = ModelStore(model_dir).bundle(1)
    signed = open_registry(model_dir, keys=keys)
    signed.publish({**bundle.files, MANIFEST_FILE: bundle.manifest.to_json()})
    return signed


@pytest.fixture(scope="module")
def signed_store(tmp_path_factory: pytest.TempPathFactory, surprisal_bundle: Bundle) -> ModelStore:
    """A store whose version 1 is signed, as a service sees it that verifies."""
    folder = tmp_path_factory.mktemp("signed")
    keys = make_keys(folder / "keys")
    files = {**surprisal_bundle.files, MANIFEST_FILE: surprisal_bundle.manifest.to_json()}
    open_registry(folder, keys=keys).publish(files)
    return verifying(folder, keys)


def verifying(model_dir: Path, keys: Keys) -> ModelStore:
    """The store as a service sees it that verifies."""
    return ModelStore(model_dir, verifier=verifier_by(keys.public))


def test_what_is_signed_is_read_and_what_is_not_is_refused(
    registry: ModelRegistry, model_dir: Path, keys: Keys
) -> None:
    """Versions without a signature, or by another key, are broken; without a key set, all serve."""
    store = verifying(model_dir, keys)
    assert store.bundle(2).digest == ModelStore(model_dir).digest(2)
    with pytest.raises(BrokenVersionError, match=f"version 1 {ASKED_FOR}"):
        store.bundle(1)
    with pytest.raises(BrokenVersionError, match=ASKED_FOR):
        store.manifest(1)
    (registry.path(2) / SIGNATURE_FILE).rename(registry.path(1) / SIGNATURE_FILE)
    with pytest.raises(BrokenVersionError, match=ASKED_FOR):
        store.bundle(2)
    assert ModelStore(model_dir).bundle(2).version == 2


def test_another_key_is_refused(registry: ModelRegistry, model_dir: Path, tmp_path: Path) -> None:
    """Also where the signature claims to be by the key that is asked for."""
    other = make_keys(tmp_path / "others")
    store = verifying(model_dir, other)
    with pytest.raises(BrokenVersionError, match="it is signed by another key"):
        store.bundle(2)
    path = registry.path(2) / SIGNATURE_FILE
    written = json.loads(path.read_bytes())
    signer = signer_by(other.signing)
    assert signer is not None
    hint = signature_from_json(signer.sign({})).hint
    written["verificationMaterial"]["publicKey"]["hint"] = hint
    path.write_text(json.dumps(written))
    with pytest.raises(BrokenVersionError, match=r"model\.sig is not valid"):
        store.bundle(2)


@given(data=st.data())
def test_a_flipped_byte_is_refused(data: st.DataObject, signed_store: ModelStore) -> None:
    """Anywhere in a file; of the signature file itself, unless what it says is the same."""
    folder = signed_store.path(1)
    name = data.draw(st.sampled_from(["model.onnx", "tables.npz", MANIFEST_FILE, SIGNATURE_FILE]))
    good = (folder / name).read_bytes()
    at = data.draw(st.integers(0, len(good) - 1))
    bad = bytearray(good)
    bad[at] ^= 1 << data.draw(st.integers(0, 7))
    (folder / name).write_bytes(bad)
    try:
        signed_store.bundle(1)
    except BrokenVersionError:
        return
    finally:
        (folder / name).write_bytes(good)
    assert name == SIGNATURE_FILE
    assert signature_from_json(bytes(bad)).payload == signature_from_json(good).payload


def test_hashes_that_fit_do_not_help(registry: ModelRegistry, model_dir: Path, keys: Keys) -> None:
    """Who can write to the store can change a file and its hash in the manifest, and no more."""
    path = registry.path(2) / MANIFEST_FILE
    manifest = ModelStore(model_dir).manifest(2)
    path.write_bytes(msgspec.structs.replace(manifest, corrections=[]).to_json() + b" ")
    assert ModelStore(model_dir).bundle(2).version == 2
    with pytest.raises(BrokenVersionError, match=r"manifest\.json is not the file that was signed"):
        verifying(model_dir, keys).bundle(2)


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"predicateType": "https://slsa.dev/provenance/v1"},
        {"subject": []},
        {"predicate": {}},
    ],
)
def test_a_key_that_signed_something_else_is_not_enough(
    change: dict[str, object],
    registry: ModelRegistry,
    model_dir: Path,
    keys: Keys,
) -> None:
    """A valid signature over another kind of statement says nothing of the files."""
    path = registry.path(2) / SIGNATURE_FILE
    signature = signature_from_json(path.read_bytes())
    payload = json.dumps(json.loads(signature.payload) | change).encode()
    signer = signer_by(keys.signing)
    assert signer is not None
    path.write_bytes(signer.signed(payload))
    with pytest.raises(BrokenVersionError, match=r"version 2: model\.sig: "):
        verifying(model_dir, keys).bundle(2)


def test_a_service_goes_on_with_the_last_version_that_was_signed(
    registry: ModelRegistry, model_dir: Path, keys: Keys, publish: Callable[..., object]
) -> None:
    """As with any broken version: it is reported, and the newest signed version below serves."""
    publish()
    slot = ModelSlot(verifying(model_dir, keys), memo_capacity=10)
    assert asyncio.run(slot.current()).version == "2"
    assert f"version 3 {ASKED_FOR}" in slot.fault
    with pytest.raises(UnfitVersionError, match=ASKED_FOR):
        registry.activate(3)


def test_every_way_to_publish_signs(
    registry: ModelRegistry, model_dir: Path, keys: Keys, logs: list[LogFeatures]
) -> None:
    """Recalibrations and corrections are signed; of what is not signed nothing signed is made."""
    recalibrate(0.2, model_dir=registry)
    store = verifying(model_dir, keys)
    assert store.bundle(3).version == 3
    correct(logs[0], None, model_dir=registry)
    assert store.bundle(4).version == 4
    ModelRegistry(model_dir).activate(1)
    with pytest.raises(UnfitVersionError, match=ASKED_FOR):
        correct(logs[0], None, model_dir=registry)
    with pytest.raises(UnfitVersionError, match=ASKED_FOR):
        recalibrate(0.1, model_dir=registry)


SECP112R1 = b"MDIwEAYHKoZIzj0CAQYFK4EEAAYDHgAED2L5XIzCW9IChzOWeU+R/RmXlVKu6D1Eq2XY3Q=="
"""A public key of a curve that the library does not know."""


@pytest.mark.parametrize("key", [None, b"AAAA", SECP112R1])
def test_a_file_that_is_no_key_stops_the_start(
    key: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the variable or the file, and what it should have been."""
    content = b"-----BEGIN PUBLIC KEY-----\n%b\n-----END PUBLIC KEY-----\n" % key if key else b""
    make_keys(tmp_path / "keys")
    path = tmp_path / "key"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"ANOMALY_MODEL_PUBLIC_KEY_FILE: .* no public key in"):
        verifier_by(str(path))
    with pytest.raises(SettingsError, match="No such file"):
        verifier_by(str(tmp_path / "none"))
    assert main(["list", "--model-dir", str(tmp_path), "--sign-key", str(path)]) == 2
    assert "is no private key in PEM" in capsys.readouterr().err


def test_the_file_is_as_the_format_says(registry: ModelRegistry) -> None:
    """A Sigstore bundle around a DSSE envelope around an in-toto statement."""
    bundle = json.loads((registry.path(2) / SIGNATURE_FILE).read_bytes())
    assert bundle["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert bundle["dsseEnvelope"]["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://model_signing/signature/v1.0"
    names = [resource["name"] for resource in statement["predicate"]["resources"]]
    assert names == sorted(["manifest.json", "model.onnx", "tables.npz"])
    assert isinstance(signature_from_json(json.dumps(bundle).encode()), Signature)
