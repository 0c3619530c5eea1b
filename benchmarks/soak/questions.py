"""What is asked: records singly, raw logs singly, and batches of both."""

from collections.abc import Sequence
from itertools import islice
from typing import Final

import msgspec

from benchmarks.load import http_post
from benchmarks.workloads import DISTINCT, REAL, Records, predict_request
from schemas.api.operations import API_PREFIX
from schemas.api.predictions import BatchRequest, RawLog
from schemas.record.extraction import extract_features
from schemas.record.features import LogFeatures

EACH: Final = 500
"""Real records, made-up records and raw logs that are asked about singly; in batches, again."""

BATCH: Final = 100


class Question(msgspec.Struct, frozen=True):
    """A request, and what is known of it.

    Attributes:
        request: the whole HTTP request.
        log_ids: the names of its logs, in order; no two questions share one.
        logs: the features of its logs.
        is_batch: whether it asks for a batch.
    """

    request: bytes
    log_ids: Sequence[str]
    logs: Sequence[LogFeatures]
    is_batch: bool


def make_questions(records: Records) -> list[Question]:
    """Singles, with a batch behind every `BATCH` of them that asks about the same."""
    real = list(islice(dict.fromkeys(records.by_kind[REAL]), EACH))
    raw = list(islice({log.message: log for log in records.raw}.values(), EACH))
    asked: list[LogFeatures | RawLog] = [*real, *records.by_kind[DISTINCT][:EACH], *raw]
    questions = []
    for first in range(0, len(asked), BATCH):
        part = asked[first : first + BATCH]
        questions += [_single(f"single-{first + n}", log) for n, log in enumerate(part)]
        questions.append(_batch(f"batch-{first}", part))
    return questions


def _single(name: str, record: LogFeatures | RawLog) -> Question:
    body = msgspec.json.encode(predict_request(name, record))
    request = http_post(f"{API_PREFIX}/predict", body)
    return Question(request, [name], [_features(record)], is_batch=False)


def _batch(name: str, records: Sequence[LogFeatures | RawLog]) -> Question:
    log_ids = [f"{name}-{n}" for n in range(len(records))]
    body = msgspec.json.encode(BatchRequest(list(map(predict_request, log_ids, records))))
    request = http_post(f"{API_PREFIX}/predict/batch", body)
    return Question(request, log_ids, list(map(_features, records)), is_batch=True)


def _features(record: LogFeatures | RawLog) -> LogFeatures:
    if isinstance(record, RawLog):
        return extract_features(record.message, record.level, record.service)
    return record
