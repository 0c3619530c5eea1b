"""The common parts of both services' apps."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inference.access.guard import Guard
from inference.access.tokens import TokenFile
from inference.metrics.traffic import Traffic
from inference.settings import ServiceSettings
from inference.web.access_log import AccessLogMiddleware
from inference.web.admission import Admission
from inference.web.calls import App
from inference.web.docs import DocsResource, OpenApiResource
from inference.web.problems import ProblemForms, ProblemTable, install_problems
from inference.web.request_id import RequestIdMiddleware
from inference.web.routing import Router
from inference.web.shortcut import Shortcut
from schemas.api.openapi import openapi_document
from schemas.api.operation import Service


def make_app(
    service: Service,
    problems: ProblemTable,
    settings: ServiceSettings,
    middleware: Sequence[Any] = (),
    traffic: Traffic | None = None,
    forms: ProblemForms | None = None,
) -> App:
    """A Falcon app with request ids, problem details, tokens, `/openapi.json` and `/docs`.

    Args:
        service: inference or trainer.
        problems: its own errors.
        settings: that both services have.
        middleware: its own, within the common middleware.
        traffic: counts requests; None without metrics.
        forms: of errors, for protocols with another form than problem details.

    Raises:
        TokensError: the file of tokens cannot be used.
    """
    ids = RequestIdMiddleware()
    guard = Guard(TokenFile(Path(settings.tokens_file))) if settings.tokens_file else None
    layers = [ids, Admission(), *middleware, *([guard] if guard else [])]
    shortcut = None
    if settings.log_level == "DEBUG":
        layers.append(AccessLogMiddleware())
    else:
        shortcut = Shortcut(ids, guard, traffic)
    app = App(shortcut, traffic, middleware=layers, router=Router())
    install_problems(app, problems, traffic, forms)
    if not settings.allow_docs:
        return app
    document = openapi_document(
        service,
        training=settings.trains,
        metrics=settings.allow_metrics,
        tokens=bool(settings.tokens_file),
    )
    docs = DocsResource(document["info"]["title"])
    app.add_route("/openapi.json", OpenApiResource(document))
    app.add_route("/docs", docs)
    app.add_route("/docs/{name}", docs, suffix="asset")
    return app
