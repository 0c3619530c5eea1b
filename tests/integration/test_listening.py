"""Where running services listen."""

import signal
import socket
import stat
import time
from pathlib import Path

import psutil
import pytest

from tests.integration.conftest import START_TIMEOUT_S, Service, StartInference, free_port
from tests.unit.inference.test_listening import needs_ipv6

HEALTH = b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def answer(family: socket.AddressFamily, address: object) -> bytes:
    """The answer to a request at an address; waits until somebody is there."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while True:
        with socket.socket(family) as client:
            client.settimeout(START_TIMEOUT_S)
            try:
                client.connect(address)  # type: ignore[arg-type]  # of the family
            except (ConnectionRefusedError, FileNotFoundError):
                assert time.monotonic() < deadline
                time.sleep(0.02)  # polling another process: there is nothing to wait on
                continue
            client.sendall(HEALTH)
            with client.makefile("rb") as reader:
                return reader.read()


@needs_ipv6
def test_localhost_and_brackets(start_inference: StartInference, model_dir: Path) -> None:
    """Both families at `localhost`, a single family at `[::1]`."""
    both = start_inference(model_dir, HOST="localhost")
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        assert answer(family, (address, both.port)).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "host", [pytest.param("[::1]", marks=needs_ipv6), pytest.param("::1", marks=needs_ipv6)]
)
def test_an_address_of_ipv6(
    host: str, services: list[Service], model_dir: Path, tmp_path: Path
) -> None:
    """In brackets or not."""
    port = free_port()
    environ = {"HOST": host, "PORT": str(port), "MODEL_DIR": str(model_dir)}
    services.append(Service(["inference"], environ, port, tmp_path / "log"))
    assert answer(socket.AF_INET6, ("::1", port)).startswith(b"HTTP/1.1 200 ")


def test_a_unix_socket(services: list[Service], model_dir: Path, tmp_path: Path) -> None:
    """Its owner and group may connect; it outlives new workers, and is gone after the service."""
    path = tmp_path / "socket"
    environ = {"HOST": f"unix:{path}", "MODEL_DIR": str(model_dir), "WEB_CONCURRENCY": "1"}
    service = Service(["inference"], environ, 0, tmp_path / "log")
    services.append(service)
    assert answer(socket.AF_UNIX, str(path)).startswith(b"HTTP/1.1 200 ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    before = psutil.Process(service.process.pid).children()
    service.process.send_signal(signal.SIGHUP)
    _, alive = psutil.wait_procs(before, timeout=START_TIMEOUT_S)
    assert not alive
    assert answer(socket.AF_UNIX, str(path)).startswith(b"HTTP/1.1 200 ")
    assert service.stop() == 0
    assert not path.exists()


def test_a_second_service_on_a_socket_is_refused(
    services: list[Service], model_dir: Path, tmp_path: Path
) -> None:
    """In one line, and the first goes on; what a killed one left there is replaced."""
    path = tmp_path / "socket"
    environ = {"HOST": f"unix:{path}", "MODEL_DIR": str(model_dir), "WEB_CONCURRENCY": "1"}
    first = Service(["inference"], environ, 0, tmp_path / "first.log")
    services.append(first)
    assert answer(socket.AF_UNIX, str(path)).startswith(b"HTTP/1.1 200 ")
    second = Service(["inference"], environ, 0, tmp_path / "second.log")
    assert second.process.wait(START_TIMEOUT_S) == 1
    expected = f"cannot listen on unix:{path}: Address already in use; choose another path\n"
    assert second.log.read_text() == expected
    workers = psutil.Process(first.process.pid).children()
    first.stop(signal.SIGKILL)
    psutil.wait_procs(workers, timeout=START_TIMEOUT_S)
    assert path.exists()
    third = Service(["inference"], environ, 0, tmp_path / "third.log")
    services.append(third)
    assert answer(socket.AF_UNIX, str(path)).startswith(b"HTTP/1.1 200 ")
