"""Models in an object store: published there by trainers, followed by services through a mirror."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import obstore
import pytest
from obstore.store import S3Store

from inference.store.versions import MODEL_NAME, ModelStore
from inference.store.writing import KEEP_VERSIONS
from tests.integration.calls import REQUEST, training
from tests.integration.conftest import ROOT, Service, StartInference, StartTrainer, free_port
from tests.integration.s3_server import Server, publish
from tests.made_logs import make_logs
from tests.waiting import until
from trainer.errors import UnfitVersionError
from trainer.store.opening import open_registry
from trainer.store.remote_writer import RemoteWriter
from trainer.store.shadow import name_candidate, name_no_candidate

POLL_S = 0.1


@pytest.fixture
def environ(server: Server, address: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The way to the server and to the store in it."""
    variables = {**server.environ, "MODEL_STORE": address, "ANOMALY_MIRROR_POLL_S": str(POLL_S)}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


@pytest.fixture
def start_mirror(services: list[Service], environ: dict[str, str]) -> Callable[[Path], Service]:
    """Starts a mirror into a model directory."""

    def start(model_dir: Path) -> Service:
        model_dir.mkdir(exist_ok=True)
        variables = {**environ, "MODEL_DIR": str(model_dir)}
        log = model_dir / "mirror.log"
        mirror = Service(["inference", "mirror"], variables, free_port(), log)
        services.append(mirror)
        return mirror

    return start


def version(service: Service) -> str:
    """The version that answers."""
    return str(service.call("POST", "/predict", REQUEST).json().get("model_version"))


def test_three_services_follow_one_trainer(
    start_trainer: StartTrainer,
    start_inference: StartInference,
    start_mirror: Callable[[Path], Service],
    tmp_path: Path,
    environ: dict[str, str],
) -> None:
    """No directory is shared; a train call through one service answers once it serves it."""
    trainer = start_trainer(tmp_path / "trainer", **environ)
    pods = []
    for name in ("a", "b", "c"):
        start_mirror(tmp_path / name)
        pods.append(start_inference(tmp_path / name, trainer, **environ))

    def all_serve(number: str) -> bool:
        return all(version(pod) == number for pod in pods)

    for number in ("1", "2", "3"):
        body = training(make_logs(300, seed=int(number)))
        answer = pods[0].call("POST", "/train", body)
        assert (answer.status, answer.json().get("model_version")) == (200, number), answer.data
        assert version(pods[0]) == number
        until(partial(all_serve, number), f"version {number}")
    assert pods[0].call("POST", "/models/1/activate").json()["model_version"] == "1"
    assert version(pods[0]) == "1"
    until(partial(all_serve, "1"), "version 1 again")
    assert pods[2].call("POST", "/models/rollback").json()["model_version"] == "3"
    hashes = {pod.call("GET", "/models").json()["versions"][-1]["model_hash"] for pod in pods}
    assert len(hashes) == 1


def test_a_damaged_version_never_appears(
    start_inference: StartInference,
    start_mirror: Callable[[Path], Service],
    model_dir: Path,
    objects: S3Store,
    address: str,
    tmp_path: Path,
    environ: dict[str, str],
) -> None:
    """Half written, or with another hash than its manifest says: what was good goes on."""
    assert publish(tmp_path / "trainer", address, model_dir) == 1
    mirror = start_mirror(tmp_path / "pod")
    service = start_inference(tmp_path / "pod", **environ)
    until(lambda: version(service) == "1", "version 1")

    def has_logged(what: str) -> bool:
        return what in mirror.log.read_text()

    prefix = f"{address.removeprefix('s3://logs/')}/{MODEL_NAME}"
    manifest = bytes(obstore.get(objects, f"{prefix}/1/manifest.json").bytes())
    for number, files in (
        (2, {}),
        (3, {"manifest.json": manifest}),
        (4, {"manifest.json": manifest, "tables.npz": b"", "model.onnx": b"x" * 1000}),
        (5, {"manifest.json": b"{"}),
    ):
        for name, data in files.items():
            obstore.put(objects, f"{prefix}/{number}/{name}", data)
        obstore.put(objects, f"{prefix}/CURRENT", b"%d %064d\n" % (number, 0))
        until(partial(has_logged, f"version {number}"), "the fault")
        assert version(service) == "1"
        assert ModelStore(tmp_path / "pod").versions() == [1]
    obstore.put(objects, f"{prefix}/CURRENT", b"no number\n")
    until(lambda: "names no version" in mirror.log.read_text(), "the fault of CURRENT")
    assert publish(tmp_path / "trainer", address, model_dir) == 6
    until(lambda: version(service) == "6", "version 6")
    assert str(address) not in mirror.log.read_text()


