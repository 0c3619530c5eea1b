"""Trainers that publish to one object store at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import obstore
import pytest
from obstore.store import S3Store

from inference.store.versions import MODEL_NAME
from inference.store.writing import KEEP_VERSIONS
from tests.integration.s3_server import Server, publish
from trainer.store.opening import open_registry
from trainer.store.remote_writer import RemoteWriter


@pytest.fixture
def environ(server: Server, address: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The way to the server and to the store in it."""
    variables = {**server.environ, "MODEL_STORE": address}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return variables


def test_trainers_that_race_never_overwrite_each_other(
    model_dir: Path, objects: S3Store, address: str, tmp_path: Path, environ: dict[str, str]
) -> None:
    """Each version has a number of its own, is whole, and CURRENT names the highest."""
    assert environ
    rounds = 6
    with ThreadPoolExecutor(3) as pool:
        racing = [
            pool.submit(
                lambda name: [publish(tmp_path / name, address, model_dir) for _ in range(rounds)],
                name,
            )
            for name in ("a", "b", "c")
        ]
        numbers = sorted(number for trainer in racing for number in trainer.result())
    assert numbers == list(range(1, 3 * rounds + 1))
    prefix = f"{address.removeprefix('s3://logs/')}/{MODEL_NAME}"
    current = bytes(obstore.get(objects, f"{prefix}/CURRENT").bytes())
    assert current.split()[0] == b"%d" % numbers[-1]
    fresh = open_registry(tmp_path / "fresh", address)
    fresh.pull()
    assert fresh.current_version() == numbers[-1]
    for number in fresh.versions():
        assert fresh.bundle(number).manifest


def test_a_number_is_never_taken_twice(
    model_dir: Path, objects: S3Store, address: str, tmp_path: Path, environ: dict[str, str]
) -> None:
    """A trainer that stood still while others published, and removed, ten versions starts above."""
    assert environ
    publish(tmp_path / "first", address, model_dir)
    late = RemoteWriter(address)
    prefix = f"{address.removeprefix('s3://logs/')}/{MODEL_NAME}"
    for number in range(2, 3 + KEEP_VERSIONS):
        obstore.put(objects, f"{prefix}/{number}/CLAIM", b"")
    late.remove(1)
    late.remove(2)

    class Late(RemoteWriter):
        """Looks once before the others have published."""

        looked = False

        def versions(self) -> list[int]:
            """Nothing at first."""
            if self.looked:
                return super().versions()
            self.looked = True
            return []

    assert Late(address).claim(1) == 3 + KEEP_VERSIONS
    for number in (1, 2):
        with pytest.raises(FileNotFoundError):
            obstore.head(objects, f"{prefix}/{number}/CLAIM")
