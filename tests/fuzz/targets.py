"""What is fuzzed: decoders of bytes from outside, each with the errors that are its own.

A target takes any bytes. What gets out of it, or takes seconds, is a finding.
"""

from collections.abc import Callable
from typing import Any, Final

import falcon

from inference.errors import MalformedProtobufError
from inference.intake.batches import decode_batch
from inference.intake.lines import begins_record, continues_record, read_foreign
from inference.intake.otlp.json_body import read_json
from inference.intake.otlp.protobuf_body import read_protobuf
from inference.intake.otlp.reader import OtlpReader
from inference.intake.raw_bodies import BodyReader
from inference.intake.raw_logs import Tally
from inference.intake.requests import read_request, read_requests
from inference.open_inference.requests import read_inference
from inference.web.inflating import inflate
from schemas.api.predictions import BatchRequest, PredictRequest
from schemas.api.training import TrainRequest
from schemas.api.validation import BodyDecoder, InvalidBodyError, MalformedJsonError
from schemas.bundle.manifest import Manifest, UnreadableManifestError
from schemas.bundle.options import MAX_NODES
from schemas.bundle.tables import Tables, UnreadableTablesError
from schemas.record.extraction import extract
from trainer.errors import ForestTooLargeError
from trainer.training_data import count_training_data

MAX_BYTES: Final = 4_096
"""The longest input; a fault that needs more is rare, and each run would be slower."""

_predict: Final = BodyDecoder(PredictRequest)
_batch: Final = BodyDecoder(BatchRequest)
_otlp: Final = OtlpReader()
_train: Final = BodyDecoder(TrainRequest)


def _batches(data: bytes) -> None:
    """In the smallest pieces, and in a single call, which must say the same."""
    pieces = decode_batch(data, whole_bytes=0, piece_bytes=0).logs
    assert pieces == _batch.decode(data).logs
    read_requests(pieces, extract)


def _logs(data: bytes) -> None:
    media_type, _, body = data.partition(b"\n")
    for block in BodyReader().read(body, media_type.decode("ascii", "replace"), Tally()):
        assert len(block.positions) == len(block.logs)


def _lines(data: bytes) -> None:
    for line in data.decode("utf-8", "replace").split("\n"):
        begins_record(line)
        continues_record(line)
        read_foreign(line)


def _tensors(data: bytes) -> None:
    """The first two bytes are the length of the JSON; a large number says that all is JSON."""
    length = int.from_bytes(data[:2], "little")
    read_inference(data[2:], length if length <= MAX_BYTES else None).look(extract)


Target = tuple[Callable[[bytes], Any], tuple[type[Exception], ...]]

_BODY: Final = (MalformedJsonError, InvalidBodyError)
_TRAIN: Final = (*_BODY, ForestTooLargeError)
_TARGETS: Final[dict[str, Target]] = {
    "predict": (lambda data: read_request(_predict.decode(data), extract), _BODY),
    "batch": (_batches, _BODY),
    "train": (lambda data: count_training_data(_train.decode(data), MAX_NODES), _TRAIN),
    "gzip": (lambda data: inflate(data, "gzip", MAX_BYTES), (falcon.HTTPError,)),
    "manifest": (Manifest.from_json, (UnreadableManifestError,)),
    "tables": (Tables.from_bytes, (UnreadableTablesError,)),
    "lines": (_lines, ()),
    "logs": (_logs, ()),
    "otlp-protobuf": (
        lambda data: [*read_protobuf(data, _otlp, Tally())],
        (MalformedProtobufError,),
    ),
    "otlp-json": (lambda data: [*read_json(data, _otlp, Tally())], _BODY),
    "zstd": (lambda data: inflate(data, "zstd", MAX_BYTES), (falcon.HTTPError,)),
    "deflate": (lambda data: inflate(data, "deflate", MAX_BYTES), (falcon.HTTPError,)),
    "tensors": (_tensors, _BODY),
}
NAMES: Final = tuple(_TARGETS)


def decode(name: str, data: bytes) -> bool:
    """Run a target; whether the bytes were right, and not refused with an error of its own."""
    target, own = _TARGETS[name]
    try:
        target(data)
    except own:
        return False
    return True
