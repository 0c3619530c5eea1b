"""Raw logs as collectors send them: each feed is a path, a media type and how bodies are made."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from benchmarks.workloads import TRAINED_SEED, bodies, other_numbers
from inference.wire import number_field, text_field
from schemas.api.operations import API_PREFIX
from schemas.api.predictions import RawLog
from schemas.record.features import Level

JSON_LINES: Final = "JSON lines"
OTLP_PROTOBUF: Final = "OTLP protobuf"
OTLP_JSON: Final = "OTLP JSON"
REQUEST_LINES: Final = "NDJSON, answers for all"

OTLP_BODY_CHARS: Final = 175
_ATTRIBUTES: Final = {"thread.name": "worker-1", "code.namespace": "shop", "http.route": "/orders"}
_TIME_NS: Final = 1_700_000_000_000_000_000
_SEVERITIES: Final = dict(zip(Level, (5, 9, 13, 17, 21), strict=True))
"""The data model of OpenTelemetry's logs, field SeverityNumber."""

_encode: Final = msgspec.json.Encoder().encode


class Feed(msgspec.Struct, frozen=True):
    """How logs are sent.

    Attributes:
        path: where to.
        media_type: of the bodies.
        bodies: makes bodies of so many logs each; the rest is left out.
        passes: how often the logs are made, each time with other numbers.
    """

    path: str
    media_type: str
    bodies: Callable[[Sequence[RawLog], int], Iterator[bytes]]
    passes: int = 1

    def requests(self, raw: Sequence[RawLog], size: int) -> Iterator[bytes]:
        """The bodies of all passes, none of whose logs a model was trained on."""
        seeds = (seed for seed in itertools.count(1) if seed != TRAINED_SEED)
        for seed in itertools.islice(seeds, self.passes):
            yield from self.bodies(other_numbers(raw, seed), size)


def _json_lines(logs: Sequence[RawLog], size: int) -> Iterator[bytes]:
    return (b"\n".join(map(_encode, batch)) for batch in _batches(logs, size))


def _request_lines(logs: Sequence[RawLog], size: int) -> Iterator[bytes]:
    return (b"\n".join(bodies(batch, 0)) for batch in _batches(logs, size))


def _batches(logs: Sequence[RawLog], size: int) -> Iterator[Sequence[RawLog]]:
    return (logs[at : at + size] for at in range(0, len(logs) - size + 1, size))


def _by_service(logs: Sequence[RawLog]) -> Mapping[str, list[RawLog]]:
    """As an exporter or a collector groups them: one resource a service."""
    found: dict[str, list[RawLog]] = {}
    for log in logs:
        found.setdefault(log.service, []).append(log)
    return found


def _otlp_body(log: RawLog) -> str:
    """The end of a message that is longer, since that is where numbers differ."""
    return log.message[-OTLP_BODY_CHARS:]


def _otlp_json(logs: Sequence[RawLog], size: int) -> Iterator[bytes]:
    times = itertools.count(_TIME_NS)
    for batch in _batches(logs, size):
        resources = [
            {
                "resource": {"attributes": [_json_attribute("service.name", service)]},
                "scopeLogs": [{"logRecords": [_json_record(log, next(times)) for log in found]}],
            }
            for service, found in _by_service(batch).items()
        ]
        yield _encode({"resourceLogs": resources})


def _json_record(log: RawLog, time_ns: int) -> dict[str, object]:
    return {
        "timeUnixNano": str(time_ns),
        "severityNumber": _SEVERITIES[log.level],
        "severityText": log.level.value,
        "body": {"stringValue": _otlp_body(log)},
        "attributes": [_json_attribute(*attribute) for attribute in _ATTRIBUTES.items()],
    }


def _json_attribute(key: str, value: str) -> dict[str, object]:
    return {"key": key, "value": {"stringValue": value}}


def _otlp_protobuf(logs: Sequence[RawLog], size: int) -> Iterator[bytes]:
    times = itertools.count(_TIME_NS)
    for batch in _batches(logs, size):
        yield b"".join(
            text_field(
                1,
                text_field(1, text_field(1, _attribute("service.name", service)))
                + text_field(
                    2, b"".join(text_field(2, _record(log, next(times))) for log in found)
                ),
            )
            for service, found in _by_service(batch).items()
        )


def _record(log: RawLog, time_ns: int) -> bytes:
    """Of opentelemetry/proto/logs/v1/logs.proto the message LogRecord; a fixed64 has the tag 9."""
    attributes = (text_field(6, _attribute(*attribute)) for attribute in _ATTRIBUTES.items())
    return (
        b"\x09"
        + time_ns.to_bytes(8, "little")
        + number_field(2, _SEVERITIES[log.level])
        + text_field(3, log.level.value)
        + text_field(5, text_field(1, _otlp_body(log)))
        + b"".join(attributes)
    )


def _attribute(key: str, value: str) -> bytes:
    return text_field(1, key) + text_field(2, text_field(1, value))


_NDJSON: Final = "application/x-ndjson"

_PASSES: Final = 12
"""More lines that wake a keyword rule than a worker remembers."""

FEEDS: Final[Mapping[str, Feed]] = {
    JSON_LINES: Feed(f"{API_PREFIX}/logs?return=anomalies", _NDJSON, _json_lines, _PASSES),
    OTLP_PROTOBUF: Feed("/v1/logs", "application/x-protobuf", _otlp_protobuf),
    OTLP_JSON: Feed("/v1/logs", "application/json", _otlp_json),
    REQUEST_LINES: Feed(f"{API_PREFIX}/predict/batch", _NDJSON, _request_lines),
}
"""By the name that stands in results."""
