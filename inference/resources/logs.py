"""POST /logs: raw logs in any usual shape."""

import asyncio
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final, cast, get_args

import falcon
import falcon.asgi

from inference.intake.json_values import begins_array
from inference.model.flagged import FlaggedLogs
from inference.resources.components import Components
from inference.resources.predictor import Predictor
from inference.web.admission import ANY_TYPE
from inference.web.load import SMALL_BYTES
from inference.web.queries import word
from inference.web.routing import AtOnce, Route
from schemas.api.operations import API_PREFIX, LINE_TYPES
from schemas.api.raw_logs import Returned

if TYPE_CHECKING:
    from inference.intake.judging import Judging
    from inference.intake.raw_bodies import BodyReader
    from inference.model.message_judge import MessageJudge

AT_ONCE_BYTES: Final = 524_288
"""A JSON body up to this size is begun on the loop, which it holds for `ON_LOOP_S` at most: a
thousand logs are mostly judged by then, and a thread would cost them a tenth more."""

_RETURNED: Final[tuple[Returned, ...]] = get_args(Returned)
_LINE_TYPES: Final = frozenset(name.encode() for name in LINE_TYPES)


def routes(components: Components) -> Iterator[Route]:
    """The routes of this module."""
    logs = LogsResource(components.predictor)
    yield Route(f"{API_PREFIX}/logs", logs, at_once=tuple(logs.ways_at_once()))


class LogsResource:
    """Judges raw logs.

    What reads them is loaded for the first of them, in a thread: half a second of work, which
    would hold all other calls on the event loop. Layouts of lines, another second, are then
    compiled beside the calls; until that is done no body is read on the loop, since a line of it
    might need a layout.
    """

    takes = frozenset({ANY_TYPE})

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._loading: asyncio.Task[BodyReader] | None = None
        self._warming: asyncio.Task[None] | None = None

    async def on_head(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """HEAD /api/v1/logs, by which shippers ask whether the service is there."""
        resp.content_type = falcon.MEDIA_JSON

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/logs"""
        predictor = self._predictor
        body = await predictor.body_of(req)
        returned = cast(Returned, word(req, "return", _RETURNED))
        flagged = predictor.flagged()
        with predictor.load:
            reader = await self._load()
            judge = await predictor.message_judge()
            judging = _begin(reader, body, req.content_type or "", returned, judge, flagged)
            # Of text, the layout has to be found out first; JSON is mostly read at once.
            at_once = _is_json(body) and len(body) <= AT_ONCE_BYTES and self._is_warm()
            await predictor.finish(judging, at_once=at_once)
            answer = judging.answer()
        predictor.report(judge.model, judging.verdicts, flagged)
        predictor.hold(req, answer)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = answer

    def ways_at_once(self) -> Iterator[AtOnce]:
        """How small bodies of JSON are answered, by what is to be listed."""
        default, *_ = _RETURNED
        queries = {b"": default, **{b"return=" + word.encode(): word for word in _RETURNED}}
        for query, returned in queries.items():
            answer = partial(self._answer_at_once, returned)
            yield AtOnce(answer, query, SMALL_BYTES, _LINE_TYPES)

    def _answer_at_once(self, returned: Returned, body: bytes, content_type: bytes) -> bytes | None:
        """What `on_post` answers to JSON; None if it would wait first, or would take long."""
        predictor = self._predictor
        model = predictor.slot.at_hand()
        if (
            model is None
            or predictor.load.is_full
            or len(body) > predictor.max_body_bytes
            or self._loading is None
            or self._warming is None
            or not self._warming.done()
            or not _is_json(body)
        ):
            return None
        reader, judge = self._loading.result(), predictor.message_judge_by(model)
        flagged = predictor.flagged()
        judging = _begin(reader, body, content_type.decode("latin-1"), returned, judge, flagged)
        if not predictor.finish_at_once(judging):
            return None
        answer = judging.answer()
        if len(answer) > SMALL_BYTES:  # which is weighed
            return None
        predictor.report(model, judging.verdicts, flagged)
        return answer

    async def _load(self) -> "BodyReader":
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(_load))
        # A caller that leaves does not stop what others wait for.
        return await asyncio.shield(self._loading)

    def _is_warm(self) -> bool:
        if self._warming is None:
            from inference.intake.warmup import warm_up  # noqa: PLC0415 - see the class

            self._warming = asyncio.create_task(warm_up())
        return self._warming.done()


def _is_json(body: bytes) -> bool:
    return body[:1] == b"{" or begins_array(body, 0)


def _load() -> "BodyReader":
    from inference.intake import judging, warmup  # noqa: F401, PLC0415 - see the class
    from inference.intake.raw_bodies import BodyReader  # noqa: PLC0415

    return BodyReader()


def _begin(
    reader: "BodyReader",
    body: bytes,
    content_type: str,
    returned: Returned,
    judge: "MessageJudge",
    flagged: FlaggedLogs | None,
) -> "Judging":
    from inference.intake.judging import Judging  # noqa: PLC0415 - see the class
    from inference.intake.raw_logs import Tally  # noqa: PLC0415

    tally = Tally()
    blocks = reader.read(body, content_type, tally)
    return Judging(blocks, tally, judge, returned, flagged=flagged)
