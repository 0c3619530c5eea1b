"""The service behind nginx and HAProxy of Debian, as docs/proxies.md sets them up."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

import psutil
import pytest
import urllib3

from schemas.api.operations import API_PREFIX
from tests.e2e import proxies
from tests.e2e.peers import Serving, sample_logs, wait_for

Proxy = Callable[..., AbstractContextManager[str]]

LOG: Final = {"log_id": "a", "message": "order 17 accepted", "level": "INFO", "service": "cart"}
PROBLEM: Final = "application/problem+json"


OTHER_CALLS: Final[dict[Proxy, dict[str, str]]] = {
    proxies.nginx: {"proxy_read_timeout 60s": "proxy_read_timeout 1s"},
    proxies.haproxy: {"timeout server 60s": "timeout server 1s"},
}
"""Less time for all but trainings."""


@pytest.fixture(params=["nginx", "haproxy"])
def proxy(request: pytest.FixtureRequest) -> Proxy:
    """Starts a proxy in front of services."""
    started: Proxy = getattr(proxies, request.param)
    return started


@pytest.fixture
def client() -> Iterator[urllib3.PoolManager]:
    """Keeps one connection; tries nothing twice."""
    with urllib3.PoolManager(maxsize=1, retries=False, timeout=60.0) as pool:
        yield pool


def post(client: urllib3.PoolManager, url: str, body: Any, **headers: str) -> Any:
    """One call; a body that is not bytes is sent as JSON."""
    given = {"Content-Type": "application/json", **headers}
    if isinstance(body, bytes):
        return client.request("POST", url, body=body, headers=given)
    return client.request("POST", url, json=body, headers=given)


def address(serving: Serving) -> str:
    """Host and port of a service."""
    return serving.url.removeprefix("http://")


def test_answers_are_those_of_the_service(
    serving: Serving, proxy: Proxy, client: urllib3.PoolManager, tmp_path: Path
) -> None:
    """GET, HEAD and POST, request ids, problems, and the address that pages call by."""
    with proxy(tmp_path, [address(serving)]) as url:
        for path in ("/api/v1/ready", "/api/v1/models", "/openapi.json"):
            assert client.request("GET", f"{url}{path}").data == (
                client.request("GET", f"{serving.url}{path}").data
            )
            head = client.request("HEAD", f"{url}{path}")
            assert (head.status, head.data) == (200, b"")
        answer = post(client, f"{url}/api/v1/predict", LOG, **{"X-Request-ID": "mine-1"})
        assert answer.json() == serving.post("/api/v1/predict", LOG)
        assert answer.headers["X-Request-ID"] == "mine-1"
        wrong = post(client, f"{url}/api/v1/predict", {"log_id": "a"})
        assert (wrong.status, wrong.headers["Content-Type"]) == (422, PROBLEM)


def test_connections_are_kept_on_both_sides(
    serving: Serving, proxy: Proxy, client: urllib3.PoolManager, tmp_path: Path
) -> None:
    """Three hundred calls open a handful of connections to the service."""
    port = int(serving.url.rpartition(":")[2])
    with proxy(tmp_path, [address(serving)]) as url:
        for _ in range(300):
            assert post(client, f"{url}/api/v1/predict", LOG).status == 200
        ends = [connection for connection in psutil.net_connections("tcp") if connection.raddr]
        assert 1 <= len([connection for connection in ends if connection.raddr.port == port]) < 60
    (pool,) = [client.connection_from_url(url)]
    assert pool.num_connections == 1


def test_large_bodies_pass_and_larger_ones_are_refused_by_the_service(
    serving: Serving, proxy: Proxy, client: urllib3.PoolManager, tmp_path: Path
) -> None:
    """15 MB of logs are answered in full; above the service's bound it says so itself."""
    logs = [{**LOG, "log_id": str(n), "message": "x" * 1_450} for n in range(10_000)]
    with proxy(tmp_path, [address(serving)]) as url:
        answer = post(client, f"{url}/api/v1/predict/batch", {"logs": logs})
        assert answer.status == 200
        assert len(answer.json()["predictions"]) == len(logs)
        too_large = post(client, f"{url}/api/v1/predict/batch", b" " * 16_900_000)
        assert (too_large.status, too_large.headers["Content-Type"]) == (413, PROBLEM)


def test_no_model_and_no_service_are_503_with_retry_after(
    bare_serving: Serving,
    sample_store: Path,
    proxy: Proxy,
    client: urllib3.PoolManager,
    tmp_path: Path,
) -> None:
    """So that shippers send again; once there is a model they are answered."""
    with proxy(tmp_path, [address(bare_serving)]) as url:

        def call() -> Any:
            return post(client, f"{url}/api/v1/logs", LOG)

        answer = call()
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        bare_serving.store.symlink_to(sample_store)
        wait_for(lambda: call().status == 200)
        bare_serving.stop()
        wait_for(lambda: call().status == 503)
        assert int(call().headers["Retry-After"]) > 0


