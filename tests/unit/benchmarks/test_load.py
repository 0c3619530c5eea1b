"""Reading what the load generator prints, and the requests it replays."""

from pathlib import Path

import pytest

from benchmarks.load import LoadError, RequestFile, parse_wrk
from benchmarks.results import Run

OUTPUT = """\
Running 3s test @ http://127.0.0.1:8000
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   401.11us  160.05us   5.63ms   84.17%
  60000 requests in 3.00s, 20.11MB read
  Non-2xx or 3xx responses: 7
RESULT {"requests":60000,"seconds":3.000000,"failures":{"connect":0,"read":1,"write":0,\
"timeout":0,"status":7},"latency_ms":{"p50":0.401,"p90":0.502,"p99":0.903,"max":5.630}}
"""


def test_the_result_line_is_read() -> None:
    """Everything that counts is in the line that replay.lua prints; wrk's own text is ignored."""
    assert parse_wrk(OUTPUT) == Run(
        requests=60_000,
        seconds=3.0,
        failures={"connect": 0, "read": 1, "write": 0, "timeout": 0, "status": 7},
        latency_ms={"p50": 0.401, "p90": 0.502, "p99": 0.903, "max": 5.63},
    )
    assert parse_wrk(OUTPUT).rate == 20_000


@pytest.mark.parametrize(
    "output",
    ["", "unable to connect to 127.0.0.1:1", 'RESULT {"requests":', "RESULT {}", OUTPUT * 2],
)
def test_anything_else_is_an_error(output: str) -> None:
    """No line, two lines or an unexpected line is never taken for a figure."""
    with pytest.raises(LoadError):
        parse_wrk(output)


def test_requests_are_whole_http_requests(tmp_path: Path) -> None:
    """Each is its length, a newline and the bytes to send, so that replaying builds nothing."""
    requests = RequestFile(tmp_path / "requests", "/api/v1/predict", [b'{"a":1}', b"{}"])
    head = b"POST /api/v1/predict HTTP/1.1\r\nHost: benchmark\r\nContent-Type: application/json\r\n"
    whole = [
        head + b'Content-Length: 7\r\n\r\n{"a":1}',
        head + b"Content-Length: 2\r\n\r\n{}",
    ]
    expected = b"".join(b"%d\n%b" % (len(body), body) for body in whole)
    assert requests.file.read_bytes() == expected
    assert requests.count == 2


def test_each_client_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """A round begins behind the records of the client's own last round, and wraps around."""
    requests = RequestFile(tmp_path / "requests", "/", [b"1", b"2", b"3"])
    requests.advance("first", 2)
    assert (requests.first("first"), requests.first("second")) == (2, 0)
    requests.advance("first", 2)
    assert requests.first("first") == 1
