"""Requests each by itself: a request at fault fails no other of its batch or its JSON lines."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final

import msgspec
from msgspec import Raw

from inference.intake.json_values import items_of
from inference.intake.requests import message_of, read_request, read_requests
from inference.model.explanations import explanation_json
from inference.model.flagged import FlaggedLogs
from inference.model.model import Model
from inference.model.verdicts import Verdict, prediction_json
from schemas.api.predictions import MAX_BATCH_LOGS, FaultyLog, LogId, PredictRequest
from schemas.api.problems import FieldError
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from schemas.record.features import LogFeatures

__all__ = [
    "Answered",
    "Each",
    "answer_each",
    "read_each",
    "reported_json",
    "requests_in",
]

Each = PredictRequest | FaultyLog
"""A request, or its faults."""

_decode = BodyDecoder(PredictRequest).decode
_encode: Final = msgspec.json.Encoder().encode


class _Batch(msgspec.Struct):
    logs: Raw


class _Named(msgspec.Struct):
    log_id: LogId


class Answered(msgspec.Struct, frozen=True):
    """The answers to requests.

    Attributes:
        objects: the JSON of a `Prediction` or a `FaultyLog` for each, in their order.
        verdicts: on those that could be judged.
    """

    objects: list[bytes]
    verdicts: list[Verdict]


def requests_in(body: bytes) -> list[bytes] | None:
    """The JSON of each request of a batch; None if the body is no batch."""
    try:
        logs = bytes(msgspec.json.decode(body, type=_Batch).logs)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if logs[:1] != b"[":
        return None
    items = [item for _, item in islice(items_of(logs, 1), MAX_BATCH_LOGS + 1)]
    return items if 0 < len(items) <= MAX_BATCH_LOGS else None


def read_each(items: Iterable[bytes], first: int = 0) -> list[Each]:
    """The requests in items of JSON; the first item has the position `first`."""
    return [_read(item, position) for position, item in enumerate(items, first)]


def _read(item: bytes, position: int) -> Each:
    try:
        return _decode(item)
    except InvalidBodyError as error:
        return FaultyLog(position, error.errors, _name_of(item))
    except MalformedJsonError as error:
        return FaultyLog(position, [FieldError("", f"is not JSON: {error}")])


def _name_of(item: bytes) -> str | int | None:
    try:
        return msgspec.json.decode(item, type=_Named).log_id
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def answer_each(
    requests: Sequence[Each],
    model: Model,
    first: int,
    *,
    explain: bool,
    flagged: FlaggedLogs | None = None,
) -> Answered:
    """Judge the requests that can be judged.

    Args:
        requests: the logs, or their faults.
        model: judges them.
        first: how many requests came before these.
        explain: say why.
        flagged: where the anomalies are added, to be reported.
    """
    entries = list(requests)
    logs = _features_of_each(entries, model, first)
    verdicts = model.verdicts(logs)
    if explain:
        verdicts = model.explained(logs, verdicts)
    judged = zip(logs, verdicts, strict=True)
    objects: list[bytes] = []
    for entry in entries:
        if isinstance(entry, FaultyLog):
            objects.append(_encode(entry))
        else:
            log, verdict = next(judged)
            why = explanation_json(model, log, verdict) if explain else b""
            objects.append(prediction_json(entry.log_id, verdict, why))
    if flagged is not None:
        taken = [entry for entry in entries if isinstance(entry, PredictRequest)]
        flagged.add_all(logs, verdicts, taken, message_of)
    return Answered(objects, verdicts)


def reported_json(answered: Answered, model_version: str) -> bytes:
    """The JSON of a `BatchPrediction` that reports what is at fault."""
    faulty = b'{"position":'
    predictions = [answer for answer in answered.objects if not answer.startswith(faulty)]
    errors = [answer for answer in answered.objects if answer.startswith(faulty)]
    return b'{"predictions":[%b],"anomaly_count":%d,"model_version":%b,"errors":[%b]}' % (
        b",".join(predictions),
        [verdict.is_anomaly for verdict in answered.verdicts].count(True),
        _encode(model_version),
        b",".join(errors),
    )


def _features_of_each(entries: list[Each], model: Model, first: int) -> list[LogFeatures]:
    """The features of each request; the faults of requests at fault replace these."""
    requests = [entry for entry in entries if isinstance(entry, PredictRequest)]
    if len(requests) == len(entries):
        try:
            return read_requests(requests, model.extract)
        except InvalidBodyError:
            pass  # a log is at fault: each is read by itself below
    logs: list[LogFeatures] = []
    for at, entry in enumerate(entries):
        if isinstance(entry, PredictRequest):
            try:
                logs.append(read_request(entry, model.extract))
            except InvalidBodyError as error:
                entries[at] = FaultyLog(first + at, error.errors, entry.log_id)
    return logs
