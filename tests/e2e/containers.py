"""Builds images with buildah and runs them, without a daemon."""

import http.client
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
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
BUILD_TIMEOUT_S: Final = 600.0
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
    """

    root: Path
    config: ImageConfig
    size_bytes: int

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
        self, port_variable: str, mounts: Sequence[Mount], env: Mapping[str, str] | None = None
    ) -> Iterator[Container]:
        """Run the image's own command on a free loopback port until the block ends."""
        port = free_port()
        environment = {"HOST": "127.0.0.1", port_variable: str(port), **(env or {})}
        command = self._command(self.config.cmd, mounts, environment)
        with tempfile.TemporaryDirectory() as directory:
            log = Path(directory) / "log"
            with open(log, "wb") as output:
                process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            container = Container(process, port, log)
            try:
                container.wait_alive()
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


class Buildah:
    """buildah with all of its state in one directory."""

    def __init__(self, state: Path) -> None:
        self._command = [
            "buildah",
            "--storage-driver=vfs",
            f"--root={state / 'root'}",
            f"--runroot={state / 'run'}",
        ]

    def import_image(self, archive: Path, name: str) -> None:
        """Make an image of a root file system in a tar file."""
        container = self._run("from", "scratch")
        self._run("add", "--quiet", container, str(archive), "/")
        self._run("commit", "--quiet", "--rm", container, name)

    def build(self, context: Path, dockerfile: str, mounts: Sequence[Mount]) -> Image:
        """Build a Dockerfile and unpack the image."""
        name = f"localhost/{dockerfile.lower()}"
        self._run(
            "bud",
            "--isolation=chroot",
            "--network=host",
            "--pull=never",
            "--format=docker",  # the other format has no health checks
            *(f"--volume={mount}" for mount in mounts),
            f"--file={context / dockerfile}",
            f"--tag={name}",
            str(context),
        )
        description = msgspec.json.decode(self._run("inspect", "--type=image", name))
        sizes = msgspec.json.decode(self._run("images", "--json", name))
        container = self._run("from", "--pull-never", name)
        return Image(
            Path(self._run("mount", container)),
            msgspec.convert(description["Docker"]["config"], ImageConfig),
            _bytes(sizes[0]["size"]),
        )

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._command, *arguments],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if arguments[0] == "bud" else subprocess.PIPE,
            text=True,
            timeout=BUILD_TIMEOUT_S,
        )
        assert done.returncode == 0, f"buildah {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout.strip()


def _bytes(size: str) -> int:
    """A size as buildah writes it, such as "333 MB"."""
    number, unit = size.split()
    return int(float(number) * {"KB": 1e3, "MB": 1e6, "GB": 1e9}[unit])


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def disk_usage(directory: Path) -> int:
    """Bytes in all files below a directory."""
    return sum(path.lstat().st_size for path in directory.rglob("*") if not path.is_dir())
