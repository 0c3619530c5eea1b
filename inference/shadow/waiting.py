"""Verdicts that were answered and wait to be compared; noting them costs an append to a list."""

from collections.abc import Sequence
from typing import Final

from inference.model.column_verdicts import ColumnVerdicts
from inference.model.verdicts import Verdict, VerdictCounter, verdicts_in_columns

MAX_WAITING: Final = 4_096
"""Verdicts that wait; more are dropped."""


class Waiting:
    """Notes verdicts as they are counted; must be used from a single event loop.

    Attributes:
        n_dropped: for how many there was no room since they were taken last.

    Args:
        counter: counts them as well; None without metrics.
        room: how many may wait.
    """

    def __init__(self, counter: VerdictCounter | None, room: int = MAX_WAITING) -> None:
        self.n_dropped = 0
        self._counter = counter
        self._room = room
        self._verdicts: list[Verdict] = []

    def count(self, verdict: Verdict) -> None:
        """Note a verdict that is answered."""
        if self._counter is not None:
            self._counter.count(verdict)
        if len(self._verdicts) < self._room:
            self._verdicts.append(verdict)
        else:
            self.n_dropped += 1

    def count_all(self, verdicts: Sequence[Verdict]) -> None:
        """Note several; if there is room for some only, these are taken from all over the batch."""
        if self._counter is not None:
            self._counter.count_all(verdicts)
        self._note(verdicts)

    def count_columns(self, verdicts: ColumnVerdicts) -> None:
        """The same for verdicts in columns."""
        if self._counter is not None:
            self._counter.count_columns(verdicts)
        self._note(verdicts_in_columns(verdicts, [0] * len(verdicts)))

    def _note(self, verdicts: Sequence[Verdict]) -> None:
        room = self._room - len(self._verdicts)
        noted = verdicts
        if len(verdicts) > room:
            noted = verdicts[:: -(-len(verdicts) // room)] if room else []
            self.n_dropped += len(verdicts) - len(noted)
        self._verdicts.extend(noted)

    def take(self) -> tuple[list[Verdict], int]:
        """Take the verdicts that wait, and how many were dropped; nothing waits then."""
        taken = self._verdicts, self.n_dropped
        self._verdicts, self.n_dropped = [], 0
        return taken
