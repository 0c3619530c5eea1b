"""Runs images, without a daemon."""

import http.client
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

ROOT: Final = Path(__file__).parent.parent.parent
USER_ID: Final = 10001
ENTER: Final = Path(__file__).with_name("enter")
START_TIMEOUT_S: Final = 30.0
STOP_TIMEOUT_S: Final = 40.0
COMMAND_TIMEOUT_S: Final = 120.0
POLL_S: Final = 0.02


class HealthCheck(msgspec.Struct, frozen=True, rename="pascal"):
    """A HEALTHCHECK; durations in nanoseconds."""

    test: list[str]
    timeout: int


class ImageConfig(msgspec.Struct, frozen=True, rename="pascal"):
    """The instructions of a Dockerfile that say how to run an image."""

    user: str
    env: list[str]
    cmd: list[str]
    working_dir: str
    stop_signal: str
    healthcheck: HealthCheck
    labels: dict[str, str]
    exposed_ports: dict[str, Any]
    volumes: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        """ENV as a mapping."""
        return dict(entry.split("=", 1) for entry in self.env)


class Mount(msgspec.Struct, frozen=True):
    """A directory of this machine in a container."""

    source: Path
    target: str
    mode: str

    def __str__(self) -> str:
        return f"{self.source}:{self.target}:{self.mode}"


class Answer(msgspec.Struct, frozen=True):
    """What a service answered."""

    status: int
    content_type: str
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return msgspec.json.decode(self.body)


class Container(msgspec.Struct, frozen=True):
    """A running service."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def call(self, path: str, body: Any = None) -> Answer:
        """GET a path, or POST a JSON body to it."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            if body is None:
                connection.request("GET", path)
            else:
                headers = {"Content-Type": "application/json"}
                connection.request("POST", path, msgspec.json.encode(body), headers)
            response = connection.getresponse()
            return Answer(response.status, response.getheader("Content-Type", ""), response.read())

    def stop(self) -> int:
        """Stop it as a runtime does; returns the exit code."""
        self.process.terminate()
        return self.process.wait(STOP_TIMEOUT_S)

    def wait_alive(self) -> None:
        """Wait until it accepts connections; fails with its log if it ends instead."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                pass
            try:
                self.process.wait(POLL_S)
            except subprocess.TimeoutExpired:
                continue
            break
        raise AssertionError(f"not listening on {self.port}; its log:\n{self.log.read_text()}")


class Image(msgspec.Struct, frozen=True):
    """An image, unpacked.

    Attributes:
        root: its root file system.
        config: how it wants to be run.
        size_bytes: of all its layers, the base's included.
        base_bytes: of the base's layers.
    """

    root: Path
    config: ImageConfig
    size_bytes: int
    base_bytes: int

    def run(
        self,
        command: Sequence[str],
        mounts: Sequence[Mount] = (),
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run one command to its end, as the image's user in a read-only root."""
        return subprocess.run(
            self._command(command, mounts, env or {}),
            check=False,
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_S,
        )

    @contextmanager
    def start(
        self,
        port_variable: str,
        mounts: Sequence[Mount],
        env: Mapping[str, str] | None = None,
        enter: Callable[[], None] | None = None,
    ) -> Iterator[Container]:
        """Run the image's own command on a free loopback port until the block ends.

        Args:
            port_variable: names the port to it.
            mounts: what it sees.
            env: variables beside the image's own.
            enter: is called in its process before everything else.
        """
        port = free_port()
        environment = {"HOST": "127.0.0.1", port_variable: str(port), **(env or {})}
        with self.start_job(self.config.cmd, mounts, environment, port, enter) as container:
            container.wait_alive()
            yield container

    @contextmanager
    def start_job(
        self,
        command: Sequence[str],
        mounts: Sequence[Mount],
        env: Mapping[str, str],
        port: int = 0,
        enter: Callable[[], None] | None = None,
    ) -> Iterator[Container]:
        """Run a command until the block ends; where it listens, if it does, is for it to know."""
        with tempfile.TemporaryDirectory() as directory:
            log = Path(directory) / "log"
            with open(log, "wb") as output:
                process = subprocess.Popen(
                    self._command(command, mounts, env),
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    preexec_fn=enter,  # noqa: PLW1509 - this process has no other threads here
                )
            container = Container(process, port, log)
            try:
                yield container
            finally:
                if process.poll() is None:
                    try:
                        container.stop()
                    except subprocess.TimeoutExpired:
                        process.kill()
                        process.wait()

    def _command(
        self, command: Sequence[str], mounts: Sequence[Mount], env: Mapping[str, str]
    ) -> list[str]:
        variables = {**self.config.environment, **env}
        return [
            str(ENTER),
            str(self.root),
            self.config.user,
            *map(str, mounts),
            "--",
            "env",
            "--ignore-environment",
            f"--chdir={self.config.working_dir}",
            *(f"{name}={value}" for name, value in variables.items()),
            *command,
        ]


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def disk_usage(directory: Path) -> int:
    """Bytes in all files below a directory."""
    return sum(path.lstat().st_size for path in directory.rglob("*") if not path.is_dir())
