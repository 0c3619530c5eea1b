"""Export requests of OpenTelemetry's logs, made of their JSON, in protobuf as well."""

import base64
from typing import Any

from inference.intake.otlp.messages import LogRecord, Resource
from inference.wire import text_field


def request(*records: dict[str, Any], **resource: str) -> dict[str, Any]:
    """The JSON of a request with one resource and one scope."""
    about = {"attributes": attributes(**resource)}
    scope = {"scope": {"name": "a"}, "logRecords": [*records]}
    return {"resourceLogs": [{"resource": about, "scopeLogs": [scope], "schemaUrl": "b"}]}


def attributes(**named: str) -> list[dict[str, Any]]:
    """Attributes with texts; dots are written as two underscores."""
    return [
        {"key": name.replace("__", "."), "value": {"stringValue": value}}
        for name, value in named.items()
    ]


def record(body: object = None, number: int = 0, text: str = "", **named: str) -> dict[str, Any]:
    """The JSON of a log record whose body is an AnyValue, or a text."""
    value = {"stringValue": body} if isinstance(body, str) else body
    made = {
        "timeUnixNano": "1764150000000000000",
        "severityNumber": number,
        "severityText": text,
        "body": value,
        "attributes": attributes(**named),
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "flags": 1,
    }
    return {name: value for name, value in made.items() if value}


def as_protobuf(json: dict[str, Any]) -> bytes:
    """A request in protobuf."""
    out = b""
    for group in json["resourceLogs"]:
        resource = Resource()
        _fill(resource.attributes, group["resource"]["attributes"])
        inner = text_field(1, resource.SerializeToString())
        for scope in group["scopeLogs"]:
            records = b"".join(
                text_field(2, _record(log_record)) for log_record in scope["logRecords"]
            )
            inner += text_field(2, text_field(1, text_field(1, "a")) + records)
        out += text_field(1, inner + text_field(3, "b"))
    return out


def _record(json: dict[str, Any]) -> bytes:
    made = LogRecord(
        time_unix_nano=int(json["timeUnixNano"]),
        severity_number=json.get("severityNumber", 0),
        severity_text=json.get("severityText", "").encode(),
    )
    if "body" in json:
        _set(made.body, json["body"])
    _fill(made.attributes, json.get("attributes", []))
    # flags (fixed32) and trace_id, which are passed over
    more = b"\x45\x01\x00\x00\x00" + text_field(9, b"\x5b\x8e" * 8)
    return bytes(made.SerializeToString()) + more


def _fill(pairs: Any, json: list[dict[str, Any]]) -> None:
    for pair in json:
        _set(pairs.add(key=pair["key"].encode()).value, pair["value"])


def _set(value: Any, json: dict[str, Any]) -> None:
    ((kind, inner),) = json.items()
    if kind == "stringValue":
        value.string_value = inner.encode()
    elif kind == "boolValue":
        value.bool_value = inner
    elif kind == "intValue":
        value.int_value = int(inner)
    elif kind == "doubleValue":
        value.double_value = inner
    elif kind == "bytesValue":
        value.bytes_value = base64.b64decode(inner)
    elif kind == "arrayValue":
        value.array_value.SetInParent()
        for element in inner["values"]:
            _set(value.array_value.values.add(), element)
    else:
        value.kvlist_value.SetInParent()
        _fill(value.kvlist_value.values, inner["values"])
