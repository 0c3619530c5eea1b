"""A log processor that asks about every line and loses none: JSON lines in, anomalies out.

    python -m examples.log_processor http://127.0.0.1:8000 app.jsonl --follow --position place.json
    python -m examples.log_processor http://127.0.0.1:8000 < app.jsonl
    kubectl logs -f deploy/app | python -m examples.log_processor http://127.0.0.1:8000

Lines go to `POST /api/v1/logs` as they were written. As long as the service cannot take them (it
restarts, it has no model yet, it is busy, the network is away) they are sent again. A line that
cannot be judged is reported and passed over. Of each anomaly a line of JSON is written.

With `--position` the place in the file is kept, behind lines whose anomalies have been written: a
processor that is killed and started again goes on there, also in a file that was renamed meanwhile.
Some lines may be judged twice then, none is left out. What a pipe has handed over is held in memory
alone. Where the service asks for tokens, LOG_ANOMALY_TOKEN holds one with the scope predict.
"""

import argparse
import itertools
import os
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
import urllib3

PIECE_BYTES: Final = 65_536
"""Read at once: a few hundred lines, which are then judged in one call."""

MAX_LINE_BYTES: Final = 1_048_576
"""A longer line is cut, since the service takes none."""

LOOK_S: Final = 0.2
"""How often the end of a file is checked for more."""

SETTLE_S: Final = 3.0
"""How long a renamed file is still read: programs go on writing to it until they look."""

TIMEOUT_S: Final = 30.0

BUSY: Final = frozenset({429, 502, 503, 504})
"""The service, or what is in front of it, cannot take lines just now."""

AT_FAULT: Final = frozenset({400, 413, 422, 500})
"""Some line is at fault: it is looked for, so that the others are judged."""

MIN_WAIT_S: Final = 0.1
MAX_WAIT_S: Final = 10.0


class Verdict(msgspec.Struct):
    """What is needed of a verdict."""

    position: int
    anomaly_score: float
    pattern_id: str
    why: str


class BadLine(msgspec.Struct):
    """A line that could not be judged."""

    position: int
    problem: str


class Answer(msgspec.Struct):
    """What is needed of an answer: the anomalies, and the first lines that are no logs."""

    logs: list[Verdict]
    bad: list[BadLine]
    bad_count: int


class Service:
    """Asks the service about lines, as often as it takes."""

    def __init__(self, url: str, token: str | None) -> None:
        self._url = f"{url}/api/v1/logs"
        self._headers = {"Content-Type": "application/x-ndjson"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT_S)

    def anomalies(self, lines: list[bytes]) -> Iterator[tuple[bytes, Verdict]]:
        """The lines that are anomalies, with their verdicts."""
        response = self._post(b"\n".join(lines))
        if response.status in AT_FAULT and len(lines) > 1:
            half = len(lines) // 2
            yield from self.anomalies(lines[:half])
            yield from self.anomalies(lines[half:])
        elif response.status in AT_FAULT:
            report(f"passed over a line: the service answers {response.status}")
        elif response.status != 200:  # noqa: PLR2004 - the one good status
            sys.exit(f"{self._url} answers {response.status}: {response.data.decode()}")
        else:
            answer = msgspec.json.decode(response.data, type=Answer)
            if answer.bad_count:
                report(f"passed over {answer.bad_count} lines, the first: {answer.bad[0].problem}")
            for verdict in answer.logs:
                yield lines[verdict.position], verdict

    def _post(self, body: bytes) -> urllib3.BaseHTTPResponse:
        """Send lines until they are taken or refused."""
        for attempt in itertools.count():
            try:
                response = self._pool.request(
                    "POST", self._url, body=body, headers=self._headers, redirect=False
                )
            except urllib3.exceptions.HTTPError as error:
                problem, wait_s = type(error).__name__, 0.0
            else:
                if response.status not in BUSY:
                    return response
                problem, wait_s = f"answer {response.status}", seconds_to_wait(response)
            # Longer and longer, and not all processors at the same moment.
            backoff_s = min(MIN_WAIT_S * 2 ** min(attempt, 10), MAX_WAIT_S)
            wait_s = max(wait_s, backoff_s * random.uniform(0.5, 1))  # noqa: S311 - no secret
            report(f"{problem}; the lines are sent again in {wait_s:.1f} s")
            time.sleep(wait_s)
        raise AssertionError("counting has no end")


def seconds_to_wait(response: urllib3.BaseHTTPResponse) -> float:
    """What `Retry-After` says; a date (RFC 9110, section 10.2.3) counts as no answer."""
    header = response.headers.get("Retry-After", "")
    return min(float(header), 10 * MAX_WAIT_S) if header.isdecimal() else 0.0


class Place(msgspec.Struct, frozen=True):
    """A place in a file.

    Attributes:
        inode: which file, whatever it is called by now.
        offset: bytes before it.
    """

    inode: int
    offset: int


