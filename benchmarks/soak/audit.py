"""The ledger of answers, and what is wrong with them."""

import threading
from collections import Counter
from collections.abc import Sequence

import msgspec

from benchmarks.soak.questions import Question
from benchmarks.soak.reference import Reference
from schemas.api.predictions import BatchPrediction, Prediction

_single = msgspec.json.Decoder(Prediction)
_batch = msgspec.json.Decoder(BatchPrediction)


class Audit:
    """Counts answers as they come, and checks later, each distinct one once.

    Attributes:
        checked: verdicts that were checked.
        wrong: verdicts that were wrong, by what is wrong with them.
        versions: verdicts by model version.
    """

    def __init__(self, questions: Sequence[Question], reference: Reference) -> None:
        self._questions = questions
        self._reference = reference
        self._heard: Counter[tuple[int, bytes]] = Counter()
        self._lock = threading.Lock()
        self.checked = 0
        self.wrong: Counter[str] = Counter()
        self.versions: Counter[str] = Counter()

    def hear(self, index: int, body: bytes) -> None:
        """Keep the answer to a question; may be called by another thread than the rest."""
        with self._lock:
            self._heard[index, body] += 1

    def settle(self) -> None:
        """Check what has been heard; answers of versions not known yet wait for the next time."""
        for (index, body), count in self._take().items():
            predictions, fault = _read(self._questions[index], body)
            version = predictions[0].model_version if predictions else ""
            if not fault and not self._reference.knows(version):
                with self._lock:
                    self._heard[index, body] += count
            else:
                self._check(self._questions[index], predictions, fault, count)

    def close(self) -> None:
        """Check all: a version that is still not known is wrong."""
        for (index, body), count in self._take().items():
            question = self._questions[index]
            self._check(question, *_read(question, body), count)

    def _take(self) -> Counter[tuple[int, bytes]]:
        with self._lock:
            heard, self._heard = self._heard, Counter()
        return heard

    def _check(
        self, question: Question, predictions: Sequence[Prediction], fault: str, count: int
    ) -> None:
        self.checked += count * len(question.logs)
        if fault:
            self.wrong[fault] += count * len(question.logs)
            return
        for log, found in zip(question.logs, predictions, strict=True):
            self.versions[found.model_version] += count
            if fault := self._reference.fault(log, found):
                self.wrong[f"{found.log_id}: {fault}"] += count


def _read(question: Question, body: bytes) -> tuple[Sequence[Prediction], str]:
    """The verdicts in an answer, and what is wrong with it as a whole, if anything."""
    name = question.log_ids[0]
    try:
        if not question.is_batch:
            predictions = [_single.decode(body)]
        else:
            batch = _batch.decode(body)
            predictions = batch.predictions
            if batch.anomaly_count != sum(prediction.is_anomaly for prediction in predictions):
                return [], f"{name}: anomaly_count is not the count of anomalies"
            if {prediction.model_version for prediction in predictions} != {batch.model_version}:
                return [], f"{name}: verdicts of several versions in one batch"
    except msgspec.MsgspecError as error:
        return [], f"{name}: the answer cannot be read: {error}"
    if [prediction.log_id for prediction in predictions] != list(question.log_ids):
        return [], f"{name}: an answer to other logs"
    return predictions, ""
