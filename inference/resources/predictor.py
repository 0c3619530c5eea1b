"""The common part of all calls for verdicts, in whatever form their logs come."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

import falcon.asgi

from inference.model.column_verdicts import ColumnVerdicts
from inference.model.flagged import FlaggedLogs
from inference.model.model import Model
from inference.model.verdicts import Verdict, VerdictCounter
from inference.store.slot import ModelSlot
from inference.web.body import read_body
from inference.web.load import LARGE_BYTES, SMALL_BYTES, Load
from schemas.record.features import LogFeatures

if TYPE_CHECKING:
    from inference.incidents.incidents import Incidents
    from inference.intake.judging import Judging
    from inference.model.message_judge import MessageJudge

ON_LOOP_S: Final = 0.005
"""Longer work on raw logs goes on in a thread; most bodies of a thousand records are done then."""

Verdicts = Sequence[Verdict] | ColumnVerdicts
"""The verdicts of a call."""

R = TypeVar("R")
S = TypeVar("S")
A = TypeVar("A")


class Predictor:
    """Judges the logs of a worker's calls: by the model that serves, and within bounds.

    Verdicts are counted and anomalies are reported before the first byte of an answer is sent.

    Attributes:
        slot: holds the model.
        load: what the worker has in hand.
        max_body_bytes: bound of a body.
        count: counts the verdict of a log; None if nobody counts.

    Args:
        counter: counts the verdicts; None without metrics.
        incidents: reports the anomalies; None if they are not reported.
    """

    def __init__(
        self,
        slot: ModelSlot,
        load: Load,
        max_body_bytes: int,
        counter: VerdictCounter | None = None,
        incidents: "Incidents | None" = None,
    ) -> None:
        self.slot = slot
        self.load = load
        self.max_body_bytes = max_body_bytes
        self._counter = counter
        self.count = None if counter is None else counter.count
        self._incidents = incidents
        self._message_judge: MessageJudge | None = None

    async def body_of(self, req: falcon.asgi.Request) -> bytes:
        """The whole body of a call, decompressed; raises as `read_body` does."""
        return await read_body(req, self.max_body_bytes, self.load)

    async def judge(
        self,
        req: falcon.asgi.Request,
        read: Callable[[bytes], R],
        judge: Callable[[Model, R, FlaggedLogs | None], tuple[Verdicts, A]],
    ) -> tuple[R, A]:
        """Read a call's body and judge the logs in it: at once, or a large body in its turn.

        Args:
            req: the call.
            read: makes a request of the body.
            judge: judges the request's logs, and adds the anomalies where they are wanted.

        Returns:
            The request, and what is answered to it.

        Raises:
            ModelNotLoadedError: there is no model.
            OverloadedError: the worker has too much in hand.
            Exception: whatever `read` and `judge` raise.
        """
        body = await self.body_of(req)
        flagged = self.flagged()
        with self.load:
            if len(body) <= LARGE_BYTES:
                request = read(body)
                model = await self.slot.current()
                verdicts, answer = judge(model, request, flagged)
            else:
                async with self.load.turn():
                    request = await asyncio.to_thread(read, body)
                    # Only the loop's thread reads the slot; what it holds then judges the logs.
                    model = await self.slot.current()
                    verdicts, answer = await asyncio.to_thread(judge, model, request, flagged)
        self.report(model, verdicts, flagged)
        return request, answer

    async def message_judge(self) -> "MessageJudge":
        """The judge of raw logs by the model that serves.

        Raises:
            ModelNotLoadedError: there is none.
        """
        return self.message_judge_by(await self.slot.current())

    def message_judge_by(self, model: Model) -> "MessageJudge":
        """The judge of raw logs by a model, the same as long as the model is."""
        from inference.model.message_judge import MessageJudge  # noqa: PLC0415 - for who needs it

        judge = self._message_judge
        if judge is None or judge.model is not model:
            judge = self._message_judge = MessageJudge(model)
        return judge

    async def finish(self, judging: "Judging", *, at_once: bool) -> None:
        """Judge the raw logs of a body, for a moment on the loop and then in a thread.

        Args:
            judging: of the body.
            at_once: it may begin on the loop.
        """
        if not (at_once and self.finish_at_once(judging)):
            async with self.load.turn():
                await asyncio.to_thread(judging.go_on)

    @staticmethod
    def finish_at_once(judging: "Judging") -> bool:
        """Judge the raw logs of a body for a moment; returns whether all are judged."""
        return judging.go_on(time.monotonic() + ON_LOOP_S)

    def flagged(self) -> FlaggedLogs | None:
        """Where the anomalies of a call are added; None if they are not reported."""
        return None if self._incidents is None else FlaggedLogs()

    def report(self, model: Model, verdicts: Verdicts, flagged: FlaggedLogs | None) -> None:
        """Have the verdicts of a call counted, and its anomalies taken up."""
        if self._counter is not None and len(verdicts):
            if isinstance(verdicts, ColumnVerdicts):
                self._counter.count_columns(verdicts)
            else:
                self._counter.count_all(verdicts)
        if self._incidents is not None and flagged:
            self._incidents.see(model, flagged)

    def report_anomaly(
        self,
        model: Model,
        log: LogFeatures,
        verdict: Verdict,
        source: S,
        message_of: Callable[[S], str],
    ) -> None:
        """Have a single anomaly taken up; the arguments as for `FlaggedLogs.add`."""
        if self._incidents is not None:
            flagged = FlaggedLogs()
            flagged.add(log, verdict, source, message_of)
            self._incidents.see(model, flagged)

    def hold(self, req: falcon.asgi.Request, answer: bytes) -> None:
        """Weigh a large answer until its client has taken it.

        Raises:
            OverloadedError: the worker holds too much already.
        """
        if len(answer) > SMALL_BYTES:
            self.load.hold(req.scope, len(answer))
