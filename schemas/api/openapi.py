"""The OpenAPI 3.1 document, generated from the types and the table of operations."""

from http import HTTPStatus
from typing import Any, Final

import msgspec

from schemas.api.leniency import as_taken
from schemas.api.models import MAX_VERSION
from schemas.api.operations import OPERATIONS, Operation, Service
from schemas.api.problems import PROBLEM_MEDIA_TYPE, Problem
from schemas.version import __version__

_JSON: Final = "application/json"
_TEXT: Final = "text/plain"
_BEARER: Final = "bearer"
_REF: Final = "#/components/schemas/{name}"

_TITLES: Final[dict[Service, str]] = {
    "inference": "Log anomaly inference",
    "trainer": "Log anomaly trainer",
}


def openapi_document(
    service: Service, *, training: bool = True, metrics: bool = True, tokens: bool = False
) -> dict[str, Any]:
    """The document of one service, ready to be encoded as JSON.

    Args:
        service: which one.
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
        types += [one for one in (operation.response, operation.request) if one is not None]
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
        "paths": paths,
        "components": {"schemas": as_taken(components, requests)},
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
                    described["responses"][str(int(status))] = _problem(status, by_type)
    return document


def _operation(operation: Operation, by_type: dict[type, dict[str, Any]]) -> dict[str, Any]:
    answered: dict[str, Any] = {_TEXT: {"schema": {"type": "string"}}}
    if operation.response is not None:
        answered = {_JSON: {"schema": by_type[operation.response]}}
    parts = operation.path.lstrip("/").rsplit("api/v1/", 1)[-1].split("/")
    name = "_".join(part for part in parts if part and not part.startswith("{"))
    document: dict[str, Any] = {
        "operationId": name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "responses": {
            "200": {"description": "OK", "content": answered},
            **{str(int(status)): _problem(status, by_type) for status in operation.problems},
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
        if operation.example is not None:
            content["example"] = operation.example
        lines = {media_type: {"schema": {"type": "string"}} for media_type in operation.line_types}
        document["requestBody"] = {"required": True, "content": {_JSON: content, **lines}}
        document["responses"]["200"]["content"].update(lines)
    if operation.raw_types:
        document["requestBody"] = {"required": True, "content": _raw_contents(operation)}
    return document


def _query_schema(choices: tuple[str, ...] | None) -> dict[str, Any]:
    if choices is None:
        return {"type": "boolean", "default": False}
    return {"type": "string", "enum": list(choices), "default": choices[0]}


def _raw_contents(operation: Operation) -> dict[str, Any]:
    """Raw logs as any JSON, and as text of each media type."""
    whole = {"schema": {"type": ["object", "array"]}, "example": operation.example}
    return {_JSON: whole} | {
        media_type: {"schema": {"type": "string"}} for media_type in operation.raw_types
    }


def _problem(status: HTTPStatus, by_type: dict[type, dict[str, Any]]) -> dict[str, Any]:
    return {
        "description": status.phrase,
        "content": {PROBLEM_MEDIA_TYPE: {"schema": by_type[Problem]}},
    }
