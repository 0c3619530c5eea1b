"""Before anybody is timed: does everybody give the same answers?"""

from collections.abc import Sequence
from typing import Final

import msgspec
from sklearn.ensemble import IsolationForest

from benchmarks.competitors import NOOP, OIP_PATH, SURPRISAL, is_mlserver
from benchmarks.results import Agreement
from benchmarks.servers import Service, ServiceError, request
from benchmarks.workloads import DISTINCT, REAL, Records, bodies, tensor_bodies
from schemas.api.operations import API_PREFIX
from schemas.record.encoding import FeatureEncoder
from schemas.record.features import LogFeatures

CHECKED: Final = 1_000
"""Distinct real records that are asked about, and as many made-up ones."""


class _Tensor(msgspec.Struct):
    name: str
    data: list[int]


class _Inference(msgspec.Struct):
    outputs: list[_Tensor]


class _Label(msgspec.Struct):
    is_anomaly: bool


class _Labels(msgspec.Struct):
    predictions: list[_Label]


def compare_labels(
    forest: IsolationForest, records: Records, services: Sequence[Service]
) -> list[Agreement]:
    """Count the labels that differ from scikit-learn's, of each service that has its forest.

    Raises:
        ServiceError: a service does not answer with 200.
    """
    asked = list(dict.fromkeys(records.by_kind[REAL]))[:CHECKED]
    asked += records.by_kind[DISTINCT][:CHECKED]
    expected = (forest.predict(FeatureEncoder().matrix(asked)) < 0).tolist()
    found = []
    for service in services:
        if service.name not in {NOOP, SURPRISAL}:
            labels = _labels(service, asked)
            different = sum(a != b for a, b in zip(labels, expected, strict=True))
            found.append(Agreement(service.name, len(asked), different))
    return found


def _labels(service: Service, logs: Sequence[LogFeatures]) -> list[bool]:
    """Whether a service calls each log an anomaly."""
    tensors = is_mlserver(service.name)
    (body,) = (tensor_bodies if tensors else bodies)(logs, len(logs))
    path = OIP_PATH if tensors else f"{API_PREFIX}/predict/batch"
    status, answer = request(service.port, "POST", path, body)
    if status != 200:  # noqa: PLR2004
        raise ServiceError(f"{service.name} answers {status}: {answer[:300]!r}")
    if tensors:
        return [label < 0 for label in msgspec.json.decode(answer, type=_Inference).outputs[0].data]
    predictions = msgspec.json.decode(answer, type=_Labels).predictions
    return [prediction.is_anomaly for prediction in predictions]
