"""Asks a service by Triton's own client: `ask_by_tritonclient.py URL`, run by its environment.

Reads {name: {"datatype": ..., "data": [...]}} from standard input, sends it as raw tensors and as
JSON, in either form of the answer, plain and compressed, and prints what came as JSON.
"""

import json
import sys
from typing import Any

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

MODEL = "log-anomaly"
DTYPES = {"BYTES": np.object_, "BOOL": np.bool_, "INT64": np.int64}


def tensors(columns: dict[str, dict[str, Any]], *, binary: bool) -> list[triton.InferInput]:
    """The columns as the client's own tensors."""
    made = []
    for name, column in columns.items():
        values: np.ndarray[Any, Any] = np.array(column["data"], dtype=DTYPES[column["datatype"]])
        tensor = triton.InferInput(name, list(values.shape), column["datatype"])
        made.append(tensor.set_data_from_numpy(values, binary_data=binary))
    return made


def main() -> None:
    """Ask, and print."""
    columns = json.load(sys.stdin)
    client = triton.InferenceServerClient(sys.argv[1].removeprefix("http://"))
    metadata = client.get_model_metadata(MODEL)
    names = [output["name"] for output in metadata["outputs"]]
    answers = []
    for sent, asked, packed in ((True, True, None), (True, False, "gzip"), (False, True, None)):
        outputs = [triton.InferRequestedOutput(name, binary_data=asked) for name in names]
        result = client.infer(
            MODEL,
            tensors(columns, binary=sent),
            outputs=outputs,
            request_compression_algorithm=packed,
        )
        answers.append({name: result.as_numpy(name).tolist() for name in names})
    whole = client.infer(MODEL, tensors(columns, binary=True), model_version="1", request_id="7")
    answers.append({name: whole.as_numpy(name).tolist() for name in names})
    pending = client.async_infer(MODEL, tensors(columns, binary=True)).get_result()
    answers.append({name: pending.as_numpy(name).tolist() for name in names})
    faults = []
    for name, version in (("other", ""), (MODEL, "9")):
        try:
            client.infer(name, tensors(columns, binary=True), model_version=version)
        except InferenceServerException as error:
            faults.append([error.status(), error.message()])
    json.dump(
        {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "model_ready": client.is_model_ready(MODEL, "1"),
            "server": client.get_server_metadata(),
            "model": metadata,
            "answers": answers,
            "id": whole.get_response()["id"],
            "faults": faults,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
