"""The conventional stack: FastAPI keeps scikit-learn in the request path.

The same calls and the same forest as the service, at its best: asynchronous handlers, since a
thread pool only adds switching to what holds the interpreter's lock; one scoring pass a request,
from which label and decision follow; a batch as one matrix. Runs in an environment of its own,
which knows nothing of the project's packages, so the encoding is written here once more.
"""

import os
import pickle
import zlib
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from fastapi import FastAPI
from pydantic import BaseModel, Field
from sklearn.ensemble import IsolationForest

LEVELS = {"DEBUG": 0, "INFO": 1, "WARN": 2, "ERROR": 3, "FATAL": 4}
SERVICE_BUCKETS = 65_536

Level = Literal["DEBUG", "INFO", "WARN", "ERROR", "FATAL"]


class Features(BaseModel):
    """The six features of a log line."""

    message_length: Annotated[int, Field(ge=0, le=16_777_216)]
    level: Level
    service: Annotated[str, Field(min_length=1, max_length=256)]
    has_exception: bool
    has_timeout: bool
    has_connection_error: bool


class PredictRequest(BaseModel):
    """One log to judge."""

    log_id: Annotated[str, Field(max_length=512)]
    features: Features


class BatchRequest(BaseModel):
    """Several logs to judge."""

    logs: Annotated[list[PredictRequest], Field(min_length=1, max_length=10_000)]


class Prediction(BaseModel):
    """The verdict on one log."""

    log_id: str
    is_anomaly: bool
    anomaly_score: float
    decision: float
    model_version: str


class BatchPrediction(BaseModel):
    """The verdicts on a batch."""

    predictions: list[Prediction]
    anomaly_count: int
    model_version: str


class TrainRequest(BaseModel):
    """Logs to learn from."""

    training_data: Annotated[list[Features], Field(min_length=1)]
    contamination: Annotated[float, Field(gt=0, le=0.5)] = 0.05
    n_estimators: Annotated[int, Field(ge=1, le=1_000)] = 100
    max_samples: Annotated[int, Field(ge=2)] = 256
    random_state: int = 0


class TrainResponse(BaseModel):
    """What was trained."""

    model_version: str
    n_samples: int
    threshold: float


class Serving:
    """The forest of this process."""

    def __init__(self, path: str) -> None:
        self._path = path
        with open(path, "rb") as file:
            self.forest: IsolationForest = pickle.load(file)  # noqa: S301 - our own file
        self.version = 1

    def replace(self, forest: IsolationForest) -> None:
        """Keep another forest and serve it."""
        with open(f"{self._path}.trained", "wb") as file:
            pickle.dump(forest, file)
        self.forest = forest
        self.version += 1

    def judge(self, logs: list[PredictRequest]) -> list[Prediction]:
        """Judge logs with one pass over the forest."""
        scores = self.forest.score_samples(matrix([log.features for log in logs]))
        decisions = scores - self.forest.offset_
        version = str(self.version)
        return [
            Prediction(
                log_id=log.log_id,
                is_anomaly=decision < 0,
                anomaly_score=-score,
                decision=decision,
                model_version=version,
            )
            for log, score, decision in zip(logs, scores.tolist(), decisions.tolist(), strict=True)
        ]


def matrix(logs: list[Features]) -> npt.NDArray[np.float32]:
    """Logs as a float32 array of shape (n_logs, 6)."""
    rows = [
        (
            log.message_length,
            LEVELS[log.level],
            zlib.crc32(log.service.encode()) % SERVICE_BUCKETS,
            log.has_exception,
            log.has_timeout,
            log.has_connection_error,
        )
        for log in logs
    ]
    return np.array(rows, dtype=np.float32)


app = FastAPI()
serving = Serving(os.environ["FOREST_FILE"])


@app.post("/api/v1/predict")
async def predict(request: PredictRequest) -> Prediction:
    """Judge one log."""
    return serving.judge([request])[0]


@app.post("/api/v1/predict/batch")
async def predict_batch(request: BatchRequest) -> BatchPrediction:
    """Judge several logs."""
    predictions = serving.judge(request.logs)
    return BatchPrediction(
        predictions=predictions,
        anomaly_count=sum(prediction.is_anomaly for prediction in predictions),
        model_version=str(serving.version),
    )


@app.post("/api/v1/train")
async def train(request: TrainRequest) -> TrainResponse:
    """Fit, keep a pickle and serve, in this worker alone: the others go on with the old forest."""
    rows = matrix(request.training_data)
    forest = IsolationForest(
        n_estimators=request.n_estimators,
        max_samples=min(request.max_samples, len(rows)),
        contamination=request.contamination,
        random_state=request.random_state,
    ).fit(rows)
    serving.replace(forest)
    return TrainResponse(
        model_version=str(serving.version), n_samples=len(rows), threshold=-forest.offset_
    )


@app.get("/api/v1/ready")
async def ready() -> dict[str, str]:
    """The forest is loaded before the first request is taken."""
    return {"status": "ready"}