def test_a_head_beyond_the_services_bound_is_refused_by_it(
    sample_store: Path, client: urllib3.PoolManager, tmp_path: Path
) -> None:
    """431 passes through nginx, where its own bound is above the service's."""
    serving = Serving(tmp_path, sample_store, ANOMALY_MAX_HEAD_BYTES="16384")
    serving.start()
    headers = {f"X-{n}": "x" * 1_500 for n in range(16)}
    try:
        with proxies.nginx(tmp_path, [address(serving)]) as url:
            answer = client.request("GET", f"{url}/api/v1/ready", headers=headers)
            assert answer.status == 431
    finally:
        serving.stop()


@pytest.mark.parametrize(("name", "status"), [("nginx", 400), ("haproxy", 400)])
def test_a_head_beyond_the_proxys_bound_is_refused_by_the_proxy(
    serving: Serving, client: urllib3.PoolManager, tmp_path: Path, name: str, status: int
) -> None:
    """With the status that the page says."""
    headers = {f"X-{n}": "x" * 1_500 for n in range(40)}
    with getattr(proxies, name)(tmp_path, [address(serving)]) as url:
        assert client.request("GET", f"{url}/api/v1/ready", headers=headers).status == status


def test_trainings_have_more_time_than_other_calls(
    sample_store: Path, proxy: Proxy, client: urllib3.PoolManager, tmp_path: Path
) -> None:
    """What a training takes longer than other calls may is left to the service to end."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        environ = {
            "TRAINER_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "ANOMALY_SERVE_TRAIN_TIMEOUT_S": "2.5",
        }
        serving = Serving(tmp_path, sample_store, **environ)
        serving.start()
        try:
            with proxy(tmp_path, [address(serving)], **OTHER_CALLS[proxy]) as url:
                answer = post(client, f"{url}{API_PREFIX}/train", {"training_data": []})
                assert (answer.status, answer.headers["Content-Type"]) == (504, PROBLEM)
        finally:
            serving.stop()


def test_a_unix_socket_serves_as_well(
    sample_store: Path, proxy: Proxy, client: urllib3.PoolManager, tmp_path: Path
) -> None:
    """The service listens on no port at all."""
    path = tmp_path / "socket"
    serving = Serving(tmp_path, sample_store, HOST=f"unix:{path}")
    serving.launch()
    try:
        wait_for(path.exists)
        path.chmod(0o666)  # nginx's workers are of another user
        with proxy(tmp_path, [f"unix:{path}"]) as url:
            wait_for(lambda: post(client, f"{url}/api/v1/predict", LOG).status == 200)
            logs = sample_logs(500)
            answer = post(client, f"{url}/api/v1/logs", logs)
            assert answer.json()["log_count"] == 500
    finally:
        serving.stop()


def test_haproxy_loses_no_call_when_one_of_two_services_is_stopped(
    serving: Serving, sample_store: Path, client: urllib3.PoolManager, tmp_path: Path
) -> None:
    """Under load, and again when it is back."""
    (tmp_path / "other").mkdir()
    other = Serving(tmp_path / "other", sample_store)
    other.start()
    statuses: list[int] = []
    ending = threading.Event()

    def load(url: str) -> None:
        while not ending.is_set():
            try:
                statuses.append(post(client, f"{url}/api/v1/predict", LOG).status)
            except urllib3.exceptions.HTTPError:
                statuses.append(0)

    with proxies.haproxy(tmp_path, [address(serving), address(other)]) as url:
        thread = threading.Thread(target=load, args=(url,))
        thread.start()
        for _ in range(2):
            wait_for(lambda: other.n_judged() > 50)
            other.stop()
            seen = len(statuses)
            wait_for(lambda seen=seen: len(statuses) > seen + 300)  # type: ignore[misc]
            other.start()
        ending.set()
        thread.join()
    other.stop()
    assert set(statuses) == {200}


def test_json_lines_stream_through_haproxy(serving: Serving, tmp_path: Path) -> None:
    """Far more than any buffer holds, each line answered."""
    line = b'{"log_id": "a", "message": "order accepted", "level": "INFO", "service": "cart"}\n'
    n_lines = 100_000
    with proxies.haproxy(tmp_path, [address(serving)]) as url:
        assert streamed(url, line, n_lines) == n_lines


def streamed(url: str, line: bytes, n_lines: int) -> int:
    """Answers to lines that are sent while the answers are read."""
    port = int(url.rpartition(":")[2])
    head = b"POST /api/v1/predict/batch HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
    head += b"Content-Type: application/x-ndjson\r\nContent-Length: %d\r\n\r\n" % (
        len(line) * n_lines
    )
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        sender = threading.Thread(target=connection.sendall, args=(head + line * n_lines,))
        sender.start()
        response = http.client.HTTPResponse(connection)
        response.begin()
        answer = response.read()
        sender.join()
    return answer.count(b'"is_anomaly"')
