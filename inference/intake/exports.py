"""Objects that hold records: exports and shippers' envelopes, and pairs with a time."""

from collections.abc import Iterator
from typing import Any, Final

from inference.intake.json_values import is_event
from inference.intake.xml_events import MalformedXmlError, decode_event, of_windows
from inference.intake.xml_values import begins_event
from schemas.api.validation import BodyDecoder, MalformedJsonError

__all__ = ["decode_value", "describe_malformed", "records_in", "take_apart"]

Document = dict[str, Any]

_LISTS: Final = (
    "records",
    "Records",
    "events",
    "Events",
    "data",
    "logs",
    "items",
    "entries",
    "results",
    "value",
)
_TEXTS: Final = frozenset({"message", "msg", "log", "text", "event", "body", "@message", "level"})
_MAX_BESIDE: Final = 4
_EVENT_PARTS: Final = 2

_decode_object = BodyDecoder(dict).decode
_decode_event = BodyDecoder(list).decode


def decode_value(value: bytes) -> Document | list[Any]:
    """A value that may hold records: a JSON object, or an event, which XML may have as well.

    Raises:
        MalformedJsonError: neither JSON nor an event in XML.
        InvalidBodyError: JSON, but neither.
    """
    if value[:1] == b"<" and begins_event(value):
        return decode_event(value)
    return (_decode_event if is_event(value, 0) else _decode_object)(value)


def describe_malformed(error: MalformedJsonError) -> str:
    """What is at fault with a value that could not be decoded."""
    return str(error) if isinstance(error, MalformedXmlError) else f"not JSON: {error}"


def records_in(value: object) -> Iterator[Document]:
    """The records of a JSON value: an object's, or those of an event of Fluentd and Fluent Bit.

    An event is `[time, record]`, or `[[time, about], record]`. Other values have no records.
    """
    if isinstance(value, dict):
        yield from take_apart(value)
    elif isinstance(value, list) and len(value) == _EVENT_PARTS and isinstance(value[1], dict):
        time = value[0][0] if isinstance(value[0], list) and value[0] else value[0]
        if isinstance(time, int | float | str):
            yield from ({"date": time, **record} for record in take_apart(value[1]))


def take_apart(document: Document) -> Iterator[Document]:
    """The records of an object: those that an export holds, or the object itself.

    Known are OTLP's JSON (`resourceLogs`), Loki's (`streams`, a query's `result`), CloudWatch
    (`logEvents`, `events`), Elasticsearch (`hits`), Azure (`records`), CloudTrail (`Records`), New
    Relic's (`common`, `logs`) and pages of other stores' answers (`data`, `logs`, `items`,
    `entries`, `results`, `value`).
    """
    if isinstance(document.get("resourceLogs"), list):
        yield from _otlp(document)
        return
    event = document.get("Event")
    if isinstance(event, dict) and isinstance(event.get("System"), dict):
        yield of_windows(event) if document.keys() == {"Event"} else document
        return
    streams = document.get("streams")
    data = document.get("data")
    if streams is None and isinstance(data, dict):
        streams = data.get("result")
    if isinstance(streams, list) and any("values" in stream for stream in _objects(streams)):
        yield from _loki(streams)
    elif isinstance(document.get("logEvents"), list):
        around = {name: value for name, value in document.items() if name != "logEvents"}
        yield from ({**around, **event} for event in _objects(document["logEvents"]))
    elif isinstance(document.get("common"), dict) and isinstance(document.get("logs"), list):
        yield from _new_relic(document["common"], document["logs"])
    elif isinstance(document.get("hits"), dict):
        for hit in _objects(document["hits"].get("hits")):
            yield hit["_source"] if isinstance(hit.get("_source"), dict) else hit
    else:
        yield from _listed(document)


def _listed(document: Document) -> Iterator[Document]:
    """The records of a page of a store's answer, which has nothing else but marks of paging."""
    if len(document) <= _MAX_BESIDE and _TEXTS.isdisjoint(document):
        for name in _LISTS:
            records = document.get(name)
            if (
                isinstance(records, list)
                and records
                and all(type(record) is dict for record in records)
            ):
                yield from records
                return
    yield document


def _objects(values: object) -> Iterator[Document]:
    if isinstance(values, list):
        yield from (value for value in values if isinstance(value, dict))


def _loki(streams: list[object]) -> Iterator[Document]:
    for stream in _objects(streams):
        for value in stream.get("values") or ():
            if isinstance(value, list) and len(value) > 1:
                yield {"labels": stream.get("stream"), "timestamp": value[0], "line": value[1]}


def _new_relic(common: Document, logs: list[object]) -> Iterator[Document]:
    """Records with the attributes that they have in common, their own before those."""
    around = _flattened(common)
    for log in _objects(logs):
        yield {**around, **_flattened(log)}


def _flattened(part: Document) -> Document:
    attributes = part.get("attributes")
    beside = {name: value for name, value in part.items() if name != "attributes"}
    return {**attributes, **beside} if isinstance(attributes, dict) else part


def _otlp(document: Document) -> Iterator[Document]:
    for resource in _objects(document["resourceLogs"]):
        inner = resource.get("resource")
        about = _attributes(inner.get("attributes")) if isinstance(inner, dict) else {}
        for scope in _objects(resource.get("scopeLogs")):
            for record in _objects(scope.get("logRecords")):
                yield {
                    **record,
                    "body": _value(record.get("body")),
                    "attributes": _attributes(record.get("attributes")),
                    "resource": about,
                }


def _attributes(pairs: object) -> Document:
    return {str(pair.get("key")): _value(pair.get("value")) for pair in _objects(pairs)}


def _value(value: object) -> object:
    """The value in an `AnyValue` of OTLP (`opentelemetry.proto.common.v1`)."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((kind, inner),) = value.items()
    if kind == "arrayValue" and isinstance(inner, dict):
        return [_value(element) for element in inner.get("values") or ()]
    if kind == "kvlistValue" and isinstance(inner, dict):
        return _attributes(inner.get("values"))
    return inner if kind.endswith("Value") else value
