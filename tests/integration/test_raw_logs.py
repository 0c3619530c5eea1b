"""Raw logs as log shippers post them, to the real service over a socket."""

import gzip
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from backports import zstd

from inference.intake.raw_logs import MAX_RECORDS
from schemas.api.raw_logs import MAX_LISTED
from tests.integration.conftest import POOL, Service, StartInference

ORDINARY = {"message": "order 17 accepted", "level": "INFO", "service": "cart"}
ODD = {
    "message": "java.lang.IllegalStateException: connection refused, timed out " + "x" * 900,
    "level": "FATAL",
    "service": "never-seen",
}
RECORDS = [ORDINARY, ODD, ORDINARY]

Body = bytes | str


def json_lines(*records: Any) -> str:
    """A record a line, the last without a line end, as Vector's http sink frames them."""
    return "\n".join(map(json.dumps, records))


FLUENT_BIT = [
    {
        "date": 1764150000.25 + n,
        "log": record["message"],
        "level": record["level"],
        "app": record["service"],
    }
    for n, record in enumerate(RECORDS)
]
VECTOR = [
    {**record, "timestamp": "2026-11-26T10:00:00.1Z", "source_type": "file", "file": "/var/log/a"}
    for record in RECORDS
]
LOGSTASH = [
    {"@timestamp": "2026-11-26T10:00:00.1Z", "@version": "1", "tags": ["a"],
     "event": {"original": "x"}, "message": record["message"], "log": {"level": record["level"]},
     "service": {"name": record["service"]}}
    for record in RECORDS
]  # fmt: skip
LOKI = {
    "streams": [
        {
            "stream": {"level": record["level"], "app": record["service"]},
            "values": [["1", record["message"]]],
        }
        for record in RECORDS
    ]
}
RSYSLOG = [
    {"message": f" {record['message']}", "level": severity, "service": record["service"],
     "time": "2026-11-26T10:00:00.123456+00:00"}
    for record, severity in zip(RECORDS, ("info", "crit", "info"), strict=True)
]  # fmt: skip
LINES = "\n".join(
    f"2026-11-26 10:00:00,123 {o['level']} [main] {o['service']}: {o['message']}" for o in RECORDS
)
PRIORITY = {"INFO": 14, "FATAL": 10}
SYSLOG = [
    f"<{PRIORITY[r['level']]}>1 2026-11-26T10:00:00.1Z h1 {r['service']} 7 - - {r['message']}"
    for r in RECORDS
]
NEW_RELIC = [
    {"common": {"attributes": {"hostname": "h1"}},
     "logs": [{"timestamp": 1764150000250, "message": record["message"],
               "attributes": {"level": record["level"], "service": record["service"]}}
              for record in RECORDS]}
]  # fmt: skip
GELF = [
    {"version": "1.1", "host": "h1", "short_message": record["message"],
     "level": {"INFO": 6, "FATAL": 2}[record["level"]], "_service": record["service"]}
    for record in RECORDS
]  # fmt: skip
DOCKER = [
    {"log": f"{line}\n", "stream": "stdout", "time": "2026-11-26T10:00:00.1Z"}
    for line in LINES.replace(": order", " - order").replace(": java", " - java").split("\n")
]

SHIPPED: dict[str, tuple[Body, str]] = {
    "vector-json": (json.dumps(VECTOR), "application/json"),
    "vector-ndjson": (json_lines(*VECTOR), "application/x-ndjson"),
    "vector-text": (LINES, "text/plain"),
    "fluent-bit-json": (json.dumps(FLUENT_BIT), "application/json"),
    "fluent-bit-json-lines": (json_lines(*FLUENT_BIT) + "\n", "application/x-ndjson"),
    "fluent-bit-json-stream": ("".join(map(json.dumps, FLUENT_BIT)), "application/json"),
    "fluentd": (json_lines(*RECORDS) + "\n", "application/x-ndjson"),
    "logstash-batch": (json.dumps(LOGSTASH), "application/json"),
    "rsyslog-omhttp": (json_lines(*RSYSLOG), "application/x-ndjson"),
    "loki-push": (json.dumps(LOKI), "application/json"),
    "fluentd-events": (
        json.dumps([[1764150000, record] for record in RECORDS]),
        "application/json",
    ),
    "fluent-bit-events": (
        json_lines(*([[1.5, {}], record] for record in RECORDS)),
        "application/json",
    ),
    "new-relic": (json.dumps(NEW_RELIC), "application/json"),
    "gelf-tcp": ("\0".join(map(json.dumps, GELF)) + "\0", ""),
    "syslog-tcp": ("".join(f"{len(line)} {line}" for line in SYSLOG), "text/plain"),
    "docker": (json_lines(*DOCKER), "application/x-ndjson"),
    "docker-array": (json.dumps(DOCKER), "application/json"),
    "utf-16": (json_lines(*RECORDS).encode("utf-16"), "text/plain"),
    "utf-16-type": (json.dumps(RECORDS).encode("utf-16-le"), "application/json; charset=utf-16le"),
    "two-arrays": (json.dumps(RECORDS[:1]) + json.dumps(RECORDS[1:]), "application/json"),
    "no-type": (json_lines(*RECORDS), ""),
    "octet-stream": (json.dumps(RECORDS), "application/octet-stream"),
    "pretty": (json.dumps(RECORDS, indent=2), "application/json; charset=utf-8"),
}


