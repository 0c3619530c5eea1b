"""The sender in a process of its own, so that no other thread delays it.

`python -m benchmarks.open_loop.process` reads its orders as JSON from standard input and prints the
outcome as JSON.
"""

import subprocess
import sys
from pathlib import Path

import msgspec

from benchmarks.load import LoadError
from benchmarks.open_loop.sender import PacedRun, Sender
from benchmarks.venvs import ROOT


class Orders(msgspec.Struct, frozen=True):
    """What the process of its own is to do.

    Attributes:
        port: of the service, on 127.0.0.1.
        file: prebuilt requests, each its length in decimal, a newline and its bytes.
        first: how many of them to skip.
        rate: requests a second.
        seconds: how long.
        connections: kept open; a request that finds none free waits for one.
    """

    port: int
    file: str
    first: int
    rate: float
    seconds: float
    connections: int


def send_beside(orders: Orders) -> PacedRun:
    """Have a new process carry the orders out.

    Raises:
        LoadError: it failed.
    """
    command = [sys.executable, "-m", "benchmarks.open_loop.process"]
    done = subprocess.run(
        command, input=msgspec.json.encode(orders), capture_output=True, cwd=ROOT, check=False
    )
    if done.returncode:
        raise LoadError(f"the sender failed: {done.stderr.decode(errors='replace').strip()[-600:]}")
    return msgspec.json.decode(done.stdout, type=PacedRun)


def read_requests(file: Path, first: int = 0) -> list[bytes]:
    """The requests of a `RequestFile`, beginning behind the first requests."""
    requests = []
    with open(file, "rb") as lines:
        while size := lines.readline():
            requests.append(lines.read(int(size)))
    return requests[first:] + requests[:first]


def main() -> None:
    """Carry the orders out."""
    orders = msgspec.json.decode(sys.stdin.buffer.read(), type=Orders)
    requests = read_requests(Path(orders.file), orders.first)
    sender = Sender(orders.port, requests, connections=orders.connections)
    print(msgspec.json.encode(sender.send(orders.rate, orders.seconds)).decode())


if __name__ == "__main__":
    main()
