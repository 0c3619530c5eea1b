"""The flat table of all REST calls; no other place lists them.

The services route from their resources, the OpenAPI document is made from this table, and a test
holds that both say the same.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final, get_args

from schemas.api import examples, open_inference
from schemas.api.access import Scope
from schemas.api.feedback import FeedbackRequest, FeedbackResponse
from schemas.api.models import Activated, ModelList
from schemas.api.operation import BOTH, Operation, Service
from schemas.api.otlp import ExportLogsServiceResponse, RpcStatus
from schemas.api.predictions import BatchPrediction, BatchRequest, Prediction, PredictRequest
from schemas.api.raw_logs import RawLogsAnswer, Returned
from schemas.api.shadow import ShadowReport
from schemas.api.status import Health, ModelInfo, Ready
from schemas.api.training import TrainRequest, TrainResponse

API_PREFIX: Final = "/api/v1"
OTLP_PREFIX: Final = "/v1"
OTLP_PATH: Final = f"{OTLP_PREFIX}/logs"
"""Where exporters of OpenTelemetry send logs: no prefix of ours."""

PROTOBUF: Final = "application/x-protobuf"
NDJSON: Final = "application/x-ndjson"
"""The usual name of JSON lines; none is registered."""

LINE_TYPES: Final = frozenset(
    {NDJSON, "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)
"""Media types that say that each line is a JSON text."""

ON_ERROR: Final = ("refuse", "report")
"""The ways of a batch with logs at fault; refuse is the default."""
METRICS_PATH: Final = "/metrics"
"""Where Prometheus looks by itself."""

_BODY: Final = (
    "The body may be gzip, deflate or zstd, and have 16 MiB, compressed or not, unless the service "
    "is set up otherwise."
)
_EXPLAIN: Final = {
    "explain": "Add `contributions`: how much each feature weighs in the forest's score; and "
    "`terms`, for a detector that adds terms up."
}
_BODY_PROBLEMS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
_PREDICT_PROBLEMS: Final = (*_BODY_PROBLEMS, HTTPStatus.SERVICE_UNAVAILABLE)
_RAW_PROBLEMS: Final = tuple(
    status for status in _PREDICT_PROBLEMS if status != HTTPStatus.UNPROCESSABLE_ENTITY
)
_CHANGE_PROBLEMS: Final = (
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)

OPERATIONS: Final = (
    Operation(
        method="post",
        path=f"{API_PREFIX}/predict",
        tag="predictions",
        services=("inference",),
        scope="predict",
        summary="Judge a log, by its features or as it was written",
        description=_BODY,
        request=PredictRequest,
        response=Prediction,
        problems=_PREDICT_PROBLEMS,
        query=_EXPLAIN,
        example=examples.PREDICT,
    ),
    Operation(
        method="post",
        path=f"{API_PREFIX}/predict/batch",
        tag="predictions",
        services=("inference",),
        scope="predict",
        summary="Judge several logs, answered in the same order",
        description=f"{_BODY} As JSON lines a batch has no end: each line is answered by a line, "
        "in the order of the request, while it comes.",
        request=BatchRequest,
        line_types=(NDJSON,),
        response=BatchPrediction,
        problems=_PREDICT_PROBLEMS,
        query=_EXPLAIN
        | {"on_error": "What a log at fault does: the whole batch is refused, or it is reported."},
        choices={"on_error": ON_ERROR},
        example=examples.BATCH,
    ),
    Operation(
        method="post",
        path=f"{API_PREFIX}/logs",
        tag="predictions",
        services=("inference",),
        scope="predict",
        summary="Judge raw logs as shippers send them; answers counts and the anomalies",
        description=f"{_BODY} It may hold 262,144 records of 1 MiB each. A record that cannot be "
        "judged fails no other.",
        raw_types=(NDJSON, "text/plain", "application/octet-stream"),
        response=RawLogsAnswer,
        problems=_RAW_PROBLEMS,
        query={"return": "Which verdicts are listed."},
        choices={"return": get_args(Returned)},
        example=[examples.RAW_LOG],
    ),
    Operation(
        method="post",
        path=OTLP_PATH,
        tag="predictions",
        services=("inference",),
        scope="predict",
        summary="Judge OpenTelemetry's logs (OTLP over HTTP); errors are a google.rpc.Status",
        description=f"{_BODY} Records that cannot be judged are counted (partial success).",
        raw_types=(PROTOBUF,),
        answer_types=(PROTOBUF,),
        json_types=("object",),
        response=ExportLogsServiceResponse,
        problems=_PREDICT_PROBLEMS,
        fault=RpcStatus,
        example={"resourceLogs": []},
    ),
    Operation(
        method="post",
        path=f"{API_PREFIX}/train",
        tag="training",
        services=BOTH,
        scope="train",
        summary="Train a model and replace the serving model; answered once the new model serves",
        description="Logs come by their features as `training_data`, or as `logs`, raw or by their "
        "features as a batch of predictions has them. The body may be compressed, and have 64 MiB, "
        "compressed or not, unless the service is set up otherwise. Trainings run one at a time.",
        request=TrainRequest,
        response=TrainResponse,
        problems=(
            *_BODY_PROBLEMS,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            HTTPStatus.BAD_GATEWAY,
            HTTPStatus.SERVICE_UNAVAILABLE,
            HTTPStatus.GATEWAY_TIMEOUT,
        ),
        example=examples.TRAIN,
        raw_example=examples.TRAIN_RAW,
    ),
    Operation(
        method="get",
        path=f"{API_PREFIX}/models",
        tag="service",
        services=BOTH,
        scope="train",
        summary="The published versions, and which of them is current",
        description="Oldest first. A version whose files are missing or damaged has a `fault`.",
        response=ModelList,
    ),
    Operation(
        method="post",
        path=f"{API_PREFIX}/models/{{version}}/activate",
        tag="training",
        services=BOTH,
        scope="train",
        summary="Make a published version current; answered once it serves",
        description="All workers of the service that is asked judge by it before the answer comes.",
        path_numbers={"version": "Number of the version."},
        response=Activated,
        problems=_CHANGE_PROBLEMS,
    ),
    Operation(
        method="post",
        path=f"{API_PREFIX}/feedback",
        tag="training",
        services=BOTH,
        scope="train",
        summary="Say what logs like this log are; answered once all workers judge them so",
        description="Publishes a version that differs in this correction alone. It is about logs "
        "of the same pattern and service or, without a message, of the same signature. Later "
        "trainings carry it over; `rollback` undoes it.",
        request=FeedbackRequest,
        response=FeedbackResponse,
        problems=(
            *_BODY_PROBLEMS,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
            HTTPStatus.INTERNAL_SERVER_ERROR,
            HTTPStatus.BAD_GATEWAY,
            HTTPStatus.SERVICE_UNAVAILABLE,
            HTTPStatus.GATEWAY_TIMEOUT,
        ),
        example=examples.FEEDBACK,
    ),
    Operation(
        method="post",
        path=f"{API_PREFIX}/models/rollback",
        tag="training",
        services=BOTH,
        scope="train",
        summary="Make the version current that served before; answered once it serves",
        description="Undoes the last training, activation or correction. Asked again it goes back "
        "further.",
        response=Activated,
        problems=_CHANGE_PROBLEMS,
    ),
    Operation(
        method="get",
        path=f"{API_PREFIX}/health",
        tag="service",
        services=BOTH,
        scope=None,
        summary="Whether the process is alive",
        description="For liveness probes: it asks neither for a model nor for the trainer.",
        response=Health,
    ),
    Operation(
        method="get",
        path=f"{API_PREFIX}/ready",
        tag="service",
        services=BOTH,
        scope=None,
        summary="Whether the service can do its work; for inference, whether a model is loaded",
        description="For readiness probes. `detail` is there when an operator should act, also if "
        "the service goes on with an older model.",
        response=Ready,
        problems=(HTTPStatus.SERVICE_UNAVAILABLE,),
    ),
    Operation(
        method="get",
        path=METRICS_PATH,
        tag="metrics",
        services=BOTH,
        scope="metrics",
        summary="What all workers have counted, for Prometheus; as OpenMetrics if `Accept` says so",
        description="Sums over the workers of the service, so that any may answer; no counter goes "
        "back when a worker ends.",
        response=None,
    ),
    Operation(
        method="get",
        path=f"{API_PREFIX}/model/info",
        tag="service",
        services=("inference",),
        scope="predict",
        summary="What the manifest of the serving model says",
        description="Training data, options, thresholds, measures and warnings; the version's "
        "number and the hash that identifies it.",
        response=ModelInfo,
        problems=(HTTPStatus.SERVICE_UNAVAILABLE,),
    ),
    Operation(
        method="get",
        path=f"{API_PREFIX}/model/shadow",
        tag="service",
        services=("inference",),
        scope="predict",
        summary="How a candidate judges the logs that the model judges",
        description="Sums over the workers of the service, from the moment on at which the two "
        "came together. `state` is `off` unless ANOMALY_SHADOW names a candidate.",
        response=ShadowReport,
    ),
)


SCOPES_BY_PATH: Final[Mapping[str, Scope | None]] = {
    **{operation.path: operation.scope for operation in OPERATIONS},
    **open_inference.SCOPES_BY_PATH,
}
"""What a caller's token must allow, by path as it is routed; also of protocols that others wrote,
whose calls have documents of their own."""


def paths_of(service: Service) -> list[str]:
    """The paths of a service's calls, as they are routed."""
    paths = dict.fromkeys(
        operation.path for operation in OPERATIONS if service in operation.services
    )
    protocols = open_inference.SCOPES_BY_PATH if service == "inference" else ()
    return [*paths, *protocols]
