"""Clients that have connected to a worker which then ends."""

import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.integration.conftest import START_TIMEOUT_S, StartInference
from tests.waiting import until


def test_a_client_that_has_yet_to_ask_is_answered(
    start_inference: StartInference, model_dir: Path
) -> None:
    """When all workers are replaced: clients that were accepted and wait before they ask."""
    inference = start_inference(model_dir, WEB_CONCURRENCY="2").wait_until("/ready")
    workers = psutil.Process(inference.process.pid).children()
    with ExitStack() as stack:
        address = ("127.0.0.1", inference.port)
        clients = [
            stack.enter_context(socket.create_connection(address, timeout=START_TIMEOUT_S))
            for _ in range(40)
        ]
        assert inference.call("GET", "/health").status == 200
        inference.process.send_signal(signal.SIGHUP)
        # Longer than a worker drains; nothing shows when it has begun to end.
        psutil.wait_procs(workers, timeout=3)
        for client in clients:
            client.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\n\r\n")
        assert [client.recv(65_536)[9:12] for client in clients] == [b"200"] * 40
    _, alive = psutil.wait_procs(workers, timeout=START_TIMEOUT_S)
    assert not alive


@pytest.mark.parametrize("after_s", [0.0, 0.05, 0.15])
def test_a_worker_may_be_ended_while_it_starts(
    start_inference: StartInference, model_dir: Path, after_s: float
) -> None:
    """At any moment from the fork on: it ends, and says nothing but what is logged."""
    inference = start_inference(model_dir, WEB_CONCURRENCY="1")
    master = psutil.Process(inference.process.pid)
    until(lambda: bool(master.children()), "a worker")
    time.sleep(after_s)
    master.send_signal(signal.SIGTERM)
    assert inference.process.wait(START_TIMEOUT_S) == 0
    assert all(line.startswith("{") for line in inference.log.read_text().splitlines())
