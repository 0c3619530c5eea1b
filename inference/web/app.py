"""What both services' apps have in common."""

from collections.abc import Sequence
from typing import Any

import falcon.asgi

from inference.web.access_log import AccessLogMiddleware
from inference.web.docs import DocsResource, OpenApiResource
from inference.web.problems import ProblemTable, install_problems
from inference.web.request_id import RequestIdMiddleware
from schemas.api.openapi import openapi_document
from schemas.api.operations import Service

App = falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]


def make_app(
    service: Service, problems: ProblemTable, log_level: str, middleware: Sequence[Any] = ()
) -> App:
    """A Falcon app with request ids, problem details, `/openapi.json` and `/docs`."""
    layers = [RequestIdMiddleware(), *middleware]
    if log_level == "DEBUG":
        layers.append(AccessLogMiddleware())
    app: App = falcon.asgi.App(middleware=layers)
    install_problems(app, problems)
    document = openapi_document(service)
    docs = DocsResource(document["info"]["title"])
    app.add_route("/openapi.json", OpenApiResource(document))
    app.add_route("/docs", docs)
    app.add_route("/docs/{name}", docs, suffix="asset")
    return app
