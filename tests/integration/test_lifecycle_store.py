"""Stores that are full, read-only, gone, replaced, shared, or in the wrong place."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from inference.model.model import Model
from inference.store.versions import ModelStore
from tests.integration.calls import REQUEST, training
from tests.integration.conftest import StartInference, StartTrainer
from tests.integration.test_lifecycle import version
from tests.made_logs import make_logs
from tests.waiting import until

JSON = {"Content-Type": "application/json"}
SMALL = training(make_logs(300), n_estimators=10)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a file system of its own can be mounted by root alone")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_stops_trainings_alone(
    start_trainer: StartTrainer, start_inference: StartInference, small_disk: Path
) -> None:
    """The trainer says so before and after; no path leaks; with room again it goes on."""
    trainer = start_trainer(small_disk)
    service = start_inference(small_disk, trainer)
    assert service.call("POST", "/train", SMALL).status == 200
    room = shutil.disk_usage(small_disk).free
    (small_disk / "filler").write_bytes(bytes(room))
    for refused in (trainer.call("GET", "/ready"), service.call("POST", "/train", SMALL)):
        assert refused.status == 503
        assert refused.json()["type"] == "urn:problem:log-anomaly:store-unwritable"
        assert "No space left on device" in refused.json()["detail"]
        assert str(small_disk) not in refused.data.decode()
    assert version(service) == "1"
    assert not list((small_disk / "log-anomaly").glob(".tmp-*"))
    (small_disk / "filler").unlink()
    trainer.wait_until("/ready")
    assert service.call("POST", "/train", SMALL).json()["model_version"] == "2"


def test_a_read_only_store_stops_trainings_alone(
    start_trainer: StartTrainer, start_inference: StartInference, small_disk: Path
) -> None:
    """Predictions go on; the trainer says what is wrong."""
    trainer = start_trainer(small_disk)
    service = start_inference(small_disk, trainer)
    assert service.call("POST", "/train", SMALL).status == 200
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for refused in (trainer.call("GET", "/ready"), service.call("POST", "/train", SMALL)):
        assert refused.status == 503
        assert "Read-only file system" in refused.json()["detail"]
    assert version(service) == "1"


def test_a_store_that_comes_back_serves_again(
    start_inference: StartInference, model_dir: Path
) -> None:
    """While it is gone the model in memory answers and /ready says so; then all is as before."""
    service = start_inference(model_dir).wait_until("/ready")
    model_dir.rename(model_dir.with_name("gone"))
    assert version(service) == "1"
    assert "no model has been published" in service.call("GET", "/ready").json()["detail"]
    model_dir.with_name("gone").rename(model_dir)
    assert version(service) == "1"
    until(lambda: "detail" not in service.call("GET", "/ready").json(), "the fault is over")


def test_a_wiped_store_is_noticed(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """A store that begins anew publishes 1 again: all workers answer by the new version 1."""
    trainer = start_trainer(model_dir)
    service = start_inference(model_dir, trainer, WEB_CONCURRENCY="2").wait_until("/ready")
    before = service.call("GET", "/model/info").json()["model_hash"]
    shutil.rmtree(model_dir / "log-anomaly")
    trained = service.call("POST", "/train", SMALL).json()
    assert trained["model_version"] == "1"
    assert trained["model_hash"] != before
    for _ in range(20):
        info = service.call("GET", "/model/info", headers={"Connection": "close"}).json()
        assert info["model_hash"] == trained["model_hash"]


def test_the_same_number_in_another_store_is_no_success(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path, tmp_path: Path
) -> None:
    """The trainer publishes 1 elsewhere while another 1 serves here: the answer says so."""
    service = start_inference(model_dir, start_trainer(tmp_path / "theirs"))
    answer = service.call("POST", "/train", SMALL)
    assert answer.status == 502
    assert answer.json()["type"] == "urn:problem:log-anomaly:trained-but-not-serving"


@pytest.mark.parametrize("place", ["file", "pipe"])
def test_a_store_in_the_wrong_place_stops_no_start(
    start_inference: StartInference, tmp_path: Path, place: str
) -> None:
    """A MODEL_DIR that is a file, or a CURRENT that is a pipe: alive, not ready, and why."""
    models = tmp_path / "models"
    if place == "file":
        models.write_text("")
    else:
        (models / "log-anomaly").mkdir(parents=True)
        os.mkfifo(models / "log-anomaly" / "CURRENT")
    service = start_inference(models)
    refused = service.call("GET", "/ready")
    assert refused.status == 503
    reason = {"file": "MODEL_DIR is no directory", "pipe": "it is no regular file"}[place]
    assert reason in refused.json()["detail"]
    assert service.call("POST", "/predict", REQUEST).status == 503
    assert "Traceback" not in service.log.read_text()


def test_two_trainers_race(start_trainer: StartTrainer, tmp_path: Path) -> None:
    """Each training gets a number of its own, and every version is whole."""
    models = tmp_path / "models"
    trainers = [start_trainer(models, ANOMALY_TRAIN_WAIT_S="60") for _ in range(2)]

    async def race() -> list[str]:
        async with aiohttp.ClientSession() as session:

            async def train(url: str) -> str:
                async with session.post(url, data=SMALL, headers=JSON) as response:
                    assert response.status == 200
                    return str((await response.json())["model_version"])

            return await asyncio.gather(
                *(train(f"{trainer.url}/api/v1/train") for trainer in trainers * 2)
            )

    numbers = sorted(map(int, asyncio.run(race())))
    assert numbers == [1, 2, 3, 4]
    store = ModelStore(models)
    assert [Model(store.bundle(n), memo_capacity=1).version for n in store.versions()] == list(
        "1234"
    )
    assert store.current_version() == 4


def test_three_services_share_a_store(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """A training through one service is soon what all three answer by, asked or not."""
    trainer = start_trainer(model_dir)
    services = [start_inference(model_dir, trainer, WEB_CONCURRENCY="1") for _ in range(3)]
    trained = services[0].call("POST", "/train", SMALL).json()
    for service in services:
        service.wait_until("/ready")
        info = service.call("GET", "/model/info").json()
        assert info["model_hash"] == trained["model_hash"]
