"""Signed versions on their way from a trainer through an object store into services."""

from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest

from inference.store.versions import MODEL_NAME, ModelStore
from schemas.bundle.manifest import MANIFEST_FILE
from schemas.bundle.signature import SIGNATURE_FILE
from tests.integration.calls import REQUEST, training
from tests.integration.conftest import Service, StartInference, StartTrainer, free_port
from tests.integration.s3_server import Server, running_server
from tests.made_logs import make_logs
from tests.signing_keys import make_keys
from tests.waiting import until
from trainer.store.opening import Keys, open_registry


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """An object store."""
    with running_server(tmp_path / "weed") as started:
        yield started


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    """A pair of keys in files."""
    return make_keys(tmp_path / "keys")


def version(service: Service) -> str:
    """The version that answers."""
    return str(service.call("POST", "/predict", REQUEST).json().get("model_version"))


def test_a_pod_takes_what_was_signed_and_nothing_else(
    server: Server,
    keys: Keys,
    services: list[Service],
    start_trainer: StartTrainer,
    start_inference: StartInference,
    model_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Trainings and corrections through a pod are signed; what somebody else writes into the object
    store never appears in it, and neither mirror nor service takes it.
    """
    address = "s3://logs/signed"
    environ = {**server.environ, "MODEL_STORE": address, "ANOMALY_MIRROR_POLL_S": "0.1"}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    environ["ANOMALY_MODEL_PUBLIC_KEY_FILE"] = keys.public
    trainer = start_trainer(
        tmp_path / "trainer", **environ, ANOMALY_TRAIN_SIGNING_KEY_FILE=keys.signing
    )
    pod = tmp_path / "pod"
    pod.mkdir()
    log = tmp_path / "mirror.log"
    variables = {**environ, "MODEL_DIR": str(pod)}
    services.append(Service(["inference", "mirror"], variables, free_port(), log))
    service = start_inference(pod, trainer, **environ)
    assert service.call("POST", "/train", training(make_logs(300))).status == 200
    correction = {"message": "cache miss", "service": "cart", "level": "INFO", "verdict": "anomaly"}
    corrected = service.call("POST", "/feedback", correction)
    assert corrected.status == 200, corrected.data
    assert version(service) == "2"
    assert (pod / MODEL_NAME / "2" / SIGNATURE_FILE).exists()

    bundle = ModelStore(model_dir).bundle(1)
    files = {**bundle.files, MANIFEST_FILE: bundle.manifest.to_json()}
    open_registry(tmp_path / "stranger", address).publish(files)
    until(lambda: "version 3 is not signed" in log.read_text(), "the refusal of version 3")
    other = Keys(make_keys(tmp_path / "others").signing)
    with_key = open_registry(tmp_path / "other", address, other)
    with_key.publish(files)
    until(lambda: "version 4: it is signed by another key" in log.read_text(), "and of version 4")
    assert ModelStore(pod).versions() == [1, 2]
    assert version(service) == "2"
    signature = bytes(obstore.get(server.wait(), f"signed/{MODEL_NAME}/2/{SIGNATURE_FILE}").bytes())
    assert signature == (pod / MODEL_NAME / "2" / SIGNATURE_FILE).read_bytes()


def test_a_service_without_a_mirror_verifies_too(
    keys: Keys, start_inference: StartInference, model_dir: Path
) -> None:
    """On a shared volume: a current version that is not signed is named, the last signed serves."""
    bundle = ModelStore(model_dir).bundle(1)
    files = {**bundle.files, MANIFEST_FILE: bundle.manifest.to_json()}
    open_registry(model_dir, keys=keys).publish(files)
    service = start_inference(model_dir, ANOMALY_MODEL_PUBLIC_KEY_FILE=keys.public)
    service.wait_until("/ready")
    assert version(service) == "2"
    open_registry(model_dir).publish(files)
    until(lambda: "version 3 is not signed" in service.call("GET", "/ready").data.decode(), "it")
    assert version(service) == "2"
    listed = service.call("GET", "/models").json()["versions"]
    assert ["is not signed" in version.get("fault", "") for version in listed] == [
        True,
        False,
        True,
    ]
