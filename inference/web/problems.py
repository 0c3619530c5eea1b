"""From exceptions to problem details: a table gives each error its status.

Foreign protocols have their own form of errors: under their prefix, a problem takes that form.
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

import falcon
import falcon.asgi
import msgspec

from inference.metrics.traffic import Traffic
from inference.web.load import OverloadedError
from inference.web.request_id import request_id
from schemas.api.problems import PROBLEM_MEDIA_TYPE, FieldError, Problem, problem_type
from schemas.api.validation import InvalidBodyError, MalformedJsonError

_log = logging.getLogger(__name__)


class ProblemSpec(msgspec.Struct, frozen=True):
    """The answer to an exception.

    Attributes:
        status: the HTTP status.
        name: last part of the problem type's URI.
        title: the kind of problem in words.
        retry_after_s: seconds for the Retry-After header (RFC 9110, section 10.2.3), if any.
    """

    status: HTTPStatus
    name: str
    title: str
    retry_after_s: int | None = None


ProblemTable = Mapping[type[Exception], ProblemSpec]

ProblemForm = Callable[[falcon.asgi.Request, falcon.asgi.Response, Problem], None]
"""Writes a problem into the answer to a request as a protocol wants it."""

ProblemForms = Mapping[str, ProblemForm]
"""By the first part of the paths of a protocol, such as `/v2`."""

BODY_PROBLEMS: Final[ProblemTable] = {
    MalformedJsonError: ProblemSpec(
        HTTPStatus.BAD_REQUEST, "malformed-json", "The body is not JSON"
    ),
    InvalidBodyError: ProblemSpec(
        HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-body", "The body has values at fault"
    ),
    OverloadedError: ProblemSpec(
        HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", "Too much at once", retry_after_s=1
    ),
}

_INTERNAL: Final = ProblemSpec(HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "Internal error")


def problem_names(table: ProblemTable) -> list[str]:
    """The kinds of problems that a service with such errors of its own answers.

    Those that HTTP itself names, as not-found, are no kinds of ours: their status names them.
    """
    specs = [*BODY_PROBLEMS.values(), *table.values(), _INTERNAL]
    return list(dict.fromkeys(spec.name for spec in specs))


def install_problems(
    app: falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response],
    table: ProblemTable,
    traffic: Traffic | None = None,
    forms: ProblemForms | None = None,
) -> None:
    """Answer every error of `app` as problem details.

    Args:
        app: the Falcon app.
        table: the service's own errors; an exception that is in no table is a defect of ours,
            logged with its traceback and answered with 500 and nothing of its text.
        traffic: counts problems; None without metrics.
        forms: of the protocols that want another form.
    """
    form_of = dict(forms or {})

    def answer(
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        spec: ProblemSpec,
        detail: str,
        errors: list[FieldError],
    ) -> None:
        form = form_of.get("/" + req.path[1:].partition("/")[0], problem_details)
        _answer(req, resp, spec, detail, errors, form)

    def count(spec: ProblemSpec) -> None:
        if traffic is not None:
            traffic.problem(spec.name)

    async def known(
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response | None,
        error: Exception,
        _params: dict[str, object],
        **_more: object,
    ) -> None:
        spec = next(specs[kind] for kind in type(error).__mro__ if kind in specs)
        errors = error.errors if isinstance(error, InvalidBodyError) else []
        detail = f"{len(errors)} value(s) at fault, see errors" if errors else str(error)
        _log.log(
            logging.WARNING if spec.status >= HTTPStatus.INTERNAL_SERVER_ERROR else logging.INFO,
            "request.refused",
            extra={"status": int(spec.status), "problem": spec.name},
        )
        assert resp is not None  # only websockets come without a response
        count(spec)
        answer(req, resp, spec, detail, errors)

    async def unknown(
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response | None,
        error: Exception,
        _params: dict[str, object],
        **_more: object,
    ) -> None:
        _log.error("request.failed", exc_info=error, extra={"method": req.method, "path": req.path})
        assert resp is not None
        count(_INTERNAL)
        detail = "the error is in the service's log under this request_id"
        answer(req, resp, _INTERNAL, detail, [])

    async def of_http(
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response | None,
        error: falcon.HTTPError,
        _params: dict[str, object],
        **_more: object,
    ) -> None:
        assert resp is not None
        resp.set_headers(error.headers or {})
        answer(req, resp, _http_spec(error), error.description or "", [])

    specs = {**BODY_PROBLEMS, **table}
    app.add_error_handler(Exception, unknown)
    # Falcon's own handler for its HTTP errors went with the line above: put it back.
    app.add_error_handler(falcon.HTTPError, of_http)
    for kind in specs:
        app.add_error_handler(kind, known)


def _http_spec(error: falcon.HTTPError) -> ProblemSpec:
    """Falcon's own errors: no such path, wrong method, body too large ..."""
    # Python's phrases differ between its versions, Falcon's are those of RFC 9110.
    phrase = falcon.code_to_http_status(error.status_code).partition(" ")[2]
    name = phrase.lower().replace(" ", "-")
    # Falcon titles an error without a title of its own "404 Not Found".
    title = (error.title or "").removeprefix(f"{error.status_code} ") or phrase
    return ProblemSpec(HTTPStatus(error.status_code), name, title)


def _answer(
    req: falcon.asgi.Request,
    resp: falcon.asgi.Response,
    spec: ProblemSpec,
    detail: str,
    errors: list[FieldError],
    form: ProblemForm,
) -> None:
    problem = Problem(
        type=problem_type(spec.name),
        title=spec.title,
        status=int(spec.status),
        detail=detail,
        errors=errors,
        request_id=request_id.get(),
    )
    resp.status = falcon.code_to_http_status(int(spec.status))
    form(req, resp, problem)
    if spec.retry_after_s is not None:
        resp.retry_after = spec.retry_after_s


def problem_details(
    _req: falcon.asgi.Request, resp: falcon.asgi.Response, problem: Problem
) -> None:
    """The form of our own calls (RFC 9457)."""
    resp.content_type = PROBLEM_MEDIA_TYPE
    resp.data = msgspec.json.encode(problem)
