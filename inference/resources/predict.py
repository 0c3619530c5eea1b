"""POST /predict and POST /predict/batch."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import falcon
import falcon.asgi

from inference.intake.batches import decode_batch
from inference.intake.each_request import Each, answer_each, read_each, reported_json, requests_in
from inference.intake.requests import message_of, read_request, read_requests
from inference.model.column_verdicts import ColumnVerdicts
from inference.model.explanations import explanation_json
from inference.model.flagged import FlaggedLogs
from inference.model.model import Model
from inference.model.verdicts import Verdict, batch_json, prediction_json
from inference.resources.components import Components
from inference.resources.predictor import Predictor
from inference.resources.request_lines import RequestLines
from inference.web.queries import word
from inference.web.routing import AtOnce, Route
from schemas.api.operations import API_PREFIX, LINE_TYPES, ON_ERROR
from schemas.api.predictions import BatchRequest, PredictRequest
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError

_BOOLEANS: Final = {"true": True, "false": False}

_decode = BodyDecoder(PredictRequest).decode


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    predict = PredictResource(components.predictor)
    yield Route(f"{API_PREFIX}/predict", predict, at_once=(AtOnce(predict.answer_at_once),))
    yield Route(f"{API_PREFIX}/predict/batch", BatchResource(components.predictor))


class PredictResource:
    """Judges a log."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/predict"""
        judge = partial(_answer_single, wants_explanation(req))
        _, answer = await self._predictor.judge(req, _decode, judge)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = answer

    def answer_at_once(self, body: bytes, _content_type: bytes) -> bytes | None:
        """The answer of `on_post` to a small body without a query; None if it would wait first.

        Raises:
            Exception: whatever `on_post` raises.
        """
        predictor = self._predictor
        model = predictor.slot.at_hand()
        if model is None or predictor.load.is_full or len(body) > predictor.max_body_bytes:
            return None
        request = _decode(body)
        log = read_request(request, model.extract)
        verdict = model.verdict(log)
        answer = prediction_json(request.log_id, verdict)
        if predictor.count is not None:
            predictor.count(verdict)
        if verdict.is_anomaly:
            predictor.report_anomaly(model, log, verdict, request, message_of)
        return answer


class BatchResource:
    """Judges several logs, in a JSON object or as JSON lines."""

    takes = LINE_TYPES

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._lines = RequestLines(predictor)

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/predict/batch"""
        explain = wants_explanation(req)
        media_type = (req.content_type or "").partition(";")[0].strip().lower()
        if media_type in LINE_TYPES:
            await self._lines.answer(req, resp, media_type, explain=explain)
            return
        read = _read_each if word(req, "on_error", ON_ERROR) == "report" else decode_batch
        request, answer = await self._predictor.judge(req, read, partial(_answer_all, explain))
        self._predictor.hold(req, answer)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = answer
        # Freed with the response, which is after it was sent: to free a thousand requests takes a
        # twentieth of the time that their client waits.
        resp.context.request = request


def _read_each(body: bytes) -> list[Each]:
    """The requests of a batch, each by itself.

    Raises:
        MalformedJsonError, InvalidBodyError: it is no batch at all.
    """
    try:
        return [*decode_batch(body).logs]
    except (InvalidBodyError, MalformedJsonError):
        items = requests_in(body)
        if items is None:
            raise
        return read_each(items)


def _answer_single(
    explain: bool,  # noqa: FBT001
    model: Model,
    request: PredictRequest,
    flagged: FlaggedLogs | None,
) -> tuple[list[Verdict], bytes]:
    log = read_request(request, model.extract)
    verdict = model.verdict(log)
    if flagged is not None and verdict.is_anomaly:
        flagged.add(log, verdict, request, message_of)
    explanation = explanation_json(model, log, verdict) if explain else b""
    return [verdict], prediction_json(request.log_id, verdict, explanation)


def _answer_all(
    explain: bool,  # noqa: FBT001
    model: Model,
    request: BatchRequest | list[Each],
    flagged: FlaggedLogs | None,
) -> tuple[Sequence[Verdict] | ColumnVerdicts, bytes]:
    if isinstance(request, list):
        answered = answer_each(request, model, 0, explain=explain, flagged=flagged)
        return answered.verdicts, reported_json(answered, model.version)
    logs = read_requests(request.logs, model.extract)
    log_ids = [log.log_id for log in request.logs]  # now, while the processor's caches have them
    in_columns = None if explain else model.verdicts_in_columns(logs)
    if in_columns is not None:
        if flagged is not None:
            flagged.add_columns(in_columns)
        return in_columns, in_columns.json(log_ids)
    verdicts = model.verdicts(logs)
    if flagged is not None:
        flagged.add_all(logs, verdicts, request.logs, message_of)
    explanations = None
    if explain:
        judged = zip(logs, model.explained(logs, verdicts), strict=True)
        explanations = [explanation_json(model, log, verdict) for log, verdict in judged]
    return verdicts, batch_json(request.logs, verdicts, model.version, explanations)


def wants_explanation(req: falcon.asgi.Request) -> bool:
    """Whether the query says `explain=true` or `false`, in any case; anything else is refused."""
    if not req.query_string:
        return False
    value = req.get_param("explain", default="false").lower()
    if value not in _BOOLEANS:
        raise falcon.HTTPInvalidParam(
            'The value of the parameter must be "true" or "false".', "explain"
        )
    return _BOOLEANS[value]
