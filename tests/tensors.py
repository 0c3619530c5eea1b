"""Bodies of the Open Inference Protocol, written by nothing of ours."""

import json
import struct
from typing import Any

import numpy as np

from schemas.record.features import FEATURE_NAMES, LogFeatures

PATH = "/v2/models/log-anomaly/infer"
RAW_DTYPES = {"BOOL": "?", "INT64": "<i8", "FP64": "<f8"}

Columns = dict[str, tuple[str, list[Any]]]
"""Datatype and values by name."""


def feature_columns(logs: list[LogFeatures]) -> Columns:
    """The six tensors of logs."""
    datatypes = ("INT64", "BYTES", "BYTES", "BOOL", "BOOL", "BOOL")
    columns: Columns = {}
    for name, datatype in zip(FEATURE_NAMES, datatypes, strict=True):
        values = [getattr(log, name) for log in logs]
        columns[name] = (datatype, [value.value for value in values] if name == "level" else values)
    return columns


def raw_bytes(datatype: str, values: list[Any]) -> bytes:
    """A tensor as raw bytes."""
    if datatype != "BYTES":
        return np.array(values, RAW_DTYPES[datatype]).tobytes()
    encoded = [value.encode() for value in values]
    return b"".join(struct.pack("<I", len(value)) + value for value in encoded)


def infer_body(columns: Columns, *, binary: bool = False, **members: Any) -> tuple[bytes, int]:
    """A request and the length of its JSON."""
    inputs = []
    raw = b""
    for name, (datatype, values) in columns.items():
        tensor = {"name": name, "shape": [len(values)], "datatype": datatype}
        if binary:
            data = raw_bytes(datatype, values)
            raw += data
            inputs.append({**tensor, "parameters": {"binary_data_size": len(data)}})
        else:
            inputs.append({**tensor, "data": values})
    text = json.dumps({"inputs": inputs, **members}).encode()
    return text + raw, len(text)


def read_outputs(body: bytes, json_length: int | None) -> dict[str, list[Any]]:
    """The values of each output of an answer."""
    answer = json.loads(body[:json_length])
    raw = b"" if json_length is None else body[json_length:]
    values: dict[str, list[Any]] = {}
    for output in answer["outputs"]:
        if "data" in output:
            values[output["name"]] = output["data"]
        else:
            size = output["parameters"]["binary_data_size"]
            values[output["name"]] = np.frombuffer(
                raw[:size], RAW_DTYPES[output["datatype"]]
            ).tolist()
            raw = raw[size:]
    assert not raw
    return values
