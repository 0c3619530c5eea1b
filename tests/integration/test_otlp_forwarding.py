"""OpenTelemetry's logs are passed on to a receiver behind: nothing that was taken is lost."""

import json
import threading
import time
from typing import Any

import urllib3

from tests.integration.conftest import POOL, Service, StartInference
from tests.integration.receivers import Receiver
from tests.otlp_requests import as_protobuf, record, request

JSON = {"Content-Type": "application/json"}
PROTOBUF = {"Content-Type": "application/x-protobuf"}


def export(service: Service, body: bytes, headers: dict[str, str]) -> urllib3.BaseHTTPResponse:
    """One export."""
    return POOL.request("POST", f"{service.url}/v1/logs", body=body, headers=headers)


def test_records_go_on_with_their_verdicts(start_inference: StartInference, model_dir: Any) -> None:
    """In the encoding in which they came, and the answer is the receiver's."""
    receiver = Receiver()
    service = start_inference(model_dir, ANOMALY_OTLP_FORWARD=f"{receiver.url}/v1/logs")
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
    service = start_inference(model_dir, ANOMALY_OTLP_FORWARD=f"{receiver.url}/v1/logs")
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
