"""POST /logs: raw logs in any usual shape."""

import asyncio
import time
from typing import TYPE_CHECKING, Final, cast, get_args

import falcon
import falcon.asgi

from inference.model.flagged import FlaggedLogs
from inference.model.verdicts import VerdictCounter
from inference.store.slot import ModelSlot
from inference.web.admission import ANY_TYPE
from inference.web.body import read_body
from inference.web.load import LARGE_BYTES, SMALL_BYTES, Load
from inference.web.queries import word
from schemas.api.raw_logs import Returned

if TYPE_CHECKING:
    from inference.incidents.incidents import Incidents
    from inference.intake.judging import Judging
    from inference.intake.raw_bodies import BodyReader
    from inference.model.message_judge import MessageJudge

ON_LOOP_S: Final = 0.005
"""Longer work goes on in a thread; most bodies of a thousand records are done by then."""

_RETURNED: Final = get_args(Returned)


class Judges:
    """Has the judge of the model that serves.

    Args:
        slot: holds the model.
    """

    def __init__(self, slot: ModelSlot) -> None:
        self._slot = slot
        self._judge: MessageJudge | None = None

    async def current(self) -> "MessageJudge":
        """The judge of the model that CURRENT names.

        Raises:
            ModelNotLoadedError: there is none.
        """
        from inference.model.message_judge import MessageJudge  # noqa: PLC0415 - for who needs it

        model = await self._slot.current()
        judge = self._judge
        if judge is None or judge.model is not model:
            judge = self._judge = MessageJudge(model)
        return judge


class LogsResource:
    """Judges raw logs; what it needs for that is loaded for the first of them."""

    takes = frozenset({ANY_TYPE})

    def __init__(
        self,
        slot: ModelSlot,
        max_body_bytes: int,
        load: Load,
        judged: VerdictCounter | None = None,
        incidents: "Incidents | None" = None,
    ) -> None:
        self._judges = Judges(slot)
        self._max_body_bytes = max_body_bytes
        self._load = load
        self._judged = judged
        self._incidents = incidents
        self._reader: BodyReader | None = None

    async def on_head(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """HEAD /api/v1/logs, by which shippers ask whether anybody is there."""
        resp.content_type = falcon.MEDIA_JSON

    async def on_post(self, req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """POST /api/v1/logs"""
        body = await read_body(req, self._max_body_bytes, self._load)
        returned = cast(Returned, word(req, "return", _RETURNED))
        with self._load:
            judge = await self._judges.current()
            flagged = None if self._incidents is None else FlaggedLogs()
            judging = self._begin(body, req.content_type or "", returned, judge, flagged)
            # Of text, the layout has to be found out first; JSON is mostly read at once.
            at_once = len(body) <= LARGE_BYTES and body[:1] in (b"{", b"[")
            if not (at_once and judging.go_on(time.monotonic() + ON_LOOP_S)):
                async with self._load.turn():
                    await asyncio.to_thread(judging.go_on)
            answer = judging.answer()
        if self._judged is not None and judging.verdicts:
            self._judged.count_all(judging.verdicts)
        if self._incidents is not None and flagged:
            self._incidents.see(judge.model, flagged)
        if len(answer) > SMALL_BYTES:
            self._load.hold(req.scope, len(answer))
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
        media_type = content_type.partition(";")[0].strip().lower()
        blocks = reader.read(body, media_type, tally)
        return Judging(blocks, tally, judge, returned, flagged=flagged)
