"""The calls of the Open Inference Protocol, version 2 (`schemas.api.open_inference`)."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import falcon
import falcon.asgi

from inference.model.flagged import FlaggedLogs
from inference.model.model import Model
from inference.resources.components import Components
from inference.resources.predictor import Predictor
from inference.resources.status import READY_WAIT_S
from inference.store.slot import ModelSlot
from inference.web.answers import answer_json
from inference.web.leaving import refuse_if_draining
from inference.web.routing import Route
from schemas.api import open_inference
from schemas.api.open_inference import (
    HEADER_LENGTH,
    MODEL_NAME,
    InferenceFault,
    Live,
    ModelReady,
    ServerReady,
)
from schemas.api.problems import FieldError, Problem
from schemas.api.validation import InvalidBodyError
from schemas.record.features import Level, LogFeatures

if TYPE_CHECKING:
    from inference.model.verdicts import Verdict
    from inference.open_inference.answers import Answer
    from inference.open_inference.requests import Inference

BINARY: Final = "application/octet-stream"

MAX_FAULTS_NAMED: Final = 10
"""The protocol has one line for an error; the first faults are enough."""

MAX_LENGTH_DIGITS: Final = 12
"""Of the length of any body; int() of more digits would take its time."""


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    server, model = ServerResource(components.slot), ModelResource(components.slot)
    yield Route(open_inference.SERVER_PATH, server)
    yield Route(open_inference.LIVE_PATH, server, suffix="live")
    yield Route(open_inference.READY_PATH, server, suffix="ready")
    for path in open_inference.MODEL_PATHS:
        yield Route(path, model)
    for path in open_inference.MODEL_READY_PATHS:
        yield Route(path, model, suffix="ready")
    infer = InferResource(components.predictor)
    for path in open_inference.INFER_PATHS:
        yield Route(path, infer)


def inference_fault(
    _req: falcon.asgi.Request, resp: falcon.asgi.Response, problem: Problem
) -> None:
    """Write an error as the protocol wants it: a single text."""
    faults = [
        f"{fault.path}: {fault.message}" if fault.path else fault.message
        for fault in problem.errors[:MAX_FAULTS_NAMED]
    ]
    detail = "; ".join(faults) or problem.detail
    answer_json(resp, InferenceFault(f"{problem.title}: {detail}" if detail else problem.title))


class ServerResource:
    """The metadata of the server, and whether it is live and ready."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /v2"""
        from inference.open_inference.answers import SERVER  # noqa: PLC0415 - for these calls

        answer_json(resp, SERVER)

    async def on_get_live(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /v2/health/live"""
        answer_json(resp, Live(live=True))

    async def on_get_ready(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /v2/health/ready"""
        refuse_if_draining(req)
        if await self._slot.held(READY_WAIT_S) is None:
            raise self._slot.not_loaded()
        answer_json(resp, ServerReady(ready=True))


class ModelResource:
    """The model that serves, by its name, or by its name and the number of its version."""

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot

    async def on_get(
        self,
        _req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        name: str,
        version: str | None = None,
    ) -> None:
        """GET /v2/models/{name}"""
        from inference.open_inference.answers import model_metadata  # noqa: PLC0415 - see above

        answer_json(resp, model_metadata(await _named(self._slot, name, version)))

    async def on_get_ready(
        self,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        name: str,
        version: str | None = None,
    ) -> None:
        """GET /v2/models/{name}/ready"""
        refuse_if_draining(req)
        await _named(self._slot, name, version)
        answer_json(resp, ModelReady(name, ready=True))


class InferResource:
    """Judges logs that come as tensors."""

    takes = frozenset({BINARY})

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    async def on_post(
        self,
        req: falcon.asgi.Request,
        resp: falcon.asgi.Response,
        name: str,
        version: str | None = None,
    ) -> None:
        """POST /v2/models/{name}/infer"""
        from inference.open_inference.requests import read_inference  # noqa: PLC0415 - see above

        read = partial(read_inference, json_length=_json_length(req))
        await _named(self._predictor.slot, name, version)  # before a body is waited for
        _, answer = await self._predictor.judge(req, read, partial(_infer, version))
        self._predictor.hold(req, answer.body)
        resp.content_type = falcon.MEDIA_JSON
        if answer.json_length is not None:
            resp.content_type = BINARY
            resp.set_header(HEADER_LENGTH, str(answer.json_length))
        resp.data = answer.body


def _infer(
    version: str | None, model: Model, inference: "Inference", flagged: FlaggedLogs | None
) -> "tuple[Sequence[Verdict], Answer]":
    from inference.open_inference.answers import answer  # noqa: PLC0415 - see above

    _check_version(model, version)  # what serves may have changed while the body came
    messages: list[str] = []

    def extract(message: str, level: Level, service: str) -> LogFeatures:
        messages.append(message)
        return model.extract(message, level, service)

    logs = inference.look(model.extract if flagged is None else extract)
    verdicts = model.verdicts(logs)
    if flagged is not None:
        flagged.add_all(logs, verdicts, messages or [""] * len(logs), str)
    return verdicts, answer(inference, verdicts, model.version)


async def _named(slot: ModelSlot, name: str, version: str | None) -> Model:
    """The model that serves, if it is the model that a path names.

    Raises:
        falcon.HTTPNotFound: it is another model.
        falcon.HTTPBadRequest: the version is no number.
        ModelNotLoadedError: none serves.
    """
    if name != MODEL_NAME:
        raise falcon.HTTPNotFound(
            title="There is no such model", description=f"the model is {MODEL_NAME}"
        )
    model = await slot.current()
    _check_version(model, version)
    return model


def _check_version(model: Model, version: str | None) -> None:
    if version is None or version == model.version:
        return
    if not (version.isascii() and version.isdigit()):
        raise falcon.HTTPBadRequest(
            title="The version is no number", description="versions are whole numbers, such as 1"
        )
    raise falcon.HTTPNotFound(
        title="That version does not serve",
        description=f"version {model.version} does; leave the version out for whatever serves",
    )


def _json_length(req: falcon.asgi.Request) -> int | None:
    header = req.get_header(HEADER_LENGTH)
    if header is None:
        return None
    if not (header.isascii() and header.isdigit() and len(header) <= MAX_LENGTH_DIGITS):
        raise InvalidBodyError([FieldError(HEADER_LENGTH, "Expected the length of the JSON")])
    return int(header)
