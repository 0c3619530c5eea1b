"""Methods, on running services."""

from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

from tests.integration.conftest import Service, StartInference, StartTrainer

PATHS = ("/api/v1/health", "/api/v1/ready", "/docs", "/openapi.json", "/api/v1/nowhere")
VOLATILE = {"date", "x-request-id"}


def ask(connection: HTTPConnection, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one answer."""
    connection.request(method, path)
    answer = connection.getresponse()
    headers = {name.lower(): value for name, value in answer.getheaders()}
    return (
        answer.status,
        {k: v for k, v in headers.items() if k not in VOLATILE},
        answer.read(),
    )


def check_head(service: Service, *paths: str) -> None:
    """HEAD and GET in turns on a connection that is kept: no byte of a body comes in between."""
    with closing(HTTPConnection("127.0.0.1", service.port, timeout=30)) as connection:
        for path in paths:
            status, headers, body = ask(connection, "HEAD", path)
            assert body == b""
            got_status, got_headers, got_body = ask(connection, "GET", path)
            assert (status, headers) == (got_status, got_headers)
            assert int(headers["content-length"]) == len(got_body) > 0
        status, headers, _ = ask(connection, "HEAD", "/api/v1/train")
        assert (status, headers["allow"]) == (405, "POST, OPTIONS")


def test_balancers_may_ask_by_head(
    start_trainer: StartTrainer, start_inference: StartInference, model_dir: Path
) -> None:
    """Both services answer HEAD as GET, without the body."""
    check_head(start_trainer(model_dir), *PATHS)
    check_head(start_inference(model_dir).wait_until("/ready"), *PATHS, "/api/v1/model/info")
