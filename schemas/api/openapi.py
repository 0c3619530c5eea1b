"""The OpenAPI 3.1 document, generated from the types and the table of operations."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec

from schemas.api.examples import answer_example, problem_example
from schemas.api.leniency import as_taken
from schemas.api.models import MAX_VERSION
from schemas.api.operation import Operation, Service, Tag
from schemas.api.operations import OPERATIONS
from schemas.api.problems import PROBLEM_MEDIA_TYPE, Problem
from schemas.api.wording import worded
from schemas.version import __version__

_JSON: Final = "application/json"
_TEXT: Final = "text/plain"
_BEARER: Final = "bearer"
_REF: Final = "#/components/schemas/{name}"

_ID_HEADER: Final = "X-Request-ID"
_RETRY_HEADER: Final = "Retry-After"
_CHALLENGE_HEADER: Final = "WWW-Authenticate"
_HEADERS: Final[dict[str, Any]] = {
    _ID_HEADER: {
        "description": "The caller's own, if plain and of at most 128 characters, else a "
        "new id; it finds the request in the log.",
        "required": True,
        "schema": {"type": "string"},
    },
    _RETRY_HEADER: {
        "description": "Seconds after which to send the request again (RFC 9110, section 10.2.3).",
        "schema": {"type": "integer", "minimum": 0},
    },
    _CHALLENGE_HEADER: {
        "description": "Which token is asked for (RFC 6750, section 3).",
        "schema": {"type": "string"},
    },
}

_TAGS: Final[dict[Tag, str]] = {
    "predictions": "Verdicts on a log, a batch, raw logs or OpenTelemetry's logs.",
    "training": "Calls that change which model serves, and how it judges.",
    "service": "The state of a service, its models and the model that serves.",
    "metrics": "Counters and gauges for Prometheus.",
}

_TITLES: Final[dict[Service, str]] = {
    "inference": "Log anomaly inference",
    "trainer": "Log anomaly trainer",
}


def openapi_document(
    service: Service, *, training: bool = True, metrics: bool = True, tokens: bool = False
) -> dict[str, Any]:
    """The document of a service, ready to be encoded as JSON.

    Args:
        service: whose calls.
        training: it takes trainings.
        metrics: it answers with metrics.
        tokens: it asks for bearer tokens.
    """
    left_out = {tag for tag, has in (("training", training), ("metrics", metrics)) if not has}
    operations = [
        operation
        for operation in OPERATIONS
        if service in operation.services and operation.tag not in left_out
    ]
    types: list[type] = [Problem]
    for operation in operations:
        used = (operation.response, operation.request, operation.fault)
        types += [type_ for type_ in used if type_ is not None]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REF)
    by_type = dict(zip(types, schemas, strict=True))
    requests = [operation.request for operation in operations if operation.request]
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, by_type)
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": _TITLES[service],
            "version": __version__,
            "description": "Judges log lines by an isolation forest, or by their severity, rarity "
            "and a forest together, as the model says. Errors are problem details (RFC 9457) that "
            "name every field at fault.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        # Relative to the document itself, so that calls go through a proxy's prefix as it came.
        "servers": [{"url": "."}],
        "tags": [
            {"name": tag, "description": meaning}
            for tag, meaning in _TAGS.items()
            if any(operation.tag == tag for operation in operations)
        ],
        "paths": paths,
        "components": {
            "schemas": as_taken(worded(components), requests),
            "headers": {
                name: header
                for name, header in _HEADERS.items()
                if tokens or name != _CHALLENGE_HEADER
            },
        },
    }
    if tokens:
        document["components"]["securitySchemes"] = {
            _BEARER: {
                "type": "http",
                "scheme": "bearer",
                "description": "RFC 6750; what a token is for is named beside each call",
            }
        }
        for operation in operations:
            if operation.scope is not None:
                described = paths[operation.path][operation.method]
                described["security"] = [{_BEARER: [operation.scope]}]
                for status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
                    described["responses"][str(int(status))] = _problem(
                        status, operation, by_type, _CHALLENGE_HEADER
                    )
    return document


def _operation(operation: Operation, by_type: dict[type, dict[str, Any]]) -> dict[str, Any]:
    kind = operation.response
    schema = {"type": "string"} if kind is None else by_type[kind]
    answered: dict[str, Any] = {
        _TEXT if kind is None else _JSON: {"schema": schema, "example": answer_example(kind)}
    } | _texts(operation.answer_types)
    parts = operation.path.lstrip("/").rsplit("api/v1/", 1)[-1].split("/")
    name = "_".join(part for part in parts if part and not part.startswith("{"))
    document: dict[str, Any] = {
        "operationId": name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "responses": {
            "200": {"description": "OK", "headers": _headers(), "content": answered},
            **{
                str(int(status)): _problem(status, operation, by_type)
                for status in operation.problems
            },
        },
    }
    parameters = [
        {
            "name": parameter,
            "in": "path",
            "required": True,
            "description": meaning,
            "schema": {"type": "integer", "minimum": 1, "maximum": MAX_VERSION},
        }
        for parameter, meaning in operation.path_numbers.items()
    ] + [
        {
            "name": parameter,
            "in": "query",
            "description": meaning,
            "schema": _query_schema(operation.choices.get(parameter)),
        }
        for parameter, meaning in operation.query.items()
    ]
    if parameters:
        document["parameters"] = parameters
    if operation.request:
        content: dict[str, Any] = {"schema": by_type[operation.request]}
        if operation.raw_example is not None:
            both = {"features": operation.example, "raw_logs": operation.raw_example}
            content["examples"] = {name: {"value": value} for name, value in both.items()}
        elif operation.example is not None:
            content["example"] = operation.example
        lines = _texts(operation.line_types)
        document["requestBody"] = {"required": True, "content": {_JSON: content, **lines}}
        document["responses"]["200"]["content"].update(lines)
    if operation.raw_types:
        document["requestBody"] = {"content": _raw_contents(operation)}
    return document


def _query_schema(choices: tuple[str, ...] | None) -> dict[str, Any]:
    if choices is None:
        return {"type": "boolean", "default": False}
    return {"type": "string", "enum": list(choices), "default": choices[0]}


def _raw_contents(operation: Operation) -> dict[str, Any]:
    """Raw logs as any JSON, and as text of each media type."""
    schema = {"type": [*operation.json_types]} if operation.json_types else {}
    whole = {"schema": schema, "example": operation.example}
    return {_JSON: whole} | _texts(operation.raw_types)


def _problem(
    status: HTTPStatus, operation: Operation, by_type: dict[type, dict[str, Any]], *more: str
) -> dict[str, Any]:
    """A problem of a status, with an example and its headers."""
    headers = [_RETRY_HEADER] if status == HTTPStatus.SERVICE_UNAVAILABLE else []
    content = {
        PROBLEM_MEDIA_TYPE if operation.fault is Problem else _JSON: {
            "schema": by_type[operation.fault],
            "example": problem_example(status, operation.fault),
        }
    }
    return {
        "description": status.phrase,
        "headers": _headers(*headers, *more),
        "content": content | _texts(operation.answer_types),
    }


def _texts(media_types: Iterable[str]) -> dict[str, Any]:
    return {media_type: {"schema": {"type": "string"}} for media_type in media_types}


def _headers(*more: str) -> dict[str, Any]:
    """The headers of an answer; each has the id of its request."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (_ID_HEADER, *more)}
