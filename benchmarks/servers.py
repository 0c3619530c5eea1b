"""Starting, watching and stopping the services that are measured."""

import http.client
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
import psutil

READY_TIMEOUT_S: Final = 90.0
STOP_TIMEOUT_S: Final = 15.0
POLL_S: Final = 0.005

_ANONYMOUS_KB: Final = re.compile(r"^Pss_Anon: +(\d+) kB$", re.MULTILINE)


class ServiceError(Exception):
    """A service did not start or did not answer; the message ends with the end of its log."""


class Command(msgspec.Struct, frozen=True):
    """How to start a service; everything but where it listens is settled.

    Attributes:
        name: who it is, in tables.
        arguments: the program and its arguments.
        port: where it listens, on 127.0.0.1.
        ready_path: what answers 200 once it can work.
        environment: variables on top of this process's own.
        folder: where it runs.
    """

    name: str
    arguments: Sequence[str]
    port: int
    ready_path: str
    environment: Mapping[str, str]
    folder: Path


class Service:
    """A started service; leaving its context stops it."""

    def __init__(self, command: Command, log: Path) -> None:
        self.name = command.name
        self.port = command.port
        self._ready_path = command.ready_path
        self._log = log
        self.started = time.perf_counter()
        with open(log, "wb") as output:
            self._process = subprocess.Popen(
                command.arguments,
                env={**os.environ, **command.environment},
                cwd=command.folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # so that its children can be stopped with it
            )

    def wait_ready(self) -> float:
        """Wait for the first 200 of its readiness path; returns the seconds since the start.

        Raises:
            ServiceError: it ended, or took too long.
        """
        while time.perf_counter() - self.started < READY_TIMEOUT_S:
            with suppress(OSError, http.client.HTTPException):
                if request(self.port, "GET", self._ready_path)[0] == http.HTTPStatus.OK:
                    return time.perf_counter() - self.started
            if self._process.poll() is not None:
                break
            time.sleep(POLL_S)
        raise ServiceError(f"{self.name} did not get ready: {self.log_end()}")

    def log_end(self) -> str:
        """The end of what it has printed."""
        return self._log.read_text(errors="replace").strip()[-600:]

    def cpu_s(self) -> float:
        """Processor time of all its processes so far, user and system."""
        times = [process.cpu_times() for process in self._processes()]
        return float(sum(spent.user + spent.system for spent in times))

    def pss_bytes(self) -> int:
        """Memory of all its processes; pages shared by n processes count 1/n in each."""
        return sum(int(process.memory_full_info().pss) for process in self._processes())

    def allocated_bytes(self) -> int:
        """Anonymous part of the same: without files mapped, whose share others change as well.

        A library counts less in `pss_bytes` while any other process has it mapped.
        """
        rollups = (
            Path(f"/proc/{process.pid}/smaps_rollup").read_text() for process in self._processes()
        )
        return sum(1024 * int(_ANONYMOUS_KB.findall(rollup)[0]) for rollup in rollups)

    def _processes(self) -> list[psutil.Process]:
        root = psutil.Process(self._process.pid)
        return [root, *root.children(recursive=True)]

    def stop(self) -> None:
        """Ask it to end, then make it; its whole process group is ours."""
        if self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_TIMEOUT_S)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()


def request(
    port: int, method: str, path: str, body: bytes | None = None, timeout_s: float = 300.0
) -> tuple[int, bytes]:
    """One request to a service on this machine; returns status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