class PlaceFile:
    """Keeps a place, whole at any moment."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Place | None:
        """The place that was kept last, if any."""
        if not self._path.exists():
            return None
        return msgspec.json.decode(self._path.read_bytes(), type=Place)

    def keep(self, place: Place) -> None:
        """Keep a place instead of the last place."""
        new = self._path.with_name(f"{self._path.name}.new")
        new.write_bytes(msgspec.json.encode(place))
        new.replace(self._path)


def read_lines(stream: BinaryIO, *, last: bool) -> Iterator[tuple[list[bytes], int]]:
    """Whole lines as they come, and how many bytes they are with their ends.

    Args:
        stream: a file or a pipe; what is there is read, without waiting for more.
        last: whether what has no line end at the end of the stream is a line.
    """
    rest = b""
    while piece := stream.read1(PIECE_BYTES):  # type: ignore[attr-defined]  # buffers have it
        *lines, rest = (rest + piece).split(b"\n")
        n_bytes = sum(map(len, lines)) + len(lines)
        if len(rest) > MAX_LINE_BYTES:
            n_bytes += len(rest)
            lines, rest = [*lines, rest], b""
        if lines:
            yield lines, n_bytes
    if rest and last:
        yield [rest], len(rest)


def read_file(
    path: Path, place: Place | None, *, follow: bool
) -> Iterator[tuple[list[bytes], Place]]:
    """The lines of a file behind a place, and the places behind them.

    Args:
        path: of the file.
        place: in this file, or in the file that had its name before.
        follow: wait for more, in this file and in each that takes its name.
    """
    while True:
        while follow and not path.exists():
            time.sleep(LOOK_S)
        with open_at(path, place) as stream:
            inode = os.fstat(stream.fileno()).st_ino
            place = Place(inode, stream.tell())
            leave_at = time.monotonic() + SETTLE_S
            is_over = False
            while not is_over:
                now = time.monotonic()
                is_moved = path.exists() and path.stat().st_ino != inode
                if not is_moved:
                    leave_at = now + SETTLE_S
                is_over = not follow or now > leave_at
                if os.fstat(stream.fileno()).st_size < place.offset:  # emptied, as by copytruncate
                    place = Place(inode, 0)
                stream.seek(place.offset)
                for lines, n_bytes in read_lines(stream, last=is_over):
                    place = Place(inode, place.offset + n_bytes)
                    yield lines, place
                time.sleep(0 if is_over else LOOK_S)
        if not is_moved:
            return
        place = None


def open_at(path: Path, place: Place | None) -> BinaryIO:
    """A file at a place in it, whatever it is called by now; if it is gone, `path` from the start.

    A file that is shorter than the place was emptied, and is begun anew.
    """
    if place is not None:
        for candidate in (path, *path.parent.glob(f"{path.name}*")):
            status = candidate.stat() if candidate.exists() else None
            if status and status.st_ino == place.inode and status.st_size >= place.offset:
                stream = candidate.open("rb")
                stream.seek(place.offset)
                return stream
    return path.open("rb")


def process(service: Service, lines: list[bytes], out: BinaryIO) -> None:
    """Ask about lines and write the anomalies among them, all of it before this returns."""
    lines = [line for line in lines if line.strip()]
    for line, verdict in service.anomalies(lines) if lines else ():
        found = {
            "anomaly_score": verdict.anomaly_score,
            "why": verdict.why,
            "pattern_id": verdict.pattern_id,
            "line": line.decode("utf-8", "replace"),
        }
        out.write(msgspec.json.encode(found) + b"\n")
    out.flush()


def report(what: str) -> None:
    """Print for whoever runs this; nothing of the text of logs."""
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    """Process a file or standard input."""
    parser = argparse.ArgumentParser(description="Write the anomalies among JSON lines.")
    parser.add_argument("url", help="of the service, such as http://127.0.0.1:8000")
    parser.add_argument("file", nargs="?", type=Path, help="default: standard input")
    parser.add_argument("--follow", action="store_true", help="wait for more at the file's end")
    parser.add_argument("--position", type=Path, help="where the place in the file is kept")
    options = parser.parse_args()
    if options.file is None and (options.follow or options.position):
        parser.error("--follow and --position need a file")
    service = Service(options.url.rstrip("/"), os.environ.get("LOG_ANOMALY_TOKEN"))
    out = sys.stdout.buffer
    if options.file is None:
        for lines, _ in read_lines(sys.stdin.buffer, last=True):
            process(service, lines, out)
        return
    kept = PlaceFile(options.position) if options.position else None
    begin = kept.read() if kept else None
    for lines, place in read_file(options.file, begin, follow=options.follow):
        process(service, lines, out)
        if kept:
            kept.keep(place)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
