"""The OpenAPI document, the table of operations and the apps say the same."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from inference.app import create_app as create_inference
from inference.settings import InferenceSettings
from schemas.api import open_inference
from schemas.api.openapi import openapi_document
from schemas.api.operation import Operation, Service
from schemas.api.operations import OPERATIONS
from schemas.api.validation import BodyDecoder
from tests.routes import methods_by_path
from trainer.app import create_app as create_trainer
from trainer.settings import TrainerSettings

SERVICES: list[Service] = ["inference", "trainer"]


@pytest.mark.parametrize("service", SERVICES)
def test_the_document_is_valid(service: Service) -> None:
    """It is OpenAPI 3.1 by an independent validator, and JSON."""
    document = openapi_document(service)
    OpenAPIV31SpecValidator(document).validate()
    assert msgspec.json.decode(msgspec.json.encode(document)) == document


@pytest.mark.parametrize("service", SERVICES)
def test_routes_and_operations_are_the_same(service: Service, tmp_path: Path) -> None:
    """Every route of the app is an operation in the table, and the other way round.

    HEAD goes without saying beside GET. Protocols of others have documents of their own; of their
    calls the paths are listed.
    """
    apps: dict[str, Any] = {
        "inference": lambda: create_inference(InferenceSettings(model_dir=str(tmp_path))),
        "trainer": lambda: create_trainer(TrainerSettings(model_dir=str(tmp_path))),
    }
    routed = {
        (method.lower(), path)
        for path, methods in methods_by_path(apps[service]()).items()
        for method in methods - {"HEAD"}
        if path.startswith(("/api/", "/metrics", "/v"))
    }
    protocols = {path for _, path in routed if path.startswith(open_inference.PREFIX)}
    assert protocols == (open_inference.SCOPES_BY_PATH.keys() if service == "inference" else set())
    listed = {
        (operation.method, operation.path)
        for operation in OPERATIONS
        if service in operation.services
    }
    assert {route for route in routed if route[1] not in protocols} == listed


@pytest.mark.parametrize(
    "operation", [operation for operation in OPERATIONS if operation.request], ids=lambda o: o.path
)
def test_examples_are_valid_requests(operation: Operation) -> None:
    """What the documentation offers for trying out is accepted by the decoder."""
    assert operation.request is not None
    for example in (operation.example, operation.raw_example or operation.example):
        BodyDecoder(operation.request).decode(msgspec.json.encode(example))


def described_schemas(service: Service) -> dict[str, Any]:
    """The schemas of a service's document."""
    schemas: dict[str, Any] = openapi_document(service)["components"]["schemas"]
    return schemas


@pytest.mark.parametrize("service", SERVICES)
def test_everything_is_described_in_plain_words(service: Service) -> None:
    """Each type and each member, on one line: an indent would be shown as code; nothing of ours."""
    for name, schema in described_schemas(service).items():
        described = {name: schema, **schema.get("properties", {})}
        for member, part in described.items():
            words = part.get("description", "")
            assert words, f"{name}.{member}"
            assert "\n" not in words, f"{name}.{member}"
            assert not re.search(r"schemas\.|inference\.|trainer\.|Attributes:", words), words
    document = openapi_document(service)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            parameters = operation.get("parameters", [])
            assert all(parameter["description"] for parameter in parameters), path
            assert operation["description"], path
            assert operation["description"] != operation["summary"], path


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("tokens", [False, True])
def test_what_is_used_is_there_and_what_is_there_is_used(service: Service, *, tokens: bool) -> None:
    """Tags and components: linters of OpenAPI (Spectral's `oas` rules) report each that is not."""
    document = openapi_document(service, tokens=tokens)
    operations = [
        operation for methods in document["paths"].values() for operation in methods.values()
    ]
    used = {tag for operation in operations for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used
    assert all(tag["description"] for tag in document["tags"])
    text = msgspec.json.encode(document).decode()
    referenced = set(re.findall(r'"#/components/(\w+)/([^"]+)"', text))
    components = document["components"]
    defined = {(kind, name) for kind in ("schemas", "headers") for name in components[kind]}
    assert defined == referenced


@pytest.mark.parametrize("service", SERVICES)
def test_arrays_say_what_is_in_them(service: Service) -> None:
    """A schema that takes arrays has `items`, or generators of clients refuse it."""

    def check(node: Any, place: str) -> None:
        if isinstance(node, dict):
            if node.get("type") == "array" or "array" in (node.get("type") or ()):
                assert "items" in node, place
            for name, part in node.items():
                check(part, f"{place}.{name}")
        elif isinstance(node, list):
            for part in node:
                check(part, place)

    check(described_schemas(service), service)


@pytest.mark.parametrize("service", SERVICES)
def test_examples_fit_their_schemas(service: Service) -> None:
    """Each request, answer and problem has an example, which is valid by its own schema."""
    document = openapi_document(service, tokens=True)
    components = {"components": document["components"]}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            bodies = [response["content"] for response in operation["responses"].values()]
            if "requestBody" in operation:
                bodies.append(operation["requestBody"]["content"])
            for body in bodies:
                media_type, content = next(iter(body.items()))
                several = content.get("examples", {}).values()
                examples = [example["value"] for example in several] or [content.get("example")]
                assert None not in examples, (path, media_type)
                schema = content["schema"] | components
                for example in examples:
                    Draft202012Validator(schema).validate(example)


@pytest.mark.parametrize("service", SERVICES)
def test_headers_are_documented(service: Service) -> None:
    """The id of a request everywhere, when to come again with 503, which token with 401."""
    document = openapi_document(service, tokens=True)
    for methods in document["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                headers = response["headers"]
                assert "X-Request-ID" in headers
                assert ("Retry-After" in headers) == (status == "503")
                assert "WWW-Authenticate" in headers or status != "401"
                assert headers.keys() <= document["components"]["headers"].keys()


def test_calls_go_where_the_document_came_from() -> None:
    """Behind a prefix as well: the server's address is relative to the document's (RFC 3986)."""
    (server,) = openapi_document("inference")["servers"]
    base = urljoin("https://example.test/logs/openapi.json", server["url"])
    assert base == "https://example.test/logs/"
