"""Sending at a fixed rate, and what is made of it."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from benchmarks.bars import bars
from benchmarks.load import LoadError, RequestFile
from benchmarks.open_loop.background import Background
from benchmarks.open_loop.experiment import ALL, ALONE
from benchmarks.open_loop.process import Orders, read_requests, send_beside
from benchmarks.open_loop.sender import Sender, percentiles_ms
from benchmarks.report import report
from benchmarks.results import About, OpenLoopSection, Pace, Results, Run, Series
from benchmarks.servers import free_port

ABOUT = About("2026-11-26T10:00:00+00:00", "python -m benchmarks", 2, 1, quick=False)

Answer = Callable[[int], list[bytes] | None]
"""The pieces that answer the n-th request; None closes the connection."""

REQUEST_BYTES = 3


def ok(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole answer."""
    lines = [b"HTTP/1.1 " + status, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join([*lines, b"", body])


@contextmanager
def serving(answer: Answer) -> Iterator[int]:
    """A server of requests that are three bytes long; gives its port."""
    count = iter(range(1_000_000))

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            while client.recv(REQUEST_BYTES, socket.MSG_WAITALL):
                pieces = answer(next(count))
                if pieces is None:
                    return
                for piece in pieces:
                    client.sendall(piece)

    def accept() -> None:
        with suppress(OSError):  # it was shut down
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        acceptor.join()


def test_each_answer_belongs_to_its_request() -> None:
    """Requests go round in their order; a body is whole however its answer was cut."""
    found = []
    whole = ok(b"body" * 50)
    pieces = [whole[:10], whole[10:60], whole[60:]]
    with serving(lambda _: pieces) as port:
        sender = Sender(
            port,
            [b"aaa", b"bbb"],
            connections=1,
            on_answer=lambda index, body: found.append((index, body)),
        )
        outcome = sender.send(rate=1_000, seconds=0.005)
    assert found == [(index, b"body" * 50) for index in (0, 1, 0, 1, 0)]
    assert outcome.run.requests == 5
    assert sum(outcome.run.failures.values()) == 0


def test_a_stall_counts_for_every_request_that_was_due() -> None:
    """Twenty requests are due within 20 ms; the first answer comes after 100 ms, so all waited."""
    begun = time.monotonic()

    def answer(_: int) -> list[bytes]:
        time.sleep(max(begun + 0.1 - time.monotonic(), 0))  # the stall
        return [ok(b"")]

    with serving(answer) as port:
        begun = time.monotonic()
        outcome = Sender(port, [b"aaa"], connections=1).send(rate=1_000, seconds=0.02)
    assert outcome.run.requests == 20
    assert outcome.run.latency_ms["p50"] >= 80


@pytest.mark.parametrize(
    ("answer", "kind", "timeout_s"),
    [
        (lambda _: [ok(b"", status=b"503 Service Unavailable")], "status", 60.0),
        (lambda _: None, "closed", 60.0),
        (lambda _: [ok(b"body")[:-1]], "unanswered", 0.1),
    ],
)
def test_what_is_not_answered_is_a_failure(answer: Answer, kind: str, timeout_s: float) -> None:
    """Another status, a connection that ends, an answer that never does: each by its name."""
    with serving(answer) as port:
        sender = Sender(port, [b"aaa"], connections=3, timeout_s=timeout_s)
        run = sender.send(rate=1_000, seconds=0.003).run
    assert {kind: count for kind, count in run.failures.items() if count} == {kind: 3}
    assert run.requests == 0


def test_a_service_that_is_not_there_is_a_failure() -> None:
    """Every request that cannot be sent counts, and the sender comes to its end."""
    run = Sender(free_port(), [b"aaa"], connections=2).send(rate=1_000, seconds=0.004).run
    assert run.failures["connect"] == 4


def test_a_service_may_close_a_connection_that_is_not_in_use() -> None:
    """Announced or not, once the answer is whole: the next request opens another connection."""
    with serving(lambda _: [ok(b"", b"Connection: close")]) as port:
        run = Sender(port, [b"aaa"], connections=1).send(rate=1_000, seconds=0.005).run
    assert (run.requests, sum(run.failures.values())) == (5, 0)


def test_a_percentile_is_a_value_that_was_measured() -> None:
    """By rank, so that a single stall of a thousand requests is the p99.9."""
    seconds = [0.001] * 999 + [0.5]
    assert percentiles_ms(seconds) == {"p50": 1, "p90": 1, "p99": 1, "p99.9": 500, "max": 500}
    assert percentiles_ms([]) == {}


def test_the_process_of_its_own_goes_on_where_it_is_ordered(tmp_path: Path) -> None:
    """Requests that were skipped come last; a failure of the process is reported."""
    file = RequestFile(tmp_path / "requests", "/", [b"1", b"2", b"3"])
    bodies = [request.rpartition(b"\r\n\r\n")[2] for request in read_requests(file.file, 1)]
    assert bodies == [b"2", b"3", b"1"]
    with pytest.raises(LoadError, match="No such file"):
        send_beside(Orders(1, str(tmp_path / "missing"), 0, 1.0, 1.0, 1))


def test_the_process_of_its_own_sends(tmp_path: Path) -> None:
    """What it prints is the outcome, as if it had been sent from here."""
    (tmp_path / "requests").write_bytes(b"3\naaa")
    with serving(lambda _: [ok(b"")]) as port:
        outcome = send_beside(Orders(port, str(tmp_path / "requests"), 0, 100.0, 0.05, 2))
    assert (outcome.run.requests, sum(outcome.run.failures.values())) == (5, 0)
    assert outcome.sender_cpu_s > 0


def test_what_goes_on_beside_the_load_counts_its_faults() -> None:
    """A step is repeated until the context is left; what it returns or raises is kept."""
    done = threading.Event()
    outcomes: Iterator[str | OSError] = iter(["", "status 503", OSError("reset")])

    def step() -> str:
        outcome = next(outcomes, None)
        if outcome is None:
            done.set()
            return ""
        if isinstance(outcome, OSError):
            raise outcome
        return outcome

    with Background(step) as background:
        assert done.wait(60)
    assert background.faults == {"status 503": 1, "OSError: reset": 1}
    assert background.steps >= 4


def series(target: str, p99: float, *, status: int = 0) -> Series:
    """One round of a situation."""
    latency = {"p50": 0.5, "p90": 0.6, "p99": p99, "p99.9": 2 * p99, "max": 9.0}
    return Series(target, "real", 0, 64, [Run(1_000, 1.0, {"status": status}, latency)])


def results(*found: Series) -> Results:
    """Results of the experiment alone."""
    pace = [Pace(series_.target, [0.25], [0.125]) for series_ in found]
    return Results(open_loop=OpenLoopSection(ABOUT, 20_000, 10_000, list(found), pace))


def test_the_bars_are_on_the_busiest_situation() -> None:
    """Its p99 and p99.9; however quick the service is alone, and void if anything failed."""
    measured = {
        bar.must: (bar.measured, bar.reached)
        for bar in bars(results(series(ALONE, 0.5), series(ALL, 2.4)))
        if bar.what.startswith("open loop")
    }
    assert measured == {"<= 2.00 ms": ("2.40 ms", False), "<= 5.00 ms": ("4.80 ms", True)}
    void = [bar for bar in bars(results(series(ALL, 1.0, status=1))) if "open loop" in bar.what]
    assert {(bar.measured, bar.reached) for bar in void} == {("void: 1 x status", None)}


def test_the_sender_stands_beside_what_it_measured() -> None:
    """Each situation has its latencies, the sender's share of a core and its own lateness."""
    text = report(results(series(ALONE, 0.7), series(ALL, 2.0, status=3)), [])
    assert "## Open loop at 10,000 requests a second" in text
    assert f"| {ALONE} | 0.50 | 0.60 | 0.70 | 1.40 | 9.00 | 0.25 | 0.12 |" in text
    assert f"| {ALL} | void: 3 x status |" in text
