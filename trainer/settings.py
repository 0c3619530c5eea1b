"""Settings of the trainer service."""

from typing import Annotated, Final

import msgspec
from msgspec import Meta, field

from inference.settings import LogLevel, Port

PREFIX: Final = "ANOMALY_TRAIN_"


class TrainerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Every variable of the trainer service; README lists them for users.

    Attributes:
        host: address to listen on.
        port: port to listen on.
        model_dir: directory of the model store.
        log_level: the least severe events that are logged.
        max_body_bytes: bound for the body of a train call.
        wait_s: how long a training waits for another one before it is refused.
    """

    host: str = field(default="127.0.0.1", name="HOST")
    port: Port = field(default=8001, name="TRAINER_PORT")
    model_dir: str = field(default="models", name="MODEL_DIR")
    log_level: LogLevel = field(default="INFO", name="LOG_LEVEL")
    max_body_bytes: Annotated[int, Meta(ge=1_024, le=1_073_741_824)] = field(
        default=67_108_864, name=f"{PREFIX}MAX_BODY_BYTES"
    )
    wait_s: Annotated[float, Meta(ge=0, le=3_600)] = field(default=10.0, name=f"{PREFIX}WAIT_S")
