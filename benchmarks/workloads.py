"""The records that are asked about."""

import gzip
import itertools
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

import msgspec

from benchmarks.venvs import ROOT
from schemas.api.predictions import BatchRequest, PredictRequest, RawLog
from schemas.record.encoding import FeatureEncoder
from schemas.record.extraction import extract_features
from schemas.record.features import MAX_MESSAGE_LENGTH, Level, LogFeatures

REAL: Final = "real"
DISTINCT: Final = "distinct"
REPEATED: Final = "repeated"
RAW: Final = "raw"
RAW_DISTINCT: Final = "distinct raw"
KINDS: Final = (REAL, DISTINCT, REPEATED)

TRAINED_SEED: Final = 2
"""Of the numbers in the logs that models for feeds are trained on; no feed has these."""

_TRAIN_TICKET: Final = ROOT.parent / "shared" / "data" / "trainticket-faults.jsonl.gz"
_SAMPLE_LOGS: Final = ROOT / "samples" / "logs.jsonl.gz"

_DIGIT: Final = re.compile("[0-9]")
_LONGEST: Final = MAX_MESSAGE_LENGTH - 20
"""With a number behind it, a message is not longer than it may be."""

T = TypeVar("T")

_encode = msgspec.json.Encoder().encode


class Records(msgspec.Struct, frozen=True):
    """What is asked about.

    Attributes:
        source: where the real records come from.
        by_kind: records by kind.
        raw: the real records as they were written.
    """

    source: str
    by_kind: dict[str, Sequence[LogFeatures]]
    raw: Sequence[RawLog]

    def of(self, kind: str) -> Sequence[LogFeatures | RawLog]:
        """The records of any kind, raw records among them."""
        if kind == RAW:
            return self.raw
        return other_numbers(self.raw) if kind == RAW_DISTINCT else self.by_kind[kind]


def load_records(n_distinct: int) -> Records:
    """The records of every kind.

    Real records are the logs of a train-ticket shop of 27 services under faults where they lie
    beside the project, else the project's samples. A file is repeated only when it has been read
    through.
    """
    if _TRAIN_TICKET.exists():
        name = "logs of 27 micro-services under faults"
    else:
        name = "the project's sample logs"
    decode = msgspec.json.Decoder(RawLog).decode
    raw = [decode(line) for line in real_lines()]
    real = [extract_features(log.message, log.level, log.service) for log in raw]
    source = f"{name} ({len(real):,} records, {len(set(real)):,} distinct)"
    distinct = list(itertools.islice(_made_up(seed=1), n_distinct))
    return Records(source, {REAL: real, DISTINCT: distinct, REPEATED: [real[0]] * 1_000}, raw)


def other_numbers(raw: Sequence[RawLog], seed: int = 1) -> list[RawLog]:
    """The same logs with each digit drawn anew and a running number behind: no two are equal.

    Those of other seeds are others. What a service remembers of texts helps it little with these,
    as with lines that hold ids.
    """
    choose = random.Random(seed)  # noqa: S311 - reproducible, not secret

    def other(log: RawLog, number: int) -> RawLog:
        message = _DIGIT.sub(lambda _: str(choose.randrange(10)), log.message)
        return RawLog(f"{message[:_LONGEST]} {number}", log.level, log.service)

    return [other(log, number) for number, log in enumerate(raw, seed * len(raw))]


def real_lines() -> list[bytes]:
    """The real logs as JSON lines, each as it was written."""
    path = _TRAIN_TICKET if _TRAIN_TICKET.exists() else _SAMPLE_LOGS
    return gzip.decompress(path.read_bytes()).splitlines()


def _made_up(seed: int) -> Iterator[LogFeatures]:
    """Random records, no two of which are equal."""
    choose = random.Random(seed)  # noqa: S311 - reproducible, not secret
    levels = list(Level)
    seen: set[LogFeatures] = set()
    while True:
        bits = choose.getrandbits(3)
        log = LogFeatures(
            choose.randrange(4_000),
            choose.choice(levels),
            f"service-{choose.randrange(500):03}",
            bool(bits & 1),
            bool(bits & 2),
            bool(bits & 4),
        )
        if log not in seen:
            seen.add(log)
            yield log


def bodies(records: Sequence[LogFeatures | RawLog], batch: int) -> Iterator[bytes]:
    """Request bodies of our own API; `batch` 0 is one record a request, not in a list.

    A last batch that would be shorter is left out, unless there is no other.
    """
    logs = (
        predict_request(f"log-{number:07}", record)
        for number, record in enumerate(records, start=1)
    )
    if batch == 0:
        return map(_encode, logs)
    return (_encode(BatchRequest(part)) for part in _parts(logs, batch))


def predict_request(log_id: str, record: LogFeatures | RawLog) -> PredictRequest:
    """What asks about one record."""
    if isinstance(record, RawLog):
        members = (record.message, record.level, record.service)
        return PredictRequest(log_id, None, *(msgspec.Raw(_encode(member)) for member in members))
    return PredictRequest(log_id, record)


def tensor_bodies(records: Sequence[LogFeatures], batch: int) -> Iterator[bytes]:
    """The same records as Open Inference Protocol requests: encoded rows in one FP32 tensor."""
    row = FeatureEncoder().row
    for part in _parts(map(row, records), max(batch, 1)):
        shape = [len(part), len(part[0])]
        tensor = {"name": "features", "shape": shape, "datatype": "FP32", "data": part}
        yield _encode({"inputs": [tensor]})


def _parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    items = iter(items)
    whole = 0
    while part := list(itertools.islice(items, size)):
        if len(part) == size or not whole:
            yield part
        whole += 1
