"""The first sentence of a report: true counts in plain English."""

from typing import cast

import msgspec
import numpy as np
import pytest

from inference.detectors.judgements import Judgements
from schemas.record.features import Level
from tests.made_logs import make_log
from trainer.counting.table import count_logs
from trainer.judging.headline import headline
from trainer.judging.judged import Judged
from trainer.store.candidate import Candidate

LEVELS = [Level.INFO, Level.WARN, Level.ERROR, Level.FATAL]


@pytest.mark.parametrize(
    ("flagged", "labelled", "found", "caught"),
    [
        ([], None, "Flags 0 of 10 lines", ""),
        ([2, 3], None, "Flags 7 of 10 lines", ""),
        ([3], [0, 1, 0, 4], "Flags 4 of 10 lines; all 4 are labelled, of 5 in all", "4"),
        ([0], [1, 0, 0, 0], "Flags 1 of 10 lines; it is labelled, of 1 in all", "0"),
        ([2], [1, 0, 1, 0], "Flags 3 of 10 lines; 1 of them is labelled, of 2 in all", "1"),
        ([1, 2], [0, 1, 1, 0], "Flags 5 of 10 lines; 2 of them are labelled, of 2 in all", "1"),
        ([3], [1, 0, 0, 0], "Flags 4 of 10 lines; none is labelled, of 1 in all", "0"),
    ],
)
def test_the_headline(
    flagged: list[int], labelled: list[int] | None, found: str, caught: str
) -> None:
    """Of one line at INFO, two at WARN, three at ERROR and four at FATAL."""
    logs = [make_log(9, level) for n, level in enumerate(LEVELS, start=1) for _ in range(n)]
    table = count_logs(logs)
    if labelled is not None:
        table = msgspec.structs.replace(table, positives=np.array(labelled))
    none = np.zeros(4)
    is_anomaly = np.isin(np.arange(4), flagged)
    judgements = Judgements(is_anomaly, none, none, none, np.zeros((4, 6), np.float32), none)
    labels = f", {caught} of them labelled" if caught else ""
    sentence = headline(table, Judged(cast(Candidate, None), judgements))
    assert sentence == f"{found}; an alert on ERROR flags 7{labels}."
