"""POST /predict and POST /predict/batch."""

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

import falcon
import falcon.asgi

from inference.intake.each_request import (
    Each,
    JudgedColumns,
    JudgedRequests,
    answer_each,
    read_each,
    reported_json,
    requests_in,
)
from inference.intake.requests import look_at, look_at_all, message_of
from inference.model.explanations import explanation_json
from inference.model.flagged import Flagged
from inference.model.model import Model
from inference.model.verdicts import Verdict, VerdictCounter, batch_json, prediction_json
from inference.resources.request_lines import RequestLines
from inference.store.slot import ModelSlot
from inference.web.body import read_body
from inference.web.load import LARGE_BYTES, SMALL_BYTES, Load
from inference.web.queries import word
from schemas.api.operations import LINE_TYPES, ON_ERROR
from schemas.api.predictions import BatchRequest, PredictRequest
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from schemas.record.features import LogFeatures

if TYPE_CHECKING:
    from inference.incidents.incidents import Incidents

_BOOLEANS: Final = {"true": True, "false": False}


class PredictResource:
    """Judges one log."""

    def __init__(
        self,
        slot: ModelSlot,
        max_body_bytes: int,
        load: Load,
        judged: VerdictCounter | None = None,
        incidents: "Incidents | None" = None,
    ) -> None:
        self._slot = slot
        self._max_body_bytes = max_body_bytes
        self._load = load
        self._judged = judged
        self._incidents = incidents
        self._decode = BodyDecoder(PredictRequest).decode

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/predict"""
        body = await read_body(req, self._max_body_bytes, self._load)
        explain = wants_explanation(req)
        resp.content_type = falcon.MEDIA_JSON
        with self._load:
            if len(body) <= LARGE_BYTES:
                request = self._decode(body)
                model = await self._slot.current()
                log, verdict, answer = _answer_one(model, request, explain)
            else:
                async with self._load.turn():
                    request = await asyncio.to_thread(self._decode, body)
                    # Only the loop's thread looks at the slot; what it holds then judges the log.
                    model = await self._slot.current()
                    log, verdict, answer = await asyncio.to_thread(
                        _answer_one, model, request, explain
                    )
        if self._judged is not None:
            self._judged.count(verdict)
        if self._incidents is not None and verdict.is_anomaly:
            self._incidents.see(model, [Flagged(log, verdict, partial(message_of, request))])
        resp.data = answer

    def answer_at_once(self, body: bytes) -> bytes | None:
        """What `on_post` answers to a small body without a query; None if it would wait first.

        Raises:
            Exception: whatever `on_post` raises.
        """
        model = self._slot.at_hand()
        if model is None or len(body) > self._max_body_bytes:
            return None
        with self._load:
            request = self._decode(body)
            log, verdict, answer = _answer_one(model, request, explain=False)
        if self._judged is not None:
            self._judged.count(verdict)
        if self._incidents is not None and verdict.is_anomaly:
            self._incidents.see(model, [Flagged(log, verdict, partial(message_of, request))])
        return answer


class BatchResource:
    """Judges several logs, in one JSON object or as JSON lines."""

    takes = LINE_TYPES

    def __init__(
        self,
        slot: ModelSlot,
        max_body_bytes: int,
        load: Load,
        judged: VerdictCounter | None = None,
        incidents: "Incidents | None" = None,
    ) -> None:
        self._slot = slot
        self._max_body_bytes = max_body_bytes
        self._load = load
        self._judged = judged
        self._incidents = incidents
        self._decode = BodyDecoder(BatchRequest).decode
        self._lines = RequestLines(slot, load, judged, incidents)

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/predict/batch"""
        explain = wants_explanation(req)
        media_type = (req.content_type or "").partition(";")[0].strip().lower()
        if media_type in LINE_TYPES:
            await self._lines.answer(req, resp, media_type, explain=explain)
            return
        read = self._read_each if word(req, "on_error", ON_ERROR) == "report" else self._decode
        body = await read_body(req, self._max_body_bytes, self._load)
        resp.content_type = falcon.MEDIA_JSON
        with self._load:
            if len(body) <= LARGE_BYTES:
                request = read(body)
                model = await self._slot.current()
                judged, answer = _answer_all(model, request, explain)
            else:
                async with self._load.turn():
                    request = await asyncio.to_thread(read, body)
                    model = await self._slot.current()
                    judged, answer = await asyncio.to_thread(_answer_all, model, request, explain)
        if self._judged is not None:
            judged.count(self._judged)
        if self._incidents is not None:
            self._incidents.see(model, judged.flagged())
        if len(answer) > SMALL_BYTES:
            self._load.hold(req.scope, len(answer))
        resp.data = answer
        # Freed with the response, which is after it was sent: to free a thousand requests takes a
        # twentieth of the time that their client waits.
        resp.context.request = request

    def _read_each(self, body: bytes) -> list[Each]:
        """The requests of a batch, each by itself.

        Raises:
            MalformedJsonError, InvalidBodyError: it is no batch at all.
        """
        try:
            return [*self._decode(body).logs]
        except (InvalidBodyError, MalformedJsonError):
            items = requests_in(body)
            if items is None:
                raise
            return read_each(items)


def _answer_one(
    model: Model,
    request: PredictRequest,
    explain: bool,  # noqa: FBT001
) -> tuple[LogFeatures, Verdict, bytes]:
    log = look_at(request, model.extract)
    verdict = model.verdict(log)
    explanation = explanation_json(model, log, verdict) if explain else b""
    return log, verdict, prediction_json(request.log_id, verdict, explanation)


def _answer_all(
    model: Model,
    request: BatchRequest | list[Each],
    explain: bool,  # noqa: FBT001
) -> tuple[JudgedRequests | JudgedColumns, bytes]:
    if isinstance(request, list):
        answered = answer_each(request, model, 0, explain=explain)
        return answered.judged, reported_json(answered, model.version)
    logs = look_at_all(request.logs, model.extract)
    in_columns = None if explain else model.verdicts_in_columns(logs)
    if in_columns is not None:
        answer = in_columns.json([log.log_id for log in request.logs])
        return JudgedColumns(in_columns), answer
    verdicts = model.verdicts(logs)
    explanations = None
    if explain:
        judged = zip(logs, model.explained(logs, verdicts), strict=True)
        explanations = [explanation_json(model, log, verdict) for log, verdict in judged]
    answer = batch_json(request.logs, verdicts, model.version, explanations)
    return JudgedRequests(request.logs, logs, verdicts), answer


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
