"""Settings of the inference service."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

PREFIX: Final = "ANOMALY_SERVE_"

Port = Annotated[int, Meta(ge=1, le=65_535)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")]


class InferenceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Every variable of the inference service; README lists them for users.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        workers: processes that answer.
        model_dir: directory of the model store.
        log_level: the least severe events that are logged.
        trainer_url: where trainings are passed on to.
        max_graph_bytes: a version with a larger graph is not served.
        memo_capacity: verdicts that a worker remembers, per generation of two.
        max_body_bytes: bound for the body of a predict call.
        max_train_body_bytes: bound for the body of a train call.
        train_timeout_s: how long to wait for the trainer's answer.
    """

    host: str = field(default="127.0.0.1", name="HOST")
    port: Port = field(default=8000, name="PORT")
    workers: Annotated[int, Meta(ge=1, le=256)] = field(default=2, name="WEB_CONCURRENCY")
    model_dir: str = field(default="models", name="MODEL_DIR")
    log_level: LogLevel = field(default="INFO", name="LOG_LEVEL")
    trainer_url: Url = field(default="http://127.0.0.1:8001", name="TRAINER_URL")
    max_graph_bytes: Annotated[int, Meta(ge=1_024, le=4_294_967_296)] = field(
        default=33_554_432, name=f"{PREFIX}MAX_GRAPH_BYTES"
    )
    memo_capacity: Annotated[int, Meta(ge=1, le=1_000_000)] = field(
        default=8_192, name=f"{PREFIX}MEMO_CAPACITY"
    )
    max_body_bytes: Annotated[int, Meta(ge=1_024, le=1_073_741_824)] = field(
        default=16_777_216, name=f"{PREFIX}MAX_BODY_BYTES"
    )
    max_train_body_bytes: Annotated[int, Meta(ge=1_024, le=1_073_741_824)] = field(
        default=67_108_864, name=f"{PREFIX}MAX_TRAIN_BODY_BYTES"
    )
    train_timeout_s: Annotated[float, Meta(gt=0, le=86_400)] = field(
        default=300.0, name=f"{PREFIX}TRAIN_TIMEOUT_S"
    )
