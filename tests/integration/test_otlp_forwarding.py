"""OpenTelemetry's logs are passed on to a receiver behind: nothing that was taken is lost."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

from tests.integration.conftest import POOL, Service, StartInference, free_port
from tests.otlp_requests import as_protobuf, record, request

JSON = {"Content-Type": "application/json"}
PROTOBUF = {"Content-Type": "application/x-protobuf"}


class Receiver:
    """A receiver behind, which can be stopped and started again at one address."""

    def __init__(self) -> None:
        self.port = free_port()
        self.status = 200
        self.bodies: list[bytes] = []

    @property
    def url(self) -> str:
        """Where it takes logs."""
        return f"http://127.0.0.1:{self.port}/v1/logs"

    @contextmanager
    def running(self) -> Iterator[None]:
        """While it answers."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.status == 200:
                    receiver.bodies.append(body)
                self.send_response(receiver.status)
                self.send_header("Content-Type", self.headers["Content-Type"])
                self.send_header("Content-Length", "2")
                self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as above
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def export(service: Service, body: bytes, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
    """One export."""
    return POOL.request("POST", f"{service.url}/v1/logs", body=body, headers=headers)


def test_records_go_on_with_their_verdicts(start_inference: StartInference, model_dir: Any) -> None:
    """In the encoding in which they came, and the answer is the receiver's."""
    receiver = Receiver()
    service = start_inference(model_dir, ANOMALY_OTLP_FORWARD=receiver.url)
    whole = request(record("order 17 accepted", 9, "INFO"), record(), service__name="cart")
    with receiver.running():
        answer = export(service, json.dumps(whole).encode(), JSON)
        assert (answer.status, answer.data) == (200, b"{}")
        assert export(service, as_protobuf(whole), PROTOBUF).status == 200
        receiver.status = 400
        assert export(service, as_protobuf(whole), PROTOBUF).status == 400
    (first, second) = receiver.bodies
    marked = json.loads(first)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert len(marked[0]["attributes"]) == 5
    assert "attributes" not in marked[1]
    assert second.count(b"anomaly.is_anomaly") == 1
    text = POOL.request("GET", f"{service.url}/metrics").data.decode()
    assert 'log_anomaly_logs_total{level="INFO",service="cart"} 2.0' in text


def test_nothing_that_was_answered_with_200_is_lost(
    start_inference: StartInference, model_dir: Any
) -> None:
    """While the receiver is away, exporters are told to come again; the order stays."""
    receiver = Receiver()
    service = start_inference(model_dir, ANOMALY_OTLP_FORWARD=receiver.url)
    sent: list[str] = []
    refused = 0

    def export_until(n: int) -> None:
        nonlocal refused
        while len(sent) < n:
            name = f"record {len(sent)} of client"
            body = as_protobuf(request(record(name, 9, "INFO"), service__name="cart"))
            answer = export(service, body, PROTOBUF)
            if answer.status == 200:
                sent.append(name)
            else:
                assert answer.status == 503
                assert int(answer.headers["Retry-After"]) > 0
                refused += 1
                time.sleep(0.02)

    with receiver.running():
        export_until(200)
    client = threading.Thread(target=export_until, args=(400,))
    client.start()
    time.sleep(1)
    with receiver.running():
        client.join(30)
    assert len(sent) == 400
    assert refused > 0
    arrived = [body[body.index(b"record ") :].split(b" of client")[0] for body in receiver.bodies]
    assert arrived == [name.encode().split(b" of client")[0] for name in sent]
