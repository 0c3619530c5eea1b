"""Examples of requests, answers and problems, for the OpenAPI document."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from itertools import product
from typing import Any, Final

import msgspec

from schemas.api.feedback import FeedbackResponse
from schemas.api.models import Activated, ModelList, PublishedVersion
from schemas.api.otlp import ExportLogsServiceResponse, PartialSuccess, RpcStatus, rpc_code
from schemas.api.predictions import BatchPrediction, Explanation, Prediction
from schemas.api.problems import FieldError, Problem, problem_type
from schemas.api.raw_logs import LogVerdict, RawLogsAnswer
from schemas.api.shadow import ShadowExample, ShadowReport
from schemas.api.status import Health, ModelInfo, Ready
from schemas.api.training import TrainResponse
from schemas.bundle.corrections import Correction
from schemas.bundle.manifest import (
    ARTEFACT_FORMAT,
    CalibrationSummary,
    FeatureSpec,
    FileEntry,
    HeldOutSummary,
    Manifest,
    ParitySummary,
    ScoreSpec,
    TrainingSummary,
)
from schemas.bundle.options import TrainOptions
from schemas.record.encoding import SERVICE_BUCKETS, SERVICE_HASH
from schemas.record.features import FEATURE_NAMES, Level

_FEATURES: Final = dict(
    zip(FEATURE_NAMES, (250, "ERROR", "payment-service", True, False, False), strict=True)
)
_SERVICES: Final = ("cart", "payment", "search", "stock")
_VARIED: Final = [
    *(
        dict(zip(FEATURE_NAMES, (40 + 37 * n, level, service, False, False, False), strict=True))
        for n, (level, service) in enumerate(product(("DEBUG", "INFO", "INFO", "WARN"), _SERVICES))
    ),
    *(
        dict(zip(FEATURE_NAMES, (900, "ERROR", service, flag, not flag, False), strict=True))
        for service, flag in zip(_SERVICES, (True, False, True, False), strict=True)
    ),
]
"""Enough logs to train a model that distinguishes the unusual from the ordinary."""

RAW_LOG: Final = {
    "message": "connection to db:5432 refused, 3 attempts left",
    "level": "WARN",
    "service": "payment-service",
}
PREDICT: Final = {"log_id": "log-1", "features": _FEATURES}
BATCH: Final = {"logs": [PREDICT, {"log_id": "log-2", **RAW_LOG}]}
FEEDBACK: Final = {"verdict": "normal", **RAW_LOG, "note": "db fails over on Sundays"}
TRAIN: Final = {"training_data": _VARIED, "contamination": 0.1}
TRAIN_RAW: Final = {
    "logs": [
        *({"message": f"order {n} shipped", "level": "INFO", "service": "cart"} for n in range(20)),
        RAW_LOG,
    ],
    "contamination": 0.1,
}

_HASH: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_TIME: Final = "2026-11-26T10:00:00+00:00"
_PATTERN: Final = "723634aa8cde7318"
_TERMS: Final = {"severity": 2.0, "keywords": 0.5, "rarity": 3.75, "forest": 1.0}
_OPTIONS: Final = TrainOptions(contamination=0.05, detector="surprisal")

_PREDICTION: Final = Prediction(
    "log-1",
    is_anomaly=True,
    anomaly_score=0.998,
    decision=-2.75,
    percentile=0.995,
    model_version="3",
    contributions=Explanation(-1.0, -0.03, 0.16, 0.13, 0.29, -0.03, -0.03),
    terms=_TERMS,
)
_ORDINARY: Final = Prediction(
    "log-2",
    is_anomaly=False,
    anomaly_score=0.0014,
    decision=2.86,
    percentile=0.239,
    model_version="3",
    pattern_id=_PATTERN,
)
_MANIFEST: Final = Manifest(
    artefact_format=ARTEFACT_FORMAT,
    detector="surprisal",
    created_at=_TIME,
    files={"model.onnx": FileEntry(_HASH, 443_627), "tables.npz": FileEntry(_HASH, 7_744)},
    features=FeatureSpec(list(FEATURE_NAMES), SERVICE_BUCKETS, SERVICE_HASH),
    extractor=_HASH,
    options=_OPTIONS,
    scores=ScoreSpec(4.5, 4.5, -0.5, {"0.5": 1.6, "0.95": 4.5}),
    training=TrainingSummary(6_666, 2_140, {"INFO": 6_000, "ERROR": 666}, 6_666),
    calibration=CalibrationSummary("training", 6_666, 0.049),
    parity=ParitySummary(2_140, 4_096, 0, 3e-8, 4_280, 0.0),
    libraries={"scikit-learn": "1.9.1"},
    held_out=HeldOutSummary(480, 0.012, _TIME, 0.83, 0.97),
)

_CORRECTION: Final = Correction(
    verdict="normal",
    service=RAW_LOG["service"],
    pattern_id=_PATTERN,
    text="connection to # refused, # attempts left",
    note="db fails over on Sundays",
    created_at=datetime.fromisoformat(_TIME),
)

ANSWERS: Final[Mapping[type, Any]] = {
    Prediction: _PREDICTION,
    BatchPrediction: BatchPrediction([_PREDICTION, _ORDINARY], 1, "3"),
    RawLogsAnswer: RawLogsAnswer(
        log_count=1,
        anomaly_count=1,
        bad_count=0,
        unlisted_count=0,
        model_version="3",
        logs=[
            LogVerdict(
                position=0,
                is_anomaly=True,
                anomaly_score=0.998,
                decision=-2.75,
                percentile=0.995,
                model_version="3",
                pattern_id=_PATTERN,
                why="WARN, tells of a failed connection, message never seen",
            )
        ],
        bad=[],
    ),
    ExportLogsServiceResponse: ExportLogsServiceResponse(PartialSuccess()),
    TrainResponse: TrainResponse(
        model_version="3",
        model_hash=_HASH,
        is_current=True,
        n_samples=20,
        n_distinct=20,
        n_anomalies=2,
        options=_OPTIONS,
        threshold=0.54,
        duration_s=0.4,
        warnings=["only 20 training rows"],
    ),
    ModelList: ModelList(
        "3",
        [
            PublishedVersion("2", is_current=False, fault="manifest.json is missing"),
            PublishedVersion("3", True, _HASH, "surprisal", _TIME, 6_666, 0.05),  # noqa: FBT003
        ],
    ),
    Activated: Activated("3", _HASH, "2", []),
    FeedbackResponse: FeedbackResponse("4", _HASH, _CORRECTION, 1),
    Health: Health("alive"),
    Ready: Ready("ready", "3"),
    ModelInfo: ModelInfo("3", _HASH, _TIME, _MANIFEST),
    ShadowReport: ShadowReport(
        state="judging",
        candidate_version="4",
        candidate_hash=_HASH,
        model_version="3",
        judging_workers=2,
        log_count=10_000,
        agreement=0.998,
        model_flagged_share=0.01,
        candidate_flagged_share=0.012,
        only_candidate_count=20,
        examples=[
            ShadowExample(
                service="payment-service",
                level=Level.ERROR,
                message_length=51,
                has_exception=False,
                has_timeout=False,
                has_connection_error=True,
                pattern_id=_PATTERN,
                model_decision=0.02,
                candidate_decision=-0.31,
                log_count=20,
            )
        ],
    ),
}
"""An answer with status 200 of each type."""

METRICS: Final = """# HELP log_anomaly_logs_total Logs that were judged
# TYPE log_anomaly_logs_total counter
log_anomaly_logs_total{service="cart",level="INFO"} 1234.0
"""

_PROBLEMS: Final[Mapping[HTTPStatus, tuple[str, str, str]]] = {
    HTTPStatus.BAD_REQUEST: (
        "malformed-json",
        "The body is not JSON",
        "JSON is malformed: expected ':' (byte 12)",
    ),
    HTTPStatus.UNAUTHORIZED: (
        "unauthorized",
        "A token is needed",
        "send a bearer token that the service knows, as in Authorization: Bearer TOKEN",
    ),
    HTTPStatus.FORBIDDEN: (
        "forbidden",
        "The token does not allow this",
        "the call needs a token with the scope train",
    ),
    HTTPStatus.NOT_FOUND: (
        "no-such-version",
        "There is no such version",
        "there is no version 9; there are 1, 2, 3",
    ),
    HTTPStatus.CONFLICT: (
        "version-unfit",
        "The version cannot serve",
        "version 2: manifest.json is missing",
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        "content-too-large",
        "Body too large",
        "the body may have 16777216 bytes at most, compressed or not; send it in several calls",
    ),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (
        "unsupported-media-type",
        "The body is not declared as JSON",
        "the header Content-Type is 'text/html'; send application/json",
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        "invalid-body",
        "The body has values at fault",
        "1 value(s) at fault, see errors",
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "internal-error",
        "Internal error",
        "the error is in the service's log under this request_id",
    ),
    HTTPStatus.BAD_GATEWAY: (
        "trainer-unreachable",
        "The trainer does not answer",
        "nobody answers at TRAINER_URL",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "overloaded",
        "Too much at once",
        "this worker has 256 calls in hand; send this call again",
    ),
    HTTPStatus.GATEWAY_TIMEOUT: (
        "trainer-timeout",
        "The trainer takes too long",
        "the trainer has not answered within 300 s; the training may still end",
    ),
}


def problem_example(status: HTTPStatus, kind: type) -> Any:
    """A problem that is answered with a status, as a `Problem` or as an `RpcStatus`."""
    name, title, detail = _PROBLEMS[status]
    if kind is RpcStatus:
        return msgspec.to_builtins(RpcStatus(rpc_code(status), f"{title}: {detail}"))
    errors = []
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        errors = [FieldError("logs[3].features.service", "is required")]
    problem = Problem(
        type=problem_type(name),
        title=title,
        status=int(status),
        detail=detail,
        errors=errors,
        request_id="5f0c1b7e9a3d4c2b8e6f7a10",
    )
    return msgspec.to_builtins(problem)


def answer_example(kind: type | None) -> Any:
    """An answer of a type; plain text for None."""
    return METRICS if kind is None else msgspec.to_builtins(ANSWERS[kind])
