"""POST /v1/logs: a receiver of OpenTelemetry's logs, OTLP over HTTP."""

import asyncio
from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING

import falcon
import falcon.asgi

from inference.otlp_forwarder import MAX_IN_HAND, OtlpForwarder
from inference.resources.components import Components
from inference.resources.predictor import Predictor
from inference.web.load import LARGE_BYTES, Limits, Load
from inference.web.routing import Route
from schemas.api.operations import OTLP_PATH, PROTOBUF
from schemas.api.problems import Problem

if TYPE_CHECKING:
    from inference.intake.otlp.reader import OtlpReader
    from inference.model.message_judge import JudgedLog


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    url = components.settings.otlp_forward
    forwarder = OtlpForwarder(url) if url else None
    yield Route(OTLP_PATH, OtlpResource(components.predictor, forwarder))


class OtlpResource:
    """Judges OTLP logs; what it needs for that is loaded for the first of them."""

    takes = frozenset({PROTOBUF, "application/protobuf"})

    def __init__(self, predictor: Predictor, forwarder: OtlpForwarder | None) -> None:
        self._predictor = predictor
        self._forwarder = forwarder
        self._passing = Load(Limits(requests=MAX_IN_HAND, held_bytes=0))
        self._reader: OtlpReader | None = None

    async def on_head(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """HEAD /v1/logs"""
        resp.content_type = falcon.MEDIA_JSON

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /v1/logs"""
        from inference.intake.judging import Judging  # noqa: PLC0415 - see the class
        from inference.intake.otlp.answers import accepted  # noqa: PLC0415
        from inference.intake.otlp.json_body import read_json  # noqa: PLC0415
        from inference.intake.otlp.marking import mark_json, mark_protobuf  # noqa: PLC0415
        from inference.intake.otlp.protobuf_body import read_protobuf  # noqa: PLC0415
        from inference.intake.otlp.reader import OtlpReader  # noqa: PLC0415
        from inference.intake.raw_logs import Tally  # noqa: PLC0415

        predictor = self._predictor
        body = await predictor.body_of(req)
        media_type = _encoding_of(req)
        reader = self._reader = self._reader or OtlpReader()
        flagged = predictor.flagged()
        with predictor.load:
            read = read_json if media_type == falcon.MEDIA_JSON else read_protobuf
            tally = Tally()
            judge = await predictor.message_judge()
            kept: dict[int, JudgedLog] | None = None if self._forwarder is None else {}
            judging = Judging(read(body, reader, tally), tally, judge, "none", kept, flagged)
            await predictor.finish(judging, at_once=len(body) <= LARGE_BYTES)
        resp.content_type = media_type
        resp.data = accepted(tally, media_type)
        if self._forwarder is not None and kept is not None:
            mark = mark_json if media_type == falcon.MEDIA_JSON else mark_protobuf
            with self._passing:
                marked = await asyncio.to_thread(mark, body, kept, judge.model)
                predictor.load.hold(req.scope, len(marked))
                answer = await self._forwarder.post(marked, media_type)
            answer.pass_back(resp)
            if answer.status != HTTPStatus.OK:
                return  # it comes again, and is counted then
        predictor.report(judge.model, judging.verdicts, flagged)


def otlp_fault(req: falcon.asgi.Request, resp: falcon.asgi.Response, problem: Problem) -> None:
    """Write an error as OTLP has it: a `google.rpc.Status` in the request's encoding."""
    from inference.intake.otlp.answers import status  # noqa: PLC0415 - for these calls

    media_type = resp.content_type = _encoding_of(req)
    resp.data = status(problem.status, f"{problem.title}: {problem.detail}", media_type)


def _encoding_of(req: falcon.asgi.Request) -> str:
    """The media type of the request, which is that of the answer; protobuf if it does not say."""
    media_type = (req.content_type or PROTOBUF).partition(";")[0].strip().lower()
    return falcon.MEDIA_JSON if media_type.endswith("json") else PROTOBUF
