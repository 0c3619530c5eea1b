"""The anomalies of a call, for those who report them."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from inference.model.column_verdicts import ColumnVerdicts
from inference.model.verdicts import Verdict, verdicts_in_columns
from schemas.record.features import LogFeatures

S = TypeVar("S")


class Flagged:
    """Anomalies of a call that are alike.

    Attributes:
        log: what the model saw of each.
        verdict: the model's.
        message: reads the message of the first; empty for features without a message. Messages
            are raw text: only their template may leave the process.
        count: how many they are.
    """

    __slots__ = ("count", "log", "message", "verdict")

    def __init__(self, log: LogFeatures, verdict: Verdict, message: Callable[[], str]) -> None:
        self.log = log
        self.verdict = verdict
        self.message = message
        self.count = 1


class FlaggedLogs:
    """All anomalies of a call. A memo gives logs that are alike the same verdict object."""

    def __init__(self) -> None:
        self._by_verdict: dict[int, Flagged] = {}

    def __iter__(self) -> Iterator[Flagged]:
        """Groups of anomalies that are alike."""
        return iter(self._by_verdict.values())

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._by_verdict)

    def add(
        self, log: LogFeatures, verdict: Verdict, source: S, message_of: Callable[[S], str]
    ) -> None:
        """Add an anomaly.

        Args:
            log: what the model saw.
            verdict: the model's.
            source: of the message.
            message_of: reads it, if it is ever needed.
        """
        alike = self._by_verdict.get(id(verdict))
        if alike is None:
            self._by_verdict[id(verdict)] = Flagged(log, verdict, partial(message_of, source))
        else:
            alike.count += 1

    def add_all(
        self,
        logs: Sequence[LogFeatures],
        verdicts: Sequence[Verdict],
        sources: Sequence[S],
        message_of: Callable[[S], str],
    ) -> None:
        """Add the anomalies among logs; the arguments as there, in the same order."""
        for log, verdict, source in zip(logs, verdicts, sources, strict=True):
            if verdict.is_anomaly:
                self.add(log, verdict, source, message_of)

    def add_columns(self, verdicts: ColumnVerdicts) -> None:
        """Add the anomalies among verdicts in columns, none of which has a message."""
        anomalies = verdicts.take(verdicts.anomalies)
        single = verdicts_in_columns(anomalies, [0] * len(anomalies))
        self.add_all(anomalies.logs, single, single, _no_message)


def _no_message(_source: object) -> str:
    return ""
