"""Verdicts that wait for a comparison."""

from collections.abc import Sequence

from inference.model.column_verdicts import ColumnVerdicts
from inference.model.verdicts import Verdict
from inference.shadow.waiting import Waiting


def verdicts(count: int) -> list[Verdict]:
    """So many verdicts, each with a mark of its own."""
    return [
        Verdict(is_anomaly=False, json=b"", contributions=b"", terms=b"", mark=n)
        for n in range(count)
    ]


class Counter:
    """Counts."""

    def __init__(self) -> None:
        self.n = 0

    def count(self, _verdict: Verdict) -> None:
        """Count a verdict."""
        self.n += 1

    def count_all(self, verdicts: Sequence[Verdict]) -> None:
        """Several."""
        self.n += len(verdicts)

    def count_columns(self, verdicts: ColumnVerdicts) -> None:
        """Several in columns."""
        self.n += len(verdicts)


def test_more_than_there_is_room_for_is_dropped_and_counted() -> None:
    """The bound holds, every verdict is either kept or counted as dropped, metrics miss none."""
    counter = Counter()
    waiting = Waiting(counter, room=10)
    waiting.count_all(verdicts(4))
    waiting.count_all(verdicts(25))
    for verdict in verdicts(20):
        waiting.count(verdict)
    waiting.count_all(verdicts(3))
    kept, n_dropped = waiting.take()
    assert 4 < len(kept) <= 10
    assert len(kept) + n_dropped == counter.n == 52
    assert waiting.take() == ([], 0)


def test_a_large_call_is_sampled_from_all_over_it() -> None:
    """What is kept of a call without room for all of it is not its beginning alone."""
    waiting = Waiting(None, room=10)
    waiting.count_all(verdicts(100))
    kept, _ = waiting.take()
    assert [verdict.mark for verdict in kept] == list(range(0, 100, 10))