WHOLE = frozenset({"loki-push", "new-relic"})
"""Bodies that are one value, whatever it holds."""


@pytest.fixture
def service(start_inference: StartInference, model_dir: Any) -> Service:
    """A service with a model."""
    return start_inference(model_dir)


def post(service: Service, body: Body, query: str = "", **headers: str) -> urllib3.BaseHTTPResponse:
    """A call with raw logs."""
    raw = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items() if value}
    return service.call("POST", f"/logs{query}", raw, named)


def test_what_shippers_send_is_judged(service: Service) -> None:
    """Whatever its shape: counts, and the anomaly by its position, with why in words."""
    for name, (body, media_type) in SHIPPED.items():
        answer = post(service, body, Content_Type=media_type)
        assert answer.status == 200, name
        found = answer.json()
        assert (found["log_count"], found["anomaly_count"], found["bad_count"]) == (3, 1, 0), name
        (odd,) = found["logs"]
        assert odd["position"] == (name not in WHOLE), name
        assert odd["is_anomaly"], name
        assert len(odd["pattern_id"]) == 16, name
        assert "FATAL" in odd["why"], name


def test_verdicts_are_those_of_predict(service: Service) -> None:
    """Score, decision and percentile of each record, as for the same log alone."""
    listed = post(service, json.dumps(RECORDS), "?return=all").json()["logs"]
    assert [verdict["position"] for verdict in listed] == [0, 1, 2]
    for record, verdict in zip(RECORDS, listed, strict=True):
        alone = service.call("POST", "/predict", {"log_id": "a", **record}).json()
        shared = alone.keys() - {"log_id"}
        assert {name: verdict[name] for name in shared} == {name: alone[name] for name in shared}
    assert post(service, json.dumps(RECORDS), "?return=none").json()["logs"] == []
    assert post(service, "[]", "?return=some").status == 400


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("zstd", zstd.compress), ("", bytes)],
)
def test_bodies_may_be_compressed(
    service: Service, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    """As each shipper does it, sized or in chunks."""
    body = pack(json_lines(*RECORDS * 400).encode())
    url = f"{service.url}/api/v1/logs"
    headers = {"Content-Encoding": encoding} if encoding else {}
    for chunked in (True, False):
        answer = POOL.request("POST", url, body=body, headers=headers, chunked=chunked)
        assert answer.status == 200
        assert answer.json()["log_count"] == 1_200
        assert answer.json()["anomaly_count"] == 400


def test_one_bad_record_fails_no_other(service: Service) -> None:
    """It is named by its position; the others are judged, and the chunk is not sent again."""
    body = f'{json_lines(ORDINARY, ODD)}\n{{"message": secret\n[]\n{json_lines(ODD)}'
    answer = post(service, body, Content_Type="application/x-ndjson")
    found = answer.json()
    assert (found["log_count"], found["anomaly_count"], found["bad_count"]) == (5, 2, 2)
    assert [entry["position"] for entry in found["bad"]] == [2, 3]
    assert [entry["position"] for entry in found["logs"]] == [1, 4]
    assert b"secret" not in answer.data


def test_a_shipper_may_ask_whether_anybody_is_there(service: Service) -> None:
    """Vector sends HEAD before it begins, and an empty body is no fault."""
    head = service.call("HEAD", "/logs")
    assert (head.status, head.data) == (200, b"")
    assert post(service, b"").json()["log_count"] == 0


def test_pages_of_others_may_not_post(service: Service) -> None:
    """A browser sends text for any page without asking first."""
    refused = post(service, "a", Content_Type="text/plain", Origin="https://evil.test")
    assert refused.status == 403
    own = f"http://127.0.0.1:{service.port}"
    assert post(service, "a", Content_Type="text/plain", Origin=own).status == 200
    for path in ("/predict", "/predict/batch"):
        answer = service.call("POST", path, b"{}", {"Content-Type": "text/plain"})
        assert answer.status == 415


def test_they_are_counted(service: Service) -> None:
    """As logs that came by the predict calls are."""
    post(service, json_lines(*RECORDS))
    text = POOL.request("GET", f"{service.url}/metrics").data.decode()
    assert 'log_anomaly_logs_total{level="INFO",service="cart"} 2.0' in text
    assert 'log_anomaly_anomalies_total{level="FATAL",service="never-seen"} 1.0' in text


def test_answers_are_small(service: Service) -> None:
    """Of a storm, the first anomalies are listed and all are counted."""
    n = MAX_LISTED + 5
    found = post(service, json_lines(*[ODD] * n)).json()
    assert (found["anomaly_count"], len(found["logs"]), found["unlisted_count"]) == (n, n - 5, 5)


def test_too_many_records_are_refused(service: Service) -> None:
    """A body of tiny records costs no more than a body of ordinary records."""
    answer = post(service, "a\n" * (MAX_RECORDS + 1))
    assert answer.status == 413
    assert answer.json()["type"].endswith(":too-many-records")


def test_others_are_answered_meanwhile(service: Service) -> None:
    """A body of 200,000 records of text is worked on beside the loop."""
    lines = "\n".join(f"2026-11-26 10:00:00 WARN [main] a.B: thing {n}" for n in range(200_000))
    answer = post(service, lines)
    assert answer.status == 200
    assert answer.json()["log_count"] == 200_000
