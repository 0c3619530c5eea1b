"""What all programs have in common: a folder, a command, an output that is collected."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
from abc import ABC, abstractmethod
from importlib.util import find_spec
from pathlib import Path

from samples.generator.collect import Collector, GenerationError

_POSTGRES_FOLDER = Path("/usr/lib/postgresql")
_DEBIAN_PACKAGES = {
    "postgres": "postgresql",
    "initdb": "postgresql",
    "pg_dump": "postgresql-client",
    "redis-server": "redis-server",
    "nginx": "nginx",
    "haproxy": "haproxy",
}
_PYTHON_MODULES = ("psycopg", "psycopg_pool", "redis")


def free_port(wanted: int) -> int:
    """Returns the wanted port of the loopback address, or another if it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_program(name: str) -> str | None:
    """Finds a program: among Postgres' own, on the path or in the system's program folders."""
    places = [str(folder) for folder in _POSTGRES_FOLDER.glob("*/bin")]
    places.sort(reverse=True)
    places += [os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]
    return shutil.which(name, path=os.pathsep.join(places))


def program(name: str) -> str:
    """Returns the path of a program that has to be there."""
    path = find_program(name)
    if path is None:
        raise GenerationError(f"{name} is not installed (Debian: {_DEBIAN_PACKAGES[name]})")
    return path


def check_requirements() -> None:
    """Makes sure that everything to run is installed.

    Raises:
        GenerationError: If something is missing; the message names the packages to install.
    """
    packages = {pkg for name, pkg in _DEBIAN_PACKAGES.items() if find_program(name) is None}
    modules = [name for name in _PYTHON_MODULES if find_spec(name) is None]
    wants = []
    if packages:
        wants.append(f"Debian packages (apt-get install {' '.join(sorted(packages))})")
    if modules:
        names = ", ".join(modules)
        wants.append(f"Python packages {names} (pip install -r samples/requirements.txt)")
    if wants:
        raise GenerationError(f"missing: {' and '.join(wants)}")


class Sandbox:
    """The directory the programs run in, and the collector of what they write.

    Attributes:
        root: The run directory.
        collector: Reads the programs' outputs.
    """

    def __init__(self, root: Path, collector: Collector) -> None:
        """Makes the run directory, which must not be there yet."""
        try:
            root.mkdir(parents=True)
        except FileExistsError:
            raise GenerationError(f"{root} exists: remove it or name another --run-dir") from None
        self.root = root
        self.collector = collector

    def folder(self, name: str, user: str | None) -> Path:
        """Makes a folder in the run directory, owned by the given user (None: the caller)."""
        path = self.root / name
        path.mkdir(parents=True)
        if user is not None:
            shutil.chown(path, user)
        return path

    def remove(self) -> None:
        """Removes the run directory and all in it."""
        shutil.rmtree(self.root)


def environment() -> dict[str, str]:
    """Returns the environment of every program: no trace of the caller's own."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Program(ABC):
    """A program whose output is collected; subclasses say what to run.

    Attributes:
        service: The name of the service in the records.
        ready_text: What the program writes when it is up.
        run_as: The user it runs as when the generator runs as root.
        stop_signal: The signal that ends it in good order.
        folder: Its folder in the run directory.
        user: The user it does run as; None is the caller.
    """

    service = ""
    ready_text = ""
    run_as: str | None = None
    stop_signal = signal.SIGTERM

    def __init__(self, sandbox: Sandbox) -> None:
        """Makes the program's folder and writes its configuration."""
        self._collector = sandbox.collector
        self._process: subprocess.Popen[bytes] | None = None
        self.user = self.run_as if os.geteuid() == 0 else None
        self.folder = sandbox.folder(self.service, self.user)
        self.configure()

    def configure(self) -> None:  # noqa: B027 - a program may need no configuration
        """Writes the configuration files."""

    @abstractmethod
    def command(self) -> list[str]:
        """Returns the command line."""

    def environment(self) -> dict[str, str]:
        """Returns the environment the program gets."""
        return environment()

    @property
    def group(self) -> int | None:
        """The main group of the user the program runs as; None is the caller's."""
        return pwd.getpwnam(self.user).pw_gid if self.user else None

    @property
    def pid(self) -> int:
        """The process id of the running program."""
        if self._process is None:
            raise GenerationError(f"{self.service} is not running")
        return self._process.pid

    def start(self) -> None:
        """Starts the program and waits until it says that it is up."""
        mark = self._collector.mark()
        self._process = subprocess.Popen(
            self.command(),
            cwd=self.folder,
            env=self.environment(),
            user=self.user,
            group=self.group,
            extra_groups=[] if self.user else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdout is not None  # asked for above
        self._collector.attach(self.service, self._process.stdout)
        self._collector.wait_for(self.service, self.ready_text, mark)

    def send(self, number: signal.Signals) -> None:
        """Sends a signal to the program."""
        os.kill(self.pid, number)

    def reload(self) -> None:
        """Makes the program read its configuration again."""
        self.send(signal.SIGHUP)

    def stop(self, number: signal.Signals | None = None) -> None:
        """Ends the program, in good order unless another signal is given."""
        if self._process is None:
            return
        self._process.send_signal(number or self.stop_signal)
        try:
            self._process.wait(timeout=8)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(timeout=8)
        self._process = None
