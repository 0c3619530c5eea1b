"""The audit of a soak: what it must find, and what it must not mind."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from benchmarks.bar import MB
from benchmarks.soak.audit import Audit
from benchmarks.soak.memory import Memory
from benchmarks.soak.outcome import Outcome
from benchmarks.soak.questions import Question, make_questions
from benchmarks.soak.reference import Reference
from benchmarks.workloads import DISTINCT, REAL, Records
from schemas.api.predictions import BatchRequest, PredictRequest
from schemas.bundle.options import TrainOptions
from tests.made_logs import make_logs, make_raw_logs

OPTIONS = TrainOptions(n_estimators=10, detector="isolation_forest")
RECORDS = Records(
    "made up", {REAL: make_logs(300), DISTINCT: make_logs(300, seed=1)}, make_raw_logs(300)
)

Change = Callable[[dict[str, Any]], object]


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    """Singles and batches about made-up records."""
    return make_questions(RECORDS)


@pytest.fixture(scope="module")
def reference(questions: Sequence[Question]) -> Reference:
    """It knows versions 1 and 2."""
    made = Reference([log for question in questions for log in question.logs])
    for version in ("1", "2"):
        made.learn(version, make_logs(1_000, seed=int(version)), OPTIONS)
    return made


def right_answer(reference: Reference, question: Question, version: str = "1") -> dict[str, Any]:
    """What the service must answer, as plain JSON."""
    predictions = [
        {
            "log_id": log_id,
            **msgspec.to_builtins(reference.verdict(version, log)),
            "percentile": 0.5,
            "model_version": version,
        }
        for log_id, log in zip(question.log_ids, question.logs, strict=True)
    ]
    if not question.is_batch:
        return predictions[0]
    count = sum(bool(prediction["is_anomaly"]) for prediction in predictions)
    return {"predictions": predictions, "anomaly_count": count, "model_version": version}


def test_every_question_has_names_of_its_own(questions: Sequence[Question]) -> None:
    """So that an answer that goes astray is known; requests ask about what is noted of them."""
    names = [log_id for question in questions for log_id in question.log_ids]
    assert len(set(names)) == len(names)
    for question in questions:
        body = question.request.partition(b"\r\n\r\n")[2]
        if question.is_batch:
            logs = msgspec.json.decode(body, type=BatchRequest).logs
        else:
            logs = [msgspec.json.decode(body, type=PredictRequest)]
        assert [log.log_id for log in logs] == list(question.log_ids)
        features = [log.features for log in logs]
        assert all(
            features_ in {None, log} for features_, log in zip(features, question.logs, strict=True)
        )


def test_right_answers_are_found_right(questions: Sequence[Question], reference: Reference) -> None:
    """However often they come: each is counted, whichever version it names."""
    audit = Audit(questions, reference)
    for version in ("1", "2", "2"):
        for index, question in enumerate(questions):
            audit.hear(index, msgspec.json.encode(right_answer(reference, question, version)))
    audit.settle()
    logs = sum(len(question.logs) for question in questions)
    assert (audit.checked, audit.wrong) == (3 * logs, {})
    assert audit.versions == {"1": logs, "2": 2 * logs}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda prediction: prediction.update(is_anomaly=not prediction["is_anomaly"]),
            "is_anomaly",
        ),
        (
            lambda prediction: prediction.update(anomaly_score=prediction["anomaly_score"] + 2e-7),
            "anomaly_score",
        ),
        (lambda prediction: prediction.update(decision=prediction["decision"] - 2e-7), "decision"),
        (lambda prediction: prediction.update(log_id="another"), "other logs"),
        (lambda prediction: prediction.update(model_version="3"), "no training that was answered"),
        (lambda prediction: prediction.update(model_version="2"), "scikit-learn says"),
        (lambda prediction: prediction.pop("decision"), "cannot be read"),
    ],
)
def test_a_wrong_verdict_is_found(
    questions: Sequence[Question], reference: Reference, change: Change, fault: str
) -> None:
    """A label, a score beyond rounding, another log's or another version's: each by its name."""
    audit = Audit(questions, reference)
    index = next(n for n, question in enumerate(questions) if not question.is_batch)
    answer = right_answer(reference, questions[index])
    change(answer)
    audit.hear(index, msgspec.json.encode(answer))
    audit.close()
    assert sum(audit.wrong.values()) == audit.checked == 1
    assert fault in next(iter(audit.wrong))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda batch: batch["predictions"].pop(), "anomaly_count|other logs"),
        (lambda batch: batch["predictions"].reverse(), "other logs"),
        (lambda batch: batch.update(anomaly_count=batch["anomaly_count"] + 1), "anomaly_count"),
        (lambda batch: batch["predictions"][7].update(model_version="2"), "several versions"),
        (lambda batch: batch.update(model_version="2"), "several versions"),
    ],
)
def test_a_wrong_batch_is_found(
    questions: Sequence[Question], reference: Reference, change: Change, fault: str
) -> None:
    """Verdicts that are missing, out of order or of several versions make all of it wrong."""
    audit = Audit(questions, reference)
    index = next(n for n, question in enumerate(questions) if question.is_batch)
    answer = right_answer(reference, questions[index])
    change(answer)
    audit.hear(index, msgspec.json.encode(answer))
    audit.settle()
    assert sum(audit.wrong.values()) == audit.checked == len(questions[index].logs)
    assert any(part in next(iter(audit.wrong)) for part in fault.split("|"))


def test_an_answer_may_come_before_its_version_is_known(questions: Sequence[Question]) -> None:
    """A new version answers before the training that made it does; it is checked later."""
    reference = Reference([log for question in questions for log in question.logs])
    audit = Audit(questions, reference)
    known = Reference([log for question in questions for log in question.logs])
    known.learn("1", RECORDS.by_kind[REAL], OPTIONS)
    audit.hear(0, msgspec.json.encode(right_answer(known, questions[0])))
    audit.settle()
    assert audit.checked == 0
    reference.learn("1", RECORDS.by_kind[REAL], OPTIONS)
    audit.settle()
    assert (audit.checked, audit.wrong) == (1, {})


@pytest.mark.parametrize(
    ("megabytes", "flat"),
    [
        ([60, 70, 75, 75], True),
        ([60, 70, 75, 75.1], False),
        ([20, 90, 90, 90], True),
        ([90, 90, 95, 80], True),
        ([60, 99], True),
    ],
)
def test_memory_is_flat_from_the_second_quarter_on(megabytes: list[float], flat: bool) -> None:  # noqa: FBT001
    """Five megabytes more in the last are; the first is warming up, and a fall is no growth."""
    assert Memory([round(MB * size) for size in megabytes]).is_flat == flat


def test_a_quarter_is_judged_by_its_median() -> None:
    """A single sample that lies far off, as while two models are loaded, moves nothing."""
    samples = [MB * size for size in (70, 71, 99, 80, 81, 82, 80, 80, 80, 83, 10, 84)]
    assert Memory(samples).quarters_mb == [71, 81, 80, 83]
    assert str(Memory(samples)) == "71.0, 81.0, 80.0, 83.0 MB"


GOOD = Outcome(
    seconds=600.0,
    requests=1_000,
    lost={"closed": 0},
    checked=2_000,
    wrong={},
    versions=4,
    trainings=3,
    rollbacks=1,
    faults={},
    service=Memory([80 * MB] * 4),
    trainer=Memory([180 * MB, 180 * MB, 200 * MB, 250 * MB]),
)


def test_a_good_soak_has_no_problems() -> None:
    """The trainer's memory is reported and not judged."""
    assert GOOD.problems == []
    assert "lost    0 of 1,000 requests" in str(GOOD)
    assert "wrong   0 of 2,000 verdicts" in str(GOOD)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"lost": {"closed": 1}}, "1 lost: closed"),
        ({"wrong": {"single-1: decision": 2}}, "2 wrong: single-1: decision"),
        ({"wrong": {str(n): 1 for n in range(8)}}, "3 more kinds of wrong verdicts"),
        ({"faults": {"status 500 of a training": 1}}, "1 failed: status 500"),
        ({"checked": 0}, "no answer was checked"),
        ({"trainings": 0}, "no training done"),
        ({"service": Memory([80 * MB, 80 * MB, 80 * MB, 86 * MB])}, "memory is not flat"),
    ],
)
def test_whatever_must_not_be_is_a_problem(change: dict[str, Any], problem: str) -> None:
    """One lost request, one wrong verdict, one failed training, or nothing done at all."""
    found = msgspec.structs.replace(GOOD, **change)
    assert any(problem in fault for fault in found.problems)
    assert f"PROBLEM {found.problems[0]}" in str(found)


def test_memory_of_a_short_soak_is_not_judged() -> None:
    """Its quarters are too short to distinguish growth from warming up."""
    grown = Memory([80 * MB, 80 * MB, 80 * MB, 99 * MB])
    assert msgspec.structs.replace(GOOD, seconds=60.0, service=grown).problems == []
