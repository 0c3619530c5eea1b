"""From verdicts to the answer of an inference request, and the metadata of server and model."""

from collections.abc import Sequence

import msgspec
import numpy as np

from inference.model.model import Model
from inference.model.verdicts import Verdict, numbers_of
from inference.open_inference.requests import Inference
from schemas.api.open_inference import (
    BINARY_EXTENSION,
    FEATURE_TENSORS,
    MODEL_NAME,
    OUTPUT_TENSORS,
    InferResponse,
    ModelMetadata,
    OutputTensor,
    RequestedOutput,
    ServerMetadata,
    TensorMetadata,
    TensorParameters,
    TensorSize,
)
from schemas.version import __version__

__all__ = ["SERVER", "Answer", "answer", "model_metadata"]

SERVER = ServerMetadata(MODEL_NAME, __version__, [BINARY_EXTENSION])

_DTYPES = {"BOOL": np.dtype(np.bool_), "FP64": np.dtype("<f8")}
_PER_LOG = [-1]


class Answer(msgspec.Struct, frozen=True):
    """An answer.

    Attributes:
        body: JSON, and raw tensors behind it.
        json_length: bytes of the JSON; None if there is nothing behind it.
    """

    body: bytes
    json_length: int | None


def answer(inference: Inference, verdicts: Sequence[Verdict], model_version: str) -> Answer:
    """Answer the outputs that are asked for; without a choice, all.

    The values are those that `POST /predict` answers, to the last bit.
    """
    request = inference.request
    asked = request.outputs or _all_outputs(binary=request.parameters.binary_data_output)
    numbers = [numbers_of(verdict) for verdict in verdicts]
    outputs: list[OutputTensor] = []
    raw: list[bytes] = []
    for output in asked:
        values = [getattr(number, output.name) for number in numbers]
        datatype = OUTPUT_TENSORS[output.name]
        if output.parameters.binary_data:
            data = np.array(values, _DTYPES[datatype]).tobytes()
            raw.append(data)
            size = TensorSize(len(data))
            outputs.append(OutputTensor(output.name, datatype, inference.shape, size))
        else:
            outputs.append(OutputTensor(output.name, datatype, inference.shape, data=values))
    text = msgspec.json.encode(InferResponse(MODEL_NAME, model_version, outputs, request.id))
    if not raw:
        return Answer(text, None)
    return Answer(b"".join((text, *raw)), len(text))


def _all_outputs(*, binary: bool) -> list[RequestedOutput]:
    return [RequestedOutput(name, TensorParameters(binary_data=binary)) for name in OUTPUT_TENSORS]


def model_metadata(model: Model) -> ModelMetadata:
    """The metadata of the model that serves."""
    return ModelMetadata(
        MODEL_NAME,
        [model.version],
        f"{MODEL_NAME}_{model.spec.name}",
        [TensorMetadata(name, datatype, _PER_LOG) for name, datatype in FEATURE_TENSORS.items()],
        [TensorMetadata(name, datatype, _PER_LOG) for name, datatype in OUTPUT_TENSORS.items()],
    )
