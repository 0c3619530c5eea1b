"""Workers whose master was killed."""

import signal
import socket
from pathlib import Path

import psutil

from tests.integration.conftest import START_TIMEOUT_S, Service, StartInference, StartTrainer


def until_gone(processes: list[psutil.Process]) -> None:
    """Wait until none of the processes runs any more."""
    _, alive = psutil.wait_procs(processes, timeout=START_TIMEOUT_S)
    assert not alive


def check_end(service: Service) -> None:
    """Kill the master while a client has half a request there and another is idle."""
    workers = psutil.Process(service.process.pid).children()
    assert workers
    address = ("127.0.0.1", service.port)
    with socket.create_connection(address) as idle, socket.create_connection(address) as half:
        idle.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\n\r\n")
        assert idle.recv(65_536).startswith(b"HTTP/1.1 200 ")
        half.sendall(b"POST /api/v1/train HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{")
        service.stop(signal.SIGKILL)
        until_gone(workers)
    with socket.create_server(address):
        pass  # the port is free
    assert "worker.orphaned" in service.log.read_text()


def test_workers_end_with_their_master(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """Of both services, whatever they are doing; the port can be taken again."""
    check_end(start_trainer(model_dir))
    check_end(start_inference(model_dir))
