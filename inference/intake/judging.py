"""From a body of raw logs to its answer: blocks are read, judged, counted and listed in turn."""

import time
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Final

import msgspec

from inference.intake.raw_logs import Block, Tally
from inference.model.flagged import FlaggedLogs
from inference.model.message_judge import JudgedLog, Log, MessageJudge
from inference.model.verdicts import Verdict
from schemas.api.raw_logs import MAX_LISTED, Returned

__all__ = ["Judging"]

_encode: Final = msgspec.json.Encoder().encode
_MESSAGE: Final[Callable[[Log], str]] = itemgetter(0)


class Judging:
    """The judging of a body; it may be done in several steps.

    Attributes:
        verdicts: of the logs so far.

    Args:
        blocks: the body's logs.
        tally: where their reader counts what it finds.
        judge: judges them.
        returned: which verdicts are listed.
        kept: where judged logs are kept by position, if they are needed afterwards.
        flagged: where the anomalies are added, to be reported.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        blocks: Iterator[Block],
        tally: Tally,
        judge: MessageJudge,
        returned: Returned,
        kept: dict[int, JudgedLog] | None = None,
        flagged: FlaggedLogs | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._blocks = blocks
        self._ahead: Block | None = None
        self._tally = tally
        self._judge = judge
        self._returned = returned
        self._kept = kept
        self._flagged = flagged
        self._clock = clock
        self.verdicts: list[Verdict] = []
        self._listed: list[bytes] = []
        self._n_anomalies = 0
        self._n_unlisted = 0

    def go_on(self, until: float = float("inf")) -> bool:
        """Judge further blocks; returns whether all are done.

        Args:
            until: time by the clock from which on no other block is begun.

        Raises:
            TooManyRecordsError: the body has more records than a call may have.
        """
        while (block := self._ahead or next(self._blocks, None)) is not None:
            self._ahead = None
            judged = self._judge.judge(block.logs)
            for place, template in block.templates.items():
                judged[place] = self._judge.judge_templated(block.logs[place], template)
            self.verdicts += [judged_log.verdict for judged_log in judged]
            n_anomalies = [judged_log.is_anomaly for judged_log in judged].count(True)
            self._n_anomalies += n_anomalies
            if self._kept is not None:
                self._kept.update(zip(block.positions, judged, strict=True))
            if self._flagged is not None and n_anomalies:
                for judged_log, log in zip(judged, block.logs, strict=True):
                    if judged_log.is_anomaly:
                        self._flagged.add(judged_log.features, judged_log.verdict, log, _MESSAGE)
            if self._returned == "all" or (n_anomalies and self._returned == "anomalies"):
                self._list(block, judged)
            if self._clock() >= until:
                # That a body is at its end is seen only by reading on: most have a single block,
                # and a thread for nothing would cost as much as that.
                self._ahead = next(self._blocks, None)
                return self._ahead is None
        return True

    def _list(self, block: Block, judged: list[JudgedLog]) -> None:
        everything = self._returned == "all"
        model = self._judge.model
        for position, judged_log in zip(block.positions, judged, strict=True):
            if not (everything or judged_log.is_anomaly):
                continue
            if len(self._listed) >= MAX_LISTED:
                self._n_unlisted += 1
                continue
            self._listed.append(b'{"position":%d%b}' % (position, judged_log.members(model)))

    def answer(self) -> bytes:
        """The JSON of a `RawLogsAnswer`."""
        return b'{"log_count":%d,"anomaly_count":%d,"bad_count":%d,"unlisted_count":%d,' % (
            self._tally.n_records,
            self._n_anomalies,
            self._tally.n_bad,
            self._n_unlisted,
        ) + b'"model_version":%b,"logs":[%b],"bad":%b}' % (
            _encode(self._judge.model.version),
            b",".join(self._listed),
            _encode(self._tally.bad),
        )
