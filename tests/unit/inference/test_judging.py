"""A body of raw logs that is judged in steps."""

from pathlib import Path

import msgspec
import pytest

from inference.intake.judging import Judging
from inference.intake.raw_bodies import BodyReader
from inference.intake.raw_logs import Tally
from inference.model.flagged import FlaggedLogs
from inference.model.message_judge import MessageJudge
from inference.model.model import Model
from inference.store.versions import ModelStore
from schemas.api.raw_logs import RawLogsAnswer, Returned
from tests.made_logs import make_raw_logs

PAST = float("-inf")


@pytest.fixture(scope="module")
def judge(_published: Path) -> MessageJudge:
    """Of a model that flags some."""
    return MessageJudge(Model(ModelStore(_published).bundle(1), memo_capacity=1_000))


def begin(judge: MessageJudge, n_logs: int, returned: Returned) -> tuple[Judging, FlaggedLogs]:
    """The judging of so many logs as JSON lines, of a reader that has met nothing yet."""
    body = b"\n".join(map(msgspec.json.encode, make_raw_logs(n_logs)))
    tally, flagged = Tally(), FlaggedLogs()
    blocks = BodyReader().read(body, "application/x-ndjson", tally)
    return Judging(blocks, tally, judge, returned, flagged=flagged), flagged


@pytest.mark.parametrize("returned", ["all", "anomalies", "none"])
def test_steps_change_nothing(judge: MessageJudge, returned: Returned) -> None:
    """Block by block as at once: the same answer, verdicts and anomalies."""
    at_once, flagged = begin(judge, 5_000, returned)
    assert at_once.go_on()
    in_steps, flagged_in_steps = begin(judge, 5_000, returned)
    steps = 1
    while not in_steps.go_on(PAST):
        steps += 1
    assert steps > 2
    answer = msgspec.json.decode(at_once.answer(), type=RawLogsAnswer)
    assert answer.log_count == 5_000
    assert answer.anomaly_count > 0
    listed = {"all": 5_000, "anomalies": answer.anomaly_count, "none": 0}[returned]
    assert len(answer.logs) == listed
    assert in_steps.answer() == at_once.answer()
    assert in_steps.verdicts == at_once.verdicts
    assert sum(alike.count for alike in flagged) == answer.anomaly_count
    assert sum(alike.count for alike in flagged_in_steps) == answer.anomaly_count


def test_a_body_of_one_block_is_done_when_its_time_is_over(judge: MessageJudge) -> None:
    """There is nothing left for a thread to do."""
    judging, _ = begin(judge, 100, "anomalies")
    assert judging.go_on(PAST)
