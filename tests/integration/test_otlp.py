"""OpenTelemetry's logs over a socket: taken, counted, and answered as the protocol says."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from backports import zstd

from inference.intake.otlp.answers import status
from tests.integration.conftest import POOL, Service, StartInference
from tests.otlp_requests import as_protobuf, record, request

ODD = record("IllegalStateException: connection refused, timed out " + "x" * 900, 21, "FATAL")
WHOLE = request(record("order 17 accepted", 9, "INFO"), ODD, service__name="cart")
PACK: dict[str, Callable[[bytes], bytes]] = {
    "identity": bytes,
    "gzip": gzip.compress,
    "zstd": zstd.compress,
}
JSON, PROTOBUF = "application/json", "application/x-protobuf"


@pytest.fixture
def service(start_inference: StartInference, model_dir: Any) -> Service:
    """A service with a model."""
    return start_inference(model_dir)


def post(
    service: Service, body: bytes, media_type: str, **headers: str
) -> urllib3.BaseHTTPResponse:
    """An export."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"{service.url}/v1/logs"
    return POOL.request("POST", url, body=body, headers={"Content-Type": media_type, **named})


@pytest.mark.parametrize("encoding", PACK)
def test_exports_are_taken_and_counted(service: Service, encoding: str) -> None:
    """In each encoding; the answer to all well is empty, in the request's own encoding."""
    pack = PACK[encoding]
    answer = post(service, pack(as_protobuf(WHOLE)), PROTOBUF, Content_Encoding=encoding)
    assert (answer.status, answer.data) == (200, b"")
    assert answer.headers["Content-Type"] == PROTOBUF
    answer = post(service, pack(json.dumps(WHOLE).encode()), JSON, Content_Encoding=encoding)
    assert (answer.status, answer.json()) == (200, {"partialSuccess": {}})
    text = POOL.request("GET", f"{service.url}/metrics").data.decode()
    assert 'log_anomaly_logs_total{level="INFO",service="cart"} 2.0' in text
    assert 'log_anomaly_anomalies_total{level="FATAL",service="cart"} 2.0' in text


def test_a_partial_success_names_what_was_rejected(service: Service) -> None:
    """The others are judged, and nothing is sent again."""
    body = request(record("a", 9), record(), service__name="cart")
    answer = post(service, json.dumps(body).encode(), JSON)
    assert answer.status == 200
    partial = answer.json()["partialSuccess"]
    assert partial["rejectedLogRecords"] == "1"
    assert partial["errorMessage"].startswith("record 1: body")


def test_errors_are_a_status_in_the_requests_encoding(service: Service) -> None:
    """What is malformed, of no known type or from a page of others."""
    for media_type in (JSON, PROTOBUF):
        answer = post(service, b"\x0b{", media_type)
        assert answer.status == 400
        assert answer.headers["Content-Type"] == media_type
        if media_type == JSON:
            assert answer.json()["code"] == 3
        else:
            assert answer.data.startswith(b"\x08\x03\x12")
    refused = post(service, as_protobuf(WHOLE), PROTOBUF, Origin="https://evil.test")
    assert refused.status == 403
    assert refused.data.startswith(b"\x08\x07\x12")
    assert post(service, b"a", "text/plain").status == 415
    assert post(service, b"a", PROTOBUF, Content_Encoding="br").status == 415
    assert POOL.request("HEAD", f"{service.url}/v1/logs").status == 200


def test_without_a_model_exporters_try_again(
    start_inference: StartInference, tmp_path: Any
) -> None:
    """503 with Retry-After is what every exporter takes for later."""
    service = start_inference(tmp_path / "empty")
    answer = post(service, as_protobuf(WHOLE), PROTOBUF)
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    unavailable = status(503, "", PROTOBUF)[:2]
    assert answer.data.startswith(unavailable)


def test_a_template_that_the_source_knows_is_the_pattern(
    start_inference: StartInference, surprisal_dir: Any
) -> None:
    """A name in a message makes it a pattern of its own; its template was met in training."""
    service = start_inference(surprisal_dir)
    plain = record("cache miss for key user-bob", 5, "DEBUG")
    known = record("cache miss for key user-bob", 5, "DEBUG")
    template = {"stringValue": "cache miss for key user-{Id}"}
    known["attributes"] = [{"key": "{OriginalFormat}", "value": template}]
    for log_record in (plain, known):
        body = request(log_record, service__name="cart")
        assert post(service, as_protobuf(body), PROTOBUF).status == 200
    text = POOL.request("GET", f"{service.url}/metrics").data.decode()
    assert 'log_anomaly_unseen_logs_total{what="template"} 1.0' in text
