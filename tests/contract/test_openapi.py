"""The OpenAPI document, the table of operations and the apps say the same."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from inference.app import create_app as create_inference
from inference.settings import InferenceSettings
from schemas.api import open_inference
from schemas.api.openapi import openapi_document
from schemas.api.operations import OPERATIONS, Operation, Service
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
    listed = {(one.method, one.path) for one in OPERATIONS if service in one.services}
    assert {one for one in routed if one[1] not in protocols} == listed


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if one.request], ids=lambda o: o.path
)
def test_examples_are_valid_requests(operation: Operation) -> None:
    """What the documentation offers for trying out is accepted by the decoder."""
    assert operation.request is not None
    BodyDecoder(operation.request).decode(msgspec.json.encode(operation.example))
