"""The HTTP plumbing, through a real Falcon app in memory."""

import gzip
import json
import logging
import shutil
import subprocess
import zlib
from http import HTTPStatus
from typing import Final

import falcon
import falcon.asgi
import msgspec
import pytest
from backports import zstd
from falcon import testing

from inference.app import PROBLEMS as INFERENCE_PROBLEMS
from inference.errors import InferenceError
from inference.settings import InferenceSettings
from inference.web.app import make_app
from inference.web.body import read_body
from inference.web.load import Limits, Load
from inference.web.problems import BODY_PROBLEMS, ProblemSpec, ProblemTable
from schemas.api.problems import PROBLEM_MEDIA_TYPE, Problem
from trainer.app import PROBLEMS as TRAINER_PROBLEMS
from trainer.errors import (
    FoundDifferenceError,
    NoLayoutError,
    OutputError,
    TrainingError,
    WorseModelError,
)

LIMIT = 1_000


class TeapotError(Exception):
    """An error of this test's app."""


class EchoResource:
    """Answers the body, or fails as asked."""

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """Echo."""
        resp.data = await read_body(req, LIMIT, Load(Limits(requests=1, held_bytes=LIMIT)))

    async def on_get(self, req: falcon.asgi.Request, _resp: falcon.asgi.Response) -> None:
        """Fail."""
        if req.get_param("known"):
            raise TeapotError("short and stout")
        raise RuntimeError("the password is 1234")


@pytest.fixture
def client() -> testing.TestClient:
    """A client of the echo app."""
    table: ProblemTable = {
        TeapotError: ProblemSpec(HTTPStatus.IM_A_TEAPOT, "teapot", "A teapot", 7)
    }
    app = make_app("inference", table, InferenceSettings(log_level="DEBUG"))
    app.add_route("/echo", EchoResource())
    return testing.TestClient(app)


def problem(result: testing.Result) -> Problem:
    """The problem details in an answer."""
    assert result.headers["content-type"] == PROBLEM_MEDIA_TYPE
    return msgspec.json.decode(result.content, type=Problem)


@pytest.mark.parametrize("body", [b"", b"x", b"x" * LIMIT])
def test_a_body_is_read_whole(client: testing.TestClient, body: bytes) -> None:
    """Up to the limit, plain or gzipped, in one or several gzip members."""
    assert client.simulate_post("/echo", body=body).content == body
    headers = {"Content-Encoding": "gzip"}
    packed = gzip.compress(body[:500]) + gzip.compress(body[500:])
    assert client.simulate_post("/echo", body=packed, headers=headers).content == body


def test_a_body_above_the_limit_is_refused(client: testing.TestClient) -> None:
    """Before it is read if it says its size, and after decompression in any case."""
    refused = client.simulate_post("/echo", body=b"x" * (LIMIT + 1))
    assert problem(refused).status == 413
    assert "1000 bytes at most" in problem(refused).detail
    bomb = gzip.compress(b"\0" * 100_000_000)
    unpacked_bound = client.simulate_post(
        "/echo", body=bomb[:LIMIT], headers={"Content-Encoding": "gzip"}
    )
    assert problem(unpacked_bound).status == 413


