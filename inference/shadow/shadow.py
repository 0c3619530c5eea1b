"""The shadow of a worker: it has a candidate judge the logs that the worker has answered.

A thread compares the verdicts that wait twenty times a second, behind the answers. It takes a
bounded share of the worker's processor time; what is beyond is dropped and counted, so that under
load the candidate judges a sample.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import msgspec

from inference.model.model import Model
from inference.model.verdicts import Verdict
from inference.shadow.candidate import Candidate, CandidateLoader
from inference.shadow.comparing import Comparison, compare
from inference.shadow.figures import Figures, Found
from inference.shadow.waiting import Waiting
from inference.store.slot import ModelSlot
from inference.store.turns import Turns
from schemas.api.shadow import ShadowReport, ShadowState

EVERY_S: Final = 0.05
LOOK_S: Final = 1.0
"""How often it is looked whether there is another candidate."""

AT_ONCE: Final = 256
"""Verdicts that are compared before it is looked what that has taken."""

ASIDE_S: Final = 0.000_1
"""Between two of those the thread steps aside for the event loop, which has answers to give."""

SHARE: Final = 0.04
CREDIT_S: Final = 0.02
"""The thread takes at most this share of the processor time that the rest of the worker takes, and
can save up so much of it. Moving what it reads into the caches takes time from others, too."""

MAX_EXAMPLES: Final = 20

_log = logging.getLogger(__name__)


def _filled_in(report: ShadowReport, found: Found) -> ShadowReport:
    n_logs = found.n_neither + found.n_both + found.n_model + found.n_candidate

    def share(count: int) -> float | None:
        return count / n_logs if n_logs else None

    return msgspec.structs.replace(
        report,
        judging_workers=found.n_judging,
        log_count=n_logs,
        dropped_count=found.n_dropped,
        agreement=share(found.n_neither + found.n_both),
        model_flagged_share=share(found.n_both + found.n_model),
        candidate_flagged_share=share(found.n_both + found.n_candidate),
        only_model_count=found.n_model,
        only_candidate_count=found.n_candidate,
        examples=found.examples[:MAX_EXAMPLES],
    )


class Shadow:
    """Compares a candidate with a worker's model; must be used from a single event loop.

    Attributes:
        waiting: the verdicts that wait.
        figures: where it is counted what is found.
        candidate: what judges beside the model.

    Args:
        slot: holds the model.
        which: the candidate: number of a version, or `candidate` for what the file names.
        waiting: the verdicts that wait.
        figures: where it is counted what is found.
        memo_capacity: size of the candidate's memo.
        share: of the worker's other processor time that may be used.
        spent: seconds of processor time of the thread that asks, and of the process.
    """

    def __init__(
        self,
        slot: ModelSlot,
        which: str,
        waiting: Waiting,
        figures: Figures,
        *,
        memo_capacity: int,
        share: float = SHARE,
        spent: Callable[[], tuple[float, float]] = lambda: (
            time.thread_time(),
            time.process_time(),
        ),
    ) -> None:
        self.figures = figures
        self.waiting = waiting
        self._slot = slot
        self._share = share
        self._spent = spent
        self._loader = CandidateLoader(
            slot.store, which, memo_capacity=memo_capacity, turns=Turns()
        )
        self.candidate = Candidate()
        self._before: tuple[float, float] | None = None
        self._allowance_s = CREDIT_S
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="shadow")

    async def watch(self) -> None:
        """Compare for ever, from the start of a worker on."""
        loop = asyncio.get_running_loop()
        next_look = 0.0
        while True:
            if loop.time() >= next_look:
                await loop.run_in_executor(self._thread, self.follow_candidate)
                next_look = loop.time() + LOOK_S
            await self.compare_waiting()
            await asyncio.sleep(EVERY_S)

    def follow_candidate(self) -> None:
        """Take up what is named as the candidate now; in a thread, but for tests."""
        self._take(self._loader.find(self.candidate))

    async def compare_waiting(self) -> None:
        """Compare the verdicts that wait, as far as the processor time suffices."""
        waiting, n_dropped = self.waiting.take()
        self.figures.drop(n_dropped)
        model, candidate = self._slot.model, self.candidate.model
        state = self._state()
        self.figures.announce(state)
        if model is None or candidate is None or state != "judging":
            self.figures.drop(len(waiting) if state == "broken" else 0)
            return
        self.figures.begin(model.digest, candidate.digest)
        if not waiting:
            return
        loop = asyncio.get_running_loop()
        try:
            results = await loop.run_in_executor(
                self._thread, self._compare, model, candidate, waiting
            )
        except Exception as error:  # noqa: BLE001 - of whatever kind: it must harm nothing
            self.figures.drop(len(waiting))
            version = self.candidate.version
            self._take(Candidate(candidate, version, f"version {version}: {type(error).__name__}"))
            return
        for comparison in results:
            self.figures.add(comparison)
        self.figures.drop(
            len(waiting) - sum(result.n_logs + result.n_skipped for result in results)
        )

    def report(self) -> ShadowReport:
        """The findings of all workers on this worker's candidate."""
        model, candidate = self._slot.model, self.candidate.model
        version = self.candidate.version
        report = ShadowReport(
            state=self._state(),
            detail=self.candidate.fault,
            candidate_version=None if version is None else str(version),
            candidate_hash=None if candidate is None else candidate.digest,
            model_version=None if model is None else model.version,
        )
        if model is None or candidate is None:
            return report
        return _filled_in(report, self.figures.of_pair(model.digest, candidate.digest))

    def _state(self) -> ShadowState:
        if self.candidate.fault:
            return "broken"
        if self.candidate.model is None:
            return "missing"
        model = self._slot.model
        if model is not None and model.digest == self.candidate.model.digest:
            return "serving"
        return "judging"

    def _take(self, candidate: Candidate) -> None:
        if candidate.fault and candidate.fault != self.candidate.fault:
            _log.error("shadow.failed", extra={"reason": candidate.fault})
        elif candidate.model is not None and candidate.model is not self.candidate.model:
            _log.info("shadow.loaded", extra={"model_version": candidate.model.version})
        self.candidate = candidate

    def _compare(self, model: Model, candidate: Model, verdicts: list[Verdict]) -> list[Comparison]:
        """In the thread: compare until all is done or the share is used up."""
        results: list[Comparison] = []
        for at in range(0, len(verdicts), AT_ONCE):
            if not self._may_go_on():
                break
            results.append(compare(model, candidate, verdicts[at : at + AT_ONCE]))
            time.sleep(ASIDE_S)
        return results

    def _may_go_on(self) -> bool:
        """In the thread: whether it has processor time left of its share."""
        own, process = self._spent()
        other = process - own
        own_before, other_before = self._before or (own, other)
        earned = self._share * max(other - other_before, 0.0)
        self._allowance_s = min(self._allowance_s + earned - (own - own_before), CREDIT_S)
        self._before = (own, other)
        return self._allowance_s > 0