def test_services_outlive_their_object_store(
    start_inference: StartInference,
    start_mirror: Callable[[Path], Service],
    server: Server,
    model_dir: Path,
    address: str,
    tmp_path: Path,
    environ: dict[str, str],
) -> None:
    """With the store stopped they serve on, start anew from what was brought, and follow again."""
    publish(tmp_path / "trainer", address, model_dir)
    mirror = start_mirror(tmp_path / "pod")
    service = start_inference(tmp_path / "pod", **environ)
    until(lambda: version(service) == "1", "version 1")
    server.process.send_signal(signal.SIGSTOP)
    try:
        assert mirror.stop() == 0
        again = start_mirror(tmp_path / "pod")
        service.stop()
        service = start_inference(tmp_path / "pod", **environ)
        assert version(service) == "1"
        until(lambda: "mirror.failed" in again.log.read_text(), "that the store is away")
    finally:
        server.process.send_signal(signal.SIGCONT)
    publish(tmp_path / "trainer", address, model_dir)
    until(lambda: version(service) == "2", "version 2")


def test_a_replaced_store_is_followed_by_its_hash(
    start_inference: StartInference,
    start_mirror: Callable[[Path], Service],
    start_trainer: StartTrainer,
    objects: S3Store,
    address: str,
    tmp_path: Path,
    environ: dict[str, str],
) -> None:
    """Another store's version 1 in the place of version 1 is another version."""
    trainer = start_trainer(tmp_path / "first", **environ)
    start_mirror(tmp_path / "pod")
    service = start_inference(tmp_path / "pod", trainer, **environ)
    first = service.call("POST", "/train", training(make_logs(300, seed=1))).json()
    other = {**environ, "MODEL_STORE": f"{address}-other"}
    trainer = start_trainer(tmp_path / "second", **other)
    second = trainer.call("POST", "/train", training(make_logs(300, seed=2))).json()
    assert (first["model_version"], second["model_version"]) == ("1", "1")
    prefix = address.removeprefix("s3://logs/")
    for batch in obstore.list(objects, f"{prefix}-other/"):
        for entry in sorted(batch, key=lambda entry: entry["path"].endswith("CURRENT")):
            data = bytes(obstore.get(objects, entry["path"]).bytes())
            obstore.put(objects, entry["path"].replace(f"{prefix}-other", prefix), data)

    def serving() -> str:
        return str(service.call("GET", "/model/info").json()["model_hash"])

    until(lambda: serving() == second["model_hash"], "the other version 1")


def test_a_mirror_says_what_it_lacks(tmp_path: Path) -> None:
    """Wrong settings are a line and exit code 2."""
    for store, reason in (("", "MODEL_STORE is not set"), ("file:///x", "MODEL_STORE='file:///x'")):
        done = subprocess.run(
            [sys.executable, "-m", "inference", "mirror"],
            cwd=ROOT,
            env={"MODEL_STORE": store, "MODEL_DIR": str(tmp_path), "PATH": os.defpath},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, reason in done.stderr) == (2, True), done.stderr


def test_a_candidate_is_followed(
    start_inference: StartInference,
    start_mirror: Callable[[Path], Service],
    model_dir: Path,
    objects: S3Store,
    address: str,
    tmp_path: Path,
    environ: dict[str, str],
) -> None:
    """It judges beside the current version though it never served, until it is named no more; one
    at fault is passed over, and what is to serve comes all the same.
    """
    registry = open_registry(tmp_path / "trainer", address)
    bundle = ModelStore(model_dir).bundle(1)
    files = {**bundle.files, "manifest.json": bundle.manifest.to_json()}
    another = msgspec.structs.replace(bundle.manifest, created_at="2026-11-01T00:00:00+00:00")
    assert registry.publish(files) == 1
    # With another hash: the model that serves is no candidate, whatever its number.
    assert registry.publish({**files, "manifest.json": another.to_json()}, activate=False) == 2
    mirror = start_mirror(tmp_path / "pod")
    service = start_inference(
        tmp_path / "pod", **environ, ANOMALY_SHADOW="candidate", WEB_CONCURRENCY="1"
    )
    until(lambda: version(service) == "1", "version 1")

    def shadow() -> dict[str, Any]:
        report: dict[str, Any] = service.call("GET", "/model/shadow").json()
        return report

    def judges(number: str) -> bool:
        version(service)
        report = shadow()
        return (report["state"], report.get("candidate_version")) == ("judging", number)

    assert shadow()["state"] == "missing"
    name_candidate(registry, 2)
    until(partial(judges, "2"), "the candidate")
    until(lambda: bool(version(service)) and shadow()["log_count"] > 0, "logs of both")

    other = open_registry(tmp_path / "another trainer", address)
    for _ in range(KEEP_VERSIONS + 1):
        newest = other.publish(files)
    assert 2 in RemoteWriter(address).versions()
    with pytest.raises(UnfitVersionError, match="is the candidate"):
        registry.delete(2)
    until(lambda: version(service) == str(newest), "the newest version")
    assert 2 in ModelStore(tmp_path / "pod").versions()
    until(partial(judges, "2"), "the candidate beside it")

    prefix = f"{address.removeprefix('s3://logs/')}/{MODEL_NAME}"
    obstore.put(objects, f"{prefix}/CANDIDATE", b"99 %064d\n" % 0)
    until(lambda: "version 99" in mirror.log.read_text(), "the fault of the candidate")
    newest = registry.publish(files)
    until(lambda: version(service) == str(newest), "a version beside the fault")
    name_no_candidate(registry)
    until(lambda: shadow()["state"] == "missing", "no candidate")
