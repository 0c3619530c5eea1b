"""Exports that hold many records in one JSON object, taken apart."""

from collections.abc import Iterator
from typing import Any, Final

__all__ = ["take_apart"]

Document = dict[str, Any]

_LISTS: Final = (
    "records",
    "Records",
    "events",
    "data",
    "logs",
    "items",
    "entries",
    "results",
    "value",
)
_TEXTS: Final = frozenset({"message", "msg", "log", "text", "event", "body", "@message", "level"})
_MAX_BESIDE: Final = 4


def take_apart(document: Document) -> Iterator[Document]:
    """The records of an object: those that an export holds, or the object itself.

    Known are OTLP's JSON (`resourceLogs`), Loki's (`streams`, a query's `result`), CloudWatch
    (`logEvents`, `events`), Elasticsearch (`hits`), Azure (`records`), CloudTrail (`Records`) and
    pages of other stores' answers (`data`, `logs`, `items`, `entries`, `results`, `value`).
    """
    if isinstance(document.get("resourceLogs"), list):
        yield from _otlp(document)
        return
    streams = document.get("streams")
    data = document.get("data")
    if streams is None and isinstance(data, dict):
        streams = data.get("result")
    if isinstance(streams, list) and any("values" in one for one in _objects(streams)):
        yield from _loki(streams)
    elif isinstance(document.get("logEvents"), list):
        around = {name: value for name, value in document.items() if name != "logEvents"}
        yield from ({**around, **event} for event in _objects(document["logEvents"]))
    elif isinstance(document.get("hits"), dict):
        for hit in _objects(document["hits"].get("hits")):
            yield hit["_source"] if isinstance(hit.get("_source"), dict) else hit
    else:
        yield from _listed(document)


def _listed(document: Document) -> Iterator[Document]:
    """The records of a page of some store's answer, beside which stand marks of paging at most."""
    if len(document) <= _MAX_BESIDE and _TEXTS.isdisjoint(document):
        for name in _LISTS:
            found = document.get(name)
            if isinstance(found, list) and found and all(type(one) is dict for one in found):
                yield from found
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
    """What one of OTLP's AnyValues holds (`opentelemetry.proto.common.v1`)."""
    if not isinstance(value, dict) or len(value) != 1:
        return value
    ((kind, inner),) = value.items()
    if kind == "arrayValue" and isinstance(inner, dict):
        return [_value(one) for one in inner.get("values") or ()]
    if kind == "kvlistValue" and isinstance(inner, dict):
        return _attributes(inner.get("values"))
    return inner if kind.endswith("Value") else value
