"""From an inference request to what a model reads: features as they came, or of raw logs."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import UNSET, Raw

from inference.intake.requests import Extract, read_requests
from inference.open_inference.columns import (
    INTEGERS,
    Column,
    FaultyTensorError,
    from_json,
    from_raw,
)
from schemas.api.open_inference import (
    FEATURE_TENSORS,
    HEADER_LENGTH,
    MESSAGE,
    OUTPUT_TENSORS,
    RAW_TENSORS,
    Datatype,
    InferRequest,
    RequestedInput,
)
from schemas.api.predictions import MAX_BATCH_LOGS, PredictRequest
from schemas.api.problems import FieldError
from schemas.api.validation import MAX_FIELD_ERRORS, BodyDecoder, InvalidBodyError, field_error
from schemas.record.features import LogFeatures

__all__ = ["Inference", "read_inference"]

_decode = BodyDecoder(InferRequest).decode
_encode = msgspec.json.Encoder().encode

_IN_BATCH: Final = re.compile(r"^logs\[(\d+)\]\.(\w+)")
"""Where a value at fault stands in a batch."""

_SHAPES: Final = f"Expected [n] or [n, 1], n from 1 to {MAX_BATCH_LOGS}"


class Inference(msgspec.Struct, frozen=True):
    """An inference request whose tensors are decoded.

    Attributes:
        request: what its JSON says.
        shape: of each input, and so of each output.
        look: makes what the model is to see of each log, by the model's extractor. Raises
            `InvalidBodyError`.
    """

    request: InferRequest
    shape: list[int]
    look: Callable[[Extract], list[LogFeatures]]


def read_inference(body: bytes, json_length: int | None) -> Inference:
    """Read an inference request.

    Args:
        body: all of it.
        json_length: the length of the JSON in front; None if the body is nothing but JSON.

    Raises:
        MalformedJsonError: what should be JSON is not.
        InvalidBodyError: names all values at fault.
    """
    if json_length is not None and json_length > len(body):
        raise _at(
            HEADER_LENGTH, f"Expected {len(body)} at most, the length of the body, uncompressed"
        )
    request = _decode(body[:json_length])
    raw = b"" if json_length is None else body[json_length:]
    _check_outputs(request)
    tensors = _check_inputs(request.inputs, len(raw))
    shape = request.inputs[0].shape
    columns: dict[str, Column] = {}
    faults: list[FieldError] = []
    at = 0
    for tensor in request.inputs:
        size = tensor.parameters.binary_data_size or 0
        try:
            columns[tensor.name] = _column(
                tensor, raw[at : at + size], tensors[tensor.name], shape[0]
            )
        except FaultyTensorError as error:
            faults.append(FieldError(tensor.name + error.place, str(error)))
        at += size
    if faults:
        raise InvalidBodyError(faults)
    if MESSAGE in columns:
        return Inference(request, shape, lambda extract: _look_at_raw(columns, shape[0], extract))
    logs = _features(columns)
    return Inference(request, shape, lambda _extract: logs)


def _check_outputs(request: InferRequest) -> None:
    faults = []
    for index, output in enumerate(request.outputs):
        path = f"outputs[{index}]"
        if output.name not in OUTPUT_TENSORS:
            faults.append(FieldError(f"{path}.name", f"Expected one of {_listed(OUTPUT_TENSORS)}"))
        if output.parameters.classification is not None:
            faults.append(FieldError(f"{path}.parameters.classification", "is not offered"))
        if output.parameters.shared_memory_region is not None:
            faults.append(FieldError(f"{path}.parameters.shared_memory_region", "is not offered"))
    if faults:
        raise InvalidBodyError(faults)


def _check_inputs(inputs: Sequence[RequestedInput], n_raw: int) -> Mapping[str, Datatype]:
    """Whether names, datatypes, shapes and sizes are those of a request, before any is decoded.

    Returns:
        The tensors of its kind of request.
    """
    named = [tensor.name for tensor in inputs]
    tensors = RAW_TENSORS if MESSAGE in named else FEATURE_TENSORS
    required = [MESSAGE] if MESSAGE in named else list(tensors)
    faults = [FieldError(name, "is required") for name in required if name not in named]
    if len(faults) == len(FEATURE_TENSORS):
        faults = [FieldError("inputs", f"Expected {_listed(tensors)}; or {_listed(RAW_TENSORS)}")]
    for index, tensor in enumerate(inputs):
        faults += _faults(tensor, f"inputs[{index}]", tensors, inputs[0].shape)
        if tensor.name in named[:index]:
            faults.append(FieldError(f"inputs[{index}].name", "Expected each name once"))
    size = sum(tensor.parameters.binary_data_size or 0 for tensor in inputs)
    if size != n_raw:
        message = f"add up to {size} bytes, but {n_raw} follow the JSON; see {HEADER_LENGTH}"
        faults.append(FieldError("binary_data_size", message))
    if faults:
        raise InvalidBodyError(faults)
    return tensors


def _faults(
    tensor: RequestedInput, path: str, tensors: Mapping[str, Datatype], first: list[int]
) -> list[FieldError]:
    expected = tensors.get(tensor.name)
    if expected is None:
        return [FieldError(f"{path}.name", f"Expected one of {_listed(tensors)}")]
    faults = []
    allowed = list(INTEGERS) if expected == "INT64" else [expected]
    if tensor.datatype not in allowed:
        message = f"Expected {_listed(allowed)} for {tensor.name}"
        faults.append(FieldError(f"{path}.datatype", message))
    count, *rest = tensor.shape
    if not 1 <= count <= MAX_BATCH_LOGS or rest not in ([], [1]):
        faults.append(FieldError(f"{path}.shape", _SHAPES))
    elif tensor.shape != first:
        faults.append(FieldError(f"{path}.shape", f"Expected {first}, as the first input has"))
    if tensor.parameters.shared_memory_region is not None:
        faults.append(FieldError(f"{path}.parameters.shared_memory_region", "is not offered"))
    elif (tensor.data is UNSET) == (tensor.parameters.binary_data_size is None):
        faults.append(FieldError(path, "Expected either data or the parameter binary_data_size"))
    return faults


def _column(tensor: RequestedInput, raw: bytes, datatype: Datatype, count: int) -> Column:
    if tensor.data is UNSET:
        return from_raw(raw, datatype, tensor.datatype, count)
    return from_json(bytes(tensor.data), datatype, count)


def _features(columns: Mapping[str, Column]) -> list[LogFeatures]:
    """The features of each log, held to the very constraints that those of a prediction have."""
    logs: list[LogFeatures] = []
    faults: list[FieldError] = []
    rows = zip(*(columns[name] for name in FEATURE_TENSORS), strict=True)
    for index, row in enumerate(rows):
        members = dict(zip(FEATURE_TENSORS, row, strict=True))
        try:
            logs.append(msgspec.convert(members, LogFeatures))
        except msgspec.ValidationError:
            faults += _faults_of(members, index)
            if len(faults) >= MAX_FIELD_ERRORS:
                break
    if faults:
        raise InvalidBodyError(faults[:MAX_FIELD_ERRORS])
    return logs


def _faults_of(members: Mapping[str, bool | int | str], index: int) -> list[FieldError]:
    faults = []
    for field in msgspec.structs.fields(LogFeatures):
        try:
            msgspec.convert(members[field.name], field.type)
        except msgspec.ValidationError as error:
            faults.append(field_error(error, field.type, f"{field.name}[{index}]"))
    return faults


def _look_at_raw(columns: Mapping[str, Column], count: int, extract: Extract) -> list[LogFeatures]:
    """The features of raw logs: made as for a prediction, out of the same request."""
    absent = [UNSET] * count
    parts = [
        [Raw(_encode(text)) for text in columns[name]] if name in columns else absent
        for name in RAW_TENSORS
    ]
    requests = [
        PredictRequest(index, None, message, level, service)
        for index, (message, level, service) in enumerate(zip(*parts, strict=True))
    ]
    try:
        return read_requests(requests, extract)
    except InvalidBodyError as error:
        faults = [
            FieldError(_IN_BATCH.sub(r"\2[\1]", fault.path), fault.message)
            for fault in error.errors
        ]
        raise InvalidBodyError(faults) from error


def _listed(names: Sequence[str] | Mapping[str, Datatype]) -> str:
    return ", ".join(names)


def _at(path: str, message: str) -> InvalidBodyError:
    return InvalidBodyError([FieldError(path, message)])
