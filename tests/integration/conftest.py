"""Real services in processes of their own, on free loopback ports."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
from obstore.store import S3Store

from tests.integration.s3_server import Server, running_server

ROOT = Path(__file__).parent.parent.parent
START_TIMEOUT_S = 60.0

POOL = urllib3.PoolManager(maxsize=8, retries=False, timeout=60.0)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Service:
    """One running service: its address, its process, its log."""

    def __init__(self, command: list[str], environ: dict[str, str], port: int, log: Path) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env={**os.environ, "HOST": "127.0.0.1", **environ},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> urllib3.BaseHTTPResponse:
        """One HTTP call below /api/v1; a body that is not bytes is sent as JSON."""
        url = f"{self.url}/api/v1{path}"
        if body is None or isinstance(body, bytes):
            return POOL.request(method, url, body=body, headers=headers)
        return POOL.request(method, url, json=body, headers=headers)

    def wait_until(self, path: str, status: int = 200) -> "Service":
        """Wait until a GET is answered with `status`."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the service ended:\n{self.log.read_text()}")
            try:
                if self.call("GET", path).status == status:
                    return self
            except urllib3.exceptions.HTTPError:
                pass
            time.sleep(0.02)  # polling another process: there is nothing to wait on
        raise TimeoutError(f"{path} did not answer {status}:\n{self.log.read_text()}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Stop the service and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(40)


@contextmanager
def one_worker(model_dir: Path, log: Path) -> Iterator[Service]:
    """An inference service of one worker, so that what holds it up is noticed."""
    port = free_port()
    environ = {"PORT": str(port), "MODEL_DIR": str(model_dir), "WEB_CONCURRENCY": "1"}
    service = Service(["inference"], environ, port, log)
    try:
        yield service.wait_until("/ready")
    finally:
        service.stop()


StartInference = Callable[..., Service]
StartTrainer = Callable[..., Service]


@pytest.fixture
def services() -> Iterator[list[Service]]:
    """What was started; stopped at the end."""
    started: list[Service] = []
    yield started
    for service in started:
        service.process.terminate()
    for service in started:
        service.stop()


@pytest.fixture
def start_trainer(services: list[Service], tmp_path: Path) -> StartTrainer:
    """Starts a trainer over a model directory."""

    def start(model_dir: Path, **environ: str) -> Service:
        port = free_port()
        variables = {"TRAINER_PORT": str(port), "MODEL_DIR": str(model_dir), **environ}
        service = Service(["trainer", "serve"], variables, port, tmp_path / "trainer.log")
        services.append(service)
        return service.wait_until("/ready")

    return start


@pytest.fixture
def start_inference(services: list[Service], tmp_path: Path) -> StartInference:
    """Starts an inference service over a model directory."""

    def start(model_dir: Path, trainer: Service | None = None, **environ: str) -> Service:
        port = free_port()
        trainer_url = trainer.url if trainer else "http://127.0.0.1:1"
        variables = {"PORT": str(port), "MODEL_DIR": str(model_dir), "TRAINER_URL": trainer_url}
        service = Service(["inference"], {**variables, **environ}, port, tmp_path / "inference.log")
        services.append(service)
        return service.wait_until("/health")

    return start


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real S3 server."""
    with running_server(tmp_path_factory.mktemp("weed")) as started:
        yield started


@pytest.fixture
def objects(server: Server) -> S3Store:
    """Its bucket."""
    return server.wait()


@pytest.fixture
def address(request: pytest.FixtureRequest) -> str:
    """An address of this test's own."""
    return f"s3://logs/models/{abs(hash(request.node.nodeid))}"
