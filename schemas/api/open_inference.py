"""The words of the Open Inference Protocol, version 2, with its binary tensor extension.

KServe defines the protocol; Triton, its clients and others speak it. Its calls lie under `/v2`. A
tensor is a column here: a value for each log, in the order of the request.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, UnsetType

from schemas.api.access import Scope
from schemas.record.features import FEATURE_NAMES

PREFIX: Final = "/v2"
MODEL_NAME: Final = "log-anomaly"
BINARY_EXTENSION: Final = "binary_tensor_data"
HEADER_LENGTH: Final = "Inference-Header-Content-Length"
"""The length of the JSON in a body that goes on with raw tensors; the header is named after it."""

_MODEL: Final = f"{PREFIX}/models/{{name}}"
_VERSION: Final = f"{_MODEL}/versions/{{version}}"

SERVER_PATH: Final = PREFIX
LIVE_PATH: Final = f"{PREFIX}/health/live"
READY_PATH: Final = f"{PREFIX}/health/ready"
MODEL_PATHS: Final = (_MODEL, _VERSION)
MODEL_READY_PATHS: Final = (f"{_MODEL}/ready", f"{_VERSION}/ready")
INFER_PATHS: Final = (f"{_MODEL}/infer", f"{_VERSION}/infer")

SCOPES_BY_PATH: Final[Mapping[str, Scope | None]] = {
    **dict.fromkeys((SERVER_PATH, LIVE_PATH, READY_PATH, *MODEL_READY_PATHS)),
    **dict.fromkeys((*MODEL_PATHS, *INFER_PATHS), "predict"),
}
"""The scope that each call needs, as in `schemas.api.operations`."""

Datatype = Literal["BOOL", "INT64", "FP64", "BYTES"]

FEATURE_TENSORS: Final[Mapping[str, Datatype]] = dict(
    zip(FEATURE_NAMES, ("INT64", "BYTES", "BYTES", "BOOL", "BOOL", "BOOL"), strict=True)
)
"""The inputs of a request that brings features."""

MESSAGE: Final = "message"
RAW_TENSORS: Final[Mapping[str, Datatype]] = {
    MESSAGE: "BYTES",
    "level": "BYTES",
    "service": "BYTES",
}
"""The inputs of a request that brings raw logs; all but the message may be missing."""

OUTPUT_TENSORS: Final[Mapping[str, Datatype]] = {
    "is_anomaly": "BOOL",
    "anomaly_score": "FP64",
    "decision": "FP64",
    "percentile": "FP64",
}

MAX_TENSORS: Final = 16
"""More than there are names; all names are checked before a tensor is decoded."""

MAX_ID_CHARS: Final = 512

Size = Annotated[int, Meta(ge=0)]
Shape = Annotated[list[Size], Meta(min_length=1, max_length=8)]


class TensorParameters(msgspec.Struct, frozen=True):
    """The metadata of a tensor; parameters of other extensions are ignored.

    Attributes:
        binary_data_size: bytes of the tensor behind the JSON; absent if it is in the JSON.
        binary_data: whether an output is asked for as raw bytes.
        shared_memory_region: where a tensor lies that is not sent at all.
        classification: how many classes an output is asked for as.
    """

    binary_data_size: Size | None = None
    binary_data: bool = False
    shared_memory_region: str | None = None
    classification: int | None = None


class RequestedInput(msgspec.Struct, frozen=True):
    """A tensor that is sent."""

    name: str
    shape: Shape
    datatype: str
    parameters: TensorParameters = TensorParameters()
    data: Raw | UnsetType = UNSET


class RequestedOutput(msgspec.Struct, frozen=True):
    """A tensor that is asked for."""

    name: str
    parameters: TensorParameters = TensorParameters()


class InferParameters(msgspec.Struct, frozen=True):
    """The metadata of a whole request."""

    binary_data_output: bool = False


class InferRequest(msgspec.Struct, frozen=True):
    """The JSON of an inference request."""

    inputs: Annotated[list[RequestedInput], Meta(min_length=1, max_length=MAX_TENSORS)]
    id: Annotated[str, Meta(max_length=MAX_ID_CHARS)] = ""
    parameters: InferParameters = InferParameters()
    outputs: Annotated[list[RequestedOutput], Meta(max_length=MAX_TENSORS)] = []


class TensorSize(msgspec.Struct, frozen=True):
    """The parameter of a tensor that is sent behind the JSON."""

    binary_data_size: int


class OutputTensor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tensor that is answered: its data in the JSON, or its size."""

    name: str
    datatype: Datatype
    shape: list[int]
    parameters: TensorSize | None = None
    data: list[bool] | list[float] | None = None


class InferResponse(msgspec.Struct, frozen=True, omit_defaults=True):
    """The JSON of an inference answer."""

    model_name: str
    model_version: str
    outputs: list[OutputTensor]
    id: str = ""


class ServerMetadata(msgspec.Struct, frozen=True):
    """The metadata of the server."""

    name: str
    version: str
    extensions: list[str]


class TensorMetadata(msgspec.Struct, frozen=True):
    """A tensor of the model; -1 is the number of logs."""

    name: str
    datatype: Datatype
    shape: list[int]


class ModelMetadata(msgspec.Struct, frozen=True):
    """The model that serves."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]


class Live(msgspec.Struct, frozen=True):
    """The process is alive."""

    live: bool


class ServerReady(msgspec.Struct, frozen=True):
    """The service can infer."""

    ready: bool


class ModelReady(msgspec.Struct, frozen=True):
    """The model can infer."""

    name: str
    ready: bool


class InferenceFault(msgspec.Struct, frozen=True):
    """Every error of the protocol."""

    error: str
