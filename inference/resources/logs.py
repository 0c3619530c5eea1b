"""POST /logs: raw logs in any usual shape."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, cast, get_args

import falcon
import falcon.asgi

from inference.intake.json_values import begins_array
from inference.model.flagged import FlaggedLogs
from inference.resources.components import Components
from inference.resources.predictor import Predictor
from inference.web.admission import ANY_TYPE
from inference.web.load import LARGE_BYTES
from inference.web.queries import word
from inference.web.routing import Route
from schemas.api.operations import API_PREFIX
from schemas.api.raw_logs import Returned

if TYPE_CHECKING:
    from inference.intake.judging import Judging
    from inference.intake.raw_bodies import BodyReader
    from inference.model.message_judge import MessageJudge

_RETURNED: Final = get_args(Returned)


def routes(components: Components) -> Iterator[Route]:
    """What is answered here."""
    yield Route(f"{API_PREFIX}/logs", LogsResource(components.predictor))


async def prepare_reading() -> None:
    """Load and compile what reads raw logs, in a thread: a second of work, once in a worker.

    Done on the event loop, for the first line that needs it, it would hold all other calls.
    """
    await asyncio.to_thread(_prepare)


def _prepare() -> None:
    from inference.intake import judging, raw_bodies, warmup  # noqa: F401, PLC0415 - see above

    warmup.warm_up()


class LogsResource:
    """Judges raw logs; what it needs for that is loaded when a worker has started."""

    takes = frozenset({ANY_TYPE})

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self._reader: BodyReader | None = None

    async def on_head(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """HEAD /api/v1/logs, by which shippers ask whether anybody is there."""
        resp.content_type = falcon.MEDIA_JSON

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/logs"""
        predictor = self._predictor
        body = await predictor.body_of(req)
        returned = cast(Returned, word(req, "return", _RETURNED))
        flagged = predictor.flagged()
        with predictor.load:
            if self._reader is None:
                await prepare_reading()
            judge = await predictor.message_judge()
            judging = self._begin(body, req.content_type or "", returned, judge, flagged)
            # Of text, the layout has to be found out first; JSON is mostly read at once.
            is_json = body[:1] == b"{" or begins_array(body, 0)
            at_once = len(body) <= LARGE_BYTES and is_json
            await predictor.finish(judging, at_once=at_once)
            answer = judging.answer()
        predictor.report(judge.model, judging.verdicts, flagged)
        predictor.hold(req, answer)
        resp.content_type = falcon.MEDIA_JSON
        resp.data = answer

    def _begin(
        self,
        body: bytes,
        content_type: str,
        returned: Returned,
        judge: "MessageJudge",
        flagged: FlaggedLogs | None,
    ) -> "Judging":
        from inference.intake.judging import Judging  # noqa: PLC0415 - see the class
        from inference.intake.raw_bodies import BodyReader  # noqa: PLC0415
        from inference.intake.raw_logs import Tally  # noqa: PLC0415

        reader = self._reader = self._reader or BodyReader()
        tally = Tally()
        blocks = reader.read(body, content_type, tally)
        return Judging(blocks, tally, judge, returned, flagged=flagged)
