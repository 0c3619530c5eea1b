"""The load generator: Debian's wrk, replaying prebuilt requests."""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.progress import say
from benchmarks.results import Run

TIMEOUT_S: Final = 30
"""Longer than any peer takes with 256 connections; a slower answer voids the figure."""

_SCRIPT: Final = Path(__file__).parent / "replay.lua"
_MARK: Final = "RESULT "
_INSTALL: Final = ["apt-get", "install", "-y", "--no-install-recommends", "wrk"]


class LoadError(Exception):
    """wrk is missing or printed nothing that can be read; the message says what to do."""


def ensure_wrk() -> None:
    """Install wrk if it is missing and this user may.

    Raises:
        LoadError: it is missing and cannot be installed here.
    """
    if shutil.which("wrk"):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise LoadError("the load generator wrk is missing; install it: apt-get install wrk")
    say("installing wrk")
    for command in (["apt-get", "update"], _INSTALL):
        subprocess.run(command, capture_output=True, check=False)
    if not shutil.which("wrk"):
        raise LoadError("wrk could not be installed; see: apt-get install wrk")


JSON: Final = "application/json"


def http_post(path: str, body: bytes, media_type: str = JSON) -> bytes:
    """A whole request."""
    return (
        b"POST %b HTTP/1.1\r\nHost: benchmark\r\nContent-Type: %b\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (path.encode(), media_type.encode(), len(body), body)
    )


class RequestFile:
    """Prebuilt HTTP requests for one path; each client goes on where it stopped.

    Going on matters: a round that began with the records of the round before would find their
    verdicts remembered, and all-distinct records would not be distinct.
    """

    def __init__(
        self, file: Path, path: str, bodies: Iterable[bytes], media_type: str = JSON
    ) -> None:
        self.file = file
        self.count = 0
        self._next: dict[str, int] = {}
        with open(file, "wb") as out:
            for body in bodies:
                self.count += 1
                request = http_post(path, body, media_type)
                out.write(b"%d\n%b" % (len(request), request))

    def first(self, client: str) -> int:
        """How many requests to skip."""
        return self._next.get(client, 0)

    def advance(self, client: str, sent: int) -> None:
        """Remember that `client` has sent so many more."""
        self._next[client] = (self.first(client) + sent) % self.count


def run_wrk(port: int, requests: RequestFile, client: str, connections: int, seconds: int) -> Run:
    """Send requests for a while, each connection one after the other.

    Raises:
        LoadError: wrk failed.
    """
    command = ["wrk", "--threads", "1", "--connections", str(connections)]
    command += ["--duration", f"{seconds}s", "--timeout", f"{TIMEOUT_S}s"]
    command += ["--script", str(_SCRIPT), f"http://127.0.0.1:{port}"]
    command += ["--", str(requests.file), str(requests.first(client))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LoadError(f"wrk failed: {(done.stderr or done.stdout).strip()}")
    run = parse_wrk(done.stdout)
    requests.advance(client, run.requests + connections)
    return run


def parse_wrk(output: str) -> Run:
    """Read what replay.lua prints at the end.

    Raises:
        LoadError: the line is not there, or not what it should be.
    """
    lines = [line for line in output.splitlines() if line.startswith(_MARK)]
    if len(lines) != 1:
        raise LoadError(f"wrk printed no result: {output.strip()[-300:]}")
    try:
        return msgspec.json.decode(lines[0].removeprefix(_MARK), type=Run)
    except msgspec.MsgspecError as error:
        raise LoadError(f"wrk's result cannot be read: {error}: {lines[0]}") from error
