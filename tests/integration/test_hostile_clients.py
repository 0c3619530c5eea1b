"""What one client can do to a running service, and what it cannot."""

import contextlib
import gzip
import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.integration.calls import REQUEST
from tests.integration.conftest import Service, one_worker

BODY: Final = json.dumps(REQUEST).encode()
POST: Final = b"POST /api/v1/predict HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n" % len(BODY)
GET: Final = b"GET /api/v1/health HTTP/1.1\r\nHost: a\r\n\r\n"
STATUS: Final = re.compile(rb"HTTP/1\.1 (\d{3}) ")
UPGRADES: Final = (
    b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQ\r\n",
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
    b"Connection: upgrade\r\nUpgrade: TLS/1.0\r\n",
)


@pytest.fixture(scope="module")
def inference(surprisal_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that all tests attack, whose worker has not died in the end."""
    log = tmp_path_factory.mktemp("hostile") / "inference.log"
    with one_worker(surprisal_dir, log) as service:
        yield service
    assert log.read_text().count("Booting worker") == 1  # none has died


@pytest.fixture
def connect(inference: Service) -> Iterator[Callable[[], socket.socket]]:
    """Opens raw connections, and closes them at the end."""
    made: list[socket.socket] = []

    def open_connection() -> socket.socket:
        made.append(socket.create_connection(("127.0.0.1", inference.port), timeout=30))
        return made[-1]

    yield open_connection
    for connection in made:
        connection.close()


def statuses(client: socket.socket, count: int) -> list[int]:
    """The status of each of `count` answers, or of fewer if the connection ends."""
    data = b""
    while len(STATUS.findall(data)) < count or b"\r\n\r\n" not in data[data.rfind(b"HTTP/1.1 ") :]:
        part = client.recv(1_048_576)
        if not part:
            break
        data += part
    return [int(status) for status in STATUS.findall(data)]


def worker_pid(inference: Service) -> int:
    """The process of the only worker."""
    pid = inference.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0])


@contextlib.contextmanager
def no_more_memory_than(mib: float, inference: Service) -> Iterator[None]:
    """Holds the worker to at most so much more memory, at its peak, than before."""
    process = Path(f"/proc/{worker_pid(inference)}")
    (process / "clear_refs").write_text("5")  # forgets the peak so far (man 5 proc)
    before = _status_mib(process, "VmRSS")
    yield
    assert _status_mib(process, "VmHWM") < before + mib


def _status_mib(process: Path, name: str) -> float:
    (kib,) = re.findall(rf"^{name}:\s+(\d+) kB$", (process / "status").read_text(), re.MULTILINE)
    return int(kib) / 1_024


@pytest.mark.parametrize("upgrade", UPGRADES)
@pytest.mark.parametrize("packets", [1, 2, "each byte"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_request_to_upgrade_is_answered_as_if_it_had_not_asked(
    connect: Callable[[], socket.socket], upgrade: bytes, packets: object, *, chunked: bool
) -> None:
    """RFC 9110, section 7.8. The body is no request, and the next request is read as such."""
    head = POST + upgrade + b"\r\n"
    body = BODY
    if chunked:
        head = head.replace(b"Content-Length: %d" % len(BODY), b"Transfer-Encoding: chunked")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
    client = connect()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(2):
        if packets == 1:
            client.sendall(head + body)
        elif packets == 2:
            client.sendall(head)
            time.sleep(0.05)  # so that they are two
            client.sendall(body)
        else:
            for at in range(len(head + body)):
                client.sendall((head + body)[at : at + 1])
        assert statuses(client, 1) == [200]
    client.sendall(POST + b"\r\n" + BODY + GET)
    assert statuses(client, 2) == [200, 200]


def test_the_body_of_an_upgrade_smuggles_nothing(connect: Callable[[], socket.socket]) -> None:
    """A body that looks like a request is a body."""
    inner = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    client = connect()
    client.sendall(
        b"POST /api/v1/predict HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
        b"Content-Length: %d\r\n\r\n%b%b" % (len(inner), inner, GET)
    )
    assert statuses(client, 2) == [400, 200]


def test_a_tunnel_is_refused(connect: Callable[[], socket.socket]) -> None:
    """And what is sent through it is nothing to us."""
    client = connect()
    client.sendall(b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n" + GET)
    assert len(statuses(client, 2)) == 1


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v1/health HTTP/1.1\r\nA: " + b"a" * 50_000_000,
        b"GET /api/v1/health HTTP/1.1\r\n" + b"A: a\r\n" * 5_000_000,
        b"GET /api/v1/health?" + b"a" * 50_000_000,
        b"GET /api/v1/health HTTP/1.1\r\nA: %b\r\n\r\n" % (b"a" * 66_000),
        b"GET /api/v1/health HTTP/1.1\r\n%b\r\n" % (b"A: a\r\n" * 15_000),
    ],
    ids=["one header", "many headers", "path", "one whole header", "many whole headers"],
)
def test_a_large_head_is_refused(
    inference: Service, connect: Callable[[], socket.socket], head: bytes
) -> None:
    """As soon as it is too large, with a problem that says so."""
    client = connect()
    with no_more_memory_than(20, inference):
        with contextlib.suppress(OSError):  # given up on us
            client.sendall(head)
        answer = client.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert json.loads(answer.partition(b"\r\n\r\n")[2])["type"].endswith(":head-too-large")
        assert inference.call("GET", "/health").status == 200


def test_a_head_of_the_usual_size_is_taken(connect: Callable[[], socket.socket]) -> None:
    """Cookies and tokens of some kilobytes are everyday; so are heads in many packets."""
    client = connect()
    request = GET.replace(b"\r\n\r\n", b"\r\nCookie: %b\r\n\r\n" % (b"a" * 60_000))
    for _ in range(3):
        for at in range(0, len(request), 5_000):
            client.sendall(request[at : at + 5_000])
        assert statuses(client, 1) == [200]


@pytest.mark.parametrize("line", [b"GET /\r\n\r\n", b"GET / HTTP/2.0\r\n\r\n", b"\x16\x03\x01\r\n"])
def test_what_is_not_http_1_is_refused(connect: Callable[[], socket.socket], line: bytes) -> None:
    """With a 400, and the connection ends."""
    client = connect()
    client.sendall(line)
    assert statuses(client, 2) == [400]


@pytest.mark.parametrize("count", [1, 5])
def test_garbage_behind_good_requests_is_answered_behind_them(
    connect: Callable[[], socket.socket], count: int
) -> None:
    """In the order of the requests (RFC 9112, section 9.3.2)."""
    client = connect()
    client.sendall((POST + b"\r\n" + BODY) * count + b"garbage\r\n\r\n")
    assert statuses(client, count + 2) == [200] * count + [400]


@pytest.mark.parametrize("request_", [GET, POST + b"\r\n" + BODY], ids=["GET", "POST"])
def test_pipelined_requests_are_taken_up_a_few_at_a_time(
    inference: Service, connect: Callable[[], socket.socket], request_: bytes
) -> None:
    """A client that sends and does not read is stopped; when it reads, all is answered in order."""
    client = connect()
    client.settimeout(2)
    sent = 0
    with no_more_memory_than(40, inference):
        with contextlib.suppress(TimeoutError):
            while sent < 1_000_000:
                client.sendall(request_ * 10_000)
                sent += 10_000
        assert sent < 1_000_000
        assert inference.call("POST", "/predict", REQUEST).status == 200


@pytest.mark.parametrize("request_", [GET, POST + b"\r\n" + BODY], ids=["GET", "POST"])
def test_pipelined_requests_are_all_answered(
    connect: Callable[[], socket.socket], request_: bytes
) -> None:
    """None is lost between those that are at work and those that wait."""
    client = connect()
    client.settimeout(0)
    to_send, answers = request_ * 3_000 + b"GET /end HTTP/1.1\r\nHost: a\r\n\r\n", b""
    deadline = time.monotonic() + 60
    while b" 404 " not in answers and time.monotonic() < deadline:
        with contextlib.suppress(BlockingIOError):
            to_send = to_send[client.send(to_send[:100_000]) :] if to_send else to_send
        try:
            answers += client.recv(1_048_576)
        except BlockingIOError:
            time.sleep(0.001)
    assert [int(status) for status in STATUS.findall(answers)] == [200] * 3_000 + [404]


NESTED: Final = b'{"log_id":[],"z":[' + b"[[]]," * 3_300_000 + b"[]]}"


@pytest.mark.parametrize("path", ["/predict", "/predict/batch"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (gzip.compress(NESTED), 422),
        (gzip.compress(NESTED.replace(b":[]", b':"a"', 1)), 422),
        (gzip.compress(b"") * 800_000, 400),
        (gzip.compress(b" " * 16_777_216), 400),
        (gzip.compress(b"[" * 16_777_216), 422),
    ],
    ids=["nested beside a fault", "nested", "empty members", "blanks", "brackets"],
)
def test_a_body_costs_no_more_than_its_size(
    inference: Service, path: str, body: bytes, status: int
) -> None:
    """Whatever it decompresses to: memory is some times the largest body, others are answered."""
    with no_more_memory_than(120, inference):
        answer = inference.call("POST", path, body, {"Content-Encoding": "gzip"})
        assert answer.status == status
        assert inference.call("POST", "/predict", REQUEST).status == 200


def test_clients_that_keep_us_waiting_are_given_up(
    inference: Service, connect: Callable[[], socket.socket]
) -> None:
    """Half a request is answered with 408, wherever it stands; silence is closed in silence."""
    half_body, half_head, half_second, silent, early, blank = (connect() for _ in range(6))
    half_body.sendall(POST + b"\r\n{")
    half_head.sendall(b"GET /api/v1/health HTTP/1.1\r\nHo")
    half_second.sendall(GET)
    assert statuses(half_second, 1) == [200]
    half_second.sendall(b"GET /api/v1/hea")
    early.sendall(POST.replace(b"/predict", b"/nowhere") + b"\r\n{")
    assert statuses(early, 1) == [404]
    kept = connect()
    kept.sendall(GET)
    assert statuses(kept, 1) == [200]
    # A client that does not read: answers of more than the kernel keeps for both sides.
    batch = json.dumps({"logs": [REQUEST] * 10_000}).encode()
    reader = connect()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    reader.settimeout(3)
    head = (
        b"POST /api/v1/predict/batch?explain=true HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
    )
    with contextlib.suppress(TimeoutError):
        for _ in range(8):
            reader.sendall(head + b"Content-Length: %d\r\n\r\n" % len(batch) + batch)
    for client in (half_body, half_head, half_second):
        client.settimeout(45)
        assert statuses(client, 2) == [408]
    for client in (silent, early, blank):
        client.settimeout(15)
        assert client.recv(100) == b""
    assert inference.log.read_text().count("connection.given_up") >= 1
    kept.sendall(GET)
    assert statuses(kept, 1) == [200]
    deadline = time.monotonic() + 30
    while _is_connected(inference, reader) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert not _is_connected(inference, reader)


def _is_connected(inference: Service, client: socket.socket) -> bool:
    """Whether the service still holds its end of a connection (a line of /proc/net/tcp)."""
    local = f":{inference.port:04X}"
    remote = f":{client.getsockname()[1]:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, here, there, state, *_ = line.split()
        if here.endswith(local) and there.endswith(remote) and state == "01":
            return True
    return False