@pytest.mark.parametrize("member", [b"", b"x", b"{}" * 300])
def test_many_gzip_members_cost_no_more_than_their_bytes(
    client: testing.TestClient, member: bytes
) -> None:
    """Up to the bound they are joined, above it they are refused before more work is done."""
    headers = {"Content-Encoding": "gzip"}
    packed = gzip.compress(member)
    few = client.simulate_post("/echo", body=packed * (LIMIT // len(packed)), headers=headers)
    assert few.content == member * (LIMIT // len(packed)) or problem(few).status == 413


@pytest.mark.parametrize(
    ("body", "encoding", "status"),
    [
        (b"plain", "gzip", 400),
        (gzip.compress(b"x" * 500, mtime=0)[:-3], "gzip", 400),
        (zlib.compress(b"x"), "deflate", 200),
        (zlib.compress(b"x")[2:-4], "deflate", 200),
        (b"", "deflate", 400),
        (zstd.compress(b"x"), "zstd", 200),
        (zstd.compress(b"x")[:-1], "ZSTD", 400),
        (b"x", "br", 415),
        (b"x", "gzip, zstd", 415),
        (b"x", "identity", 200),
    ],
)
def test_a_wrong_encoding_is_refused(
    client: testing.TestClient, body: bytes, encoding: str, status: int
) -> None:
    """What is not of its encoding, is cut off or is coded otherwise gets a clear answer."""
    headers = {"Content-Encoding": encoding}
    assert client.simulate_post("/echo", body=body, headers=headers).status_code == status


def test_a_known_error_is_answered_by_the_table(client: testing.TestClient) -> None:
    """Status, type, title and Retry-After come from the table, the detail from the error."""
    result = client.simulate_get("/echo", params={"known": "1"})
    assert result.status_code == 418
    assert result.headers["retry-after"] == "7"
    found = problem(result)
    assert (found.type, found.title) == ("urn:problem:log-anomaly:teapot", "A teapot")
    assert found.detail == "short and stout"
    assert found.request_id == result.headers["x-request-id"]


def test_an_unknown_error_leaks_nothing(
    client: testing.TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect of ours is logged with its traceback and answered without its text."""
    result = client.simulate_get("/echo")
    assert result.status_code == 500
    assert b"1234" not in result.content
    (record,) = [entry for entry in caplog.records if entry.message == "request.failed"]
    assert record.exc_info is not None


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [("GET", "/nowhere", 404, "Not Found"), ("DELETE", "/echo", 405, "Method Not Allowed")],
)
def test_falcons_errors_are_problems_too(
    client: testing.TestClient, method: str, path: str, status: int, title: str
) -> None:
    """No path and no method of ours, and still problem details."""
    found = problem(client.simulate_request(method, path))
    assert (found.status, found.title) == (status, title)


@pytest.mark.parametrize("given", ["abc-123", "a" * 128, "00-4bf92f35-01"])
def test_a_request_id_is_taken(client: testing.TestClient, given: str) -> None:
    """A plain id from outside is returned as it is."""
    result = client.simulate_post("/echo", headers={"X-Request-ID": given})
    assert result.headers["x-request-id"] == given


@pytest.mark.parametrize("given", [None, "", "a" * 129, "two words", "a\tb", "é", "{}"])
def test_a_request_id_is_made(client: testing.TestClient, given: str | None) -> None:
    """Without an id, or with an id unfit for logs, a new id is made each time."""
    headers = {} if given is None else {"X-Request-ID": given}
    made = [client.simulate_post("/echo", headers=headers).headers["x-request-id"] for _ in "ab"]
    assert made[0] != made[1]
    assert given not in made
    assert all(len(request_id) == 24 for request_id in made)


def test_debug_logs_every_request(
    client: testing.TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    """At DEBUG there is one event a request, without its body."""
    with caplog.at_level(logging.DEBUG):
        client.simulate_post("/echo", body=b"secret")
    (record,) = [entry for entry in caplog.records if entry.message == "request.answered"]
    assert vars(record)["path"] == "/echo"
    assert "secret" not in str(vars(record))


def test_the_docs_need_no_internet(client: testing.TestClient) -> None:
    """The page loads only files of ours, and each of them is there."""
    page = client.simulate_get("/docs").text
    assert "http" not in page.replace("<!doctype html>", "").lower().split("<body>")[1]
    for name in ("swagger_bundle.js", "swagger_style.css", "start.js"):
        assert f"docs/{name}" in page
        asset = client.simulate_get(f"/docs/{name}")
        assert asset.status_code == 200
        assert len(asset.content) > 100
    assert client.simulate_get("/docs/../secret").status_code == 404
    assert client.simulate_get("/docs/redoc.js").status_code == 404


_CALL: Final = """
let asked = 0, options;
globalThis.SwaggerUIBundle = (given) => { options = given; };
globalThis.confirm = () => { asked += 1; return process.argv[2] === "yes"; };
(0, eval)(process.argv[1]);
let sent = [];
for (const url of ["http://a/api/v1/train", "http://a/api/v1/predict"]) {
  try { sent.push(options.requestInterceptor({ url }).url); } catch (error) {}
}
console.log(JSON.stringify([asked, sent.length]));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(("answer", "sent"), [("yes", 2), ("no", 1)])
def test_the_page_asks_before_it_trains(client: testing.TestClient, answer: str, sent: int) -> None:
    """One click must not replace the model that serves; all other calls are sent at once."""
    script = client.simulate_get("/docs/start.js").text
    command = ["node", "-e", _CALL, script, answer]
    assert json.loads(subprocess.check_output(command)) == [1, sent]


def leaves(error: type[Exception]) -> set[type[Exception]]:
    """The classes below `error` that have none below them."""
    below = error.__subclasses__()
    return {leaf for error_ in below for leaf in leaves(error_)} if below else {error}


def test_every_error_has_a_status() -> None:
    """Each error that a client can meet is in its service's table.

    A broken or missing version never reaches a client: the slot turns it into ModelNotLoadedError
    or goes on with the last good version. Object stores are the mirror's and the registry's matter,
    and files are read, written and compared by jobs, not by the service.
    """
    inside = {"NoModelError", "BrokenVersionError", "RemoteStoreError"}
    assert {e for e in leaves(InferenceError) if e.__name__ not in inside} == set(
        INFERENCE_PROBLEMS
    )
    by_jobs = {FoundDifferenceError, NoLayoutError, OutputError, WorseModelError}
    assert leaves(TrainingError) - by_jobs == set(TRAINER_PROBLEMS)


def test_problem_types_are_unique() -> None:
    """One URI names one kind of problem."""
    for table in (INFERENCE_PROBLEMS, TRAINER_PROBLEMS):
        names = [spec.name for spec in {**BODY_PROBLEMS, **table}.values()]
        assert len(names) == len(set(names))
