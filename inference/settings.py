"""Settings of the inference service."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, field

PREFIX: Final = "ANOMALY_SERVE_"

KEEP_ALIVE_S: Final = 75
"""Longer than the usual 60 s after which load balancers drop an idle connection themselves."""

Port = Annotated[int, Meta(ge=1, le=65_535)]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
ModelStoreUrl = Annotated[
    str, Meta(pattern=r"^((s3|gs|az)://[^\s/]+(/[^\s]*)?)?$", examples=["s3://bucket/prefix"])
]
Url = Annotated[
    str, Meta(pattern=r"^https?://[^\s/]+(/[^\s]*)?$", examples=["http://trainer:8001"])
]


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of both services.

    Attributes:
        host: address to listen on.
        model_dir: directory of the model store.
        model_store: the object store that it is a copy of; empty for none.
        public_key_file: only versions that its private half has signed are taken; empty to take
            all.
        log_level: the least severe events that are logged.
        max_head_bytes: bound for the request line and the headers of any call.
        tokens_file: lists the bearer tokens that callers need; empty for no tokens.
        allow_open_training: train for every caller that reaches the service.
        allow_docs: answer `/docs` and `/openapi.json`.
        allow_metrics: count, and answer `/metrics`.
        tls_certificate: the chain of certificates to speak TLS with, PEM; empty for plain HTTP.
        tls_key: its key, PEM.
        tls_client_ca: certificates that sign clients' certificates, PEM; clients then need theirs.
    """

    host: str = field(default="127.0.0.1", name="HOST")
    model_dir: str = field(default="models", name="MODEL_DIR")
    model_store: ModelStoreUrl = field(default="", name="MODEL_STORE")
    public_key_file: str = field(default="", name="ANOMALY_MODEL_PUBLIC_KEY_FILE")
    log_level: LogLevel = field(default="INFO", name="LOG_LEVEL")
    max_head_bytes: Annotated[int, Meta(ge=16_384, le=16_777_216)] = field(
        default=65_536, name="ANOMALY_MAX_HEAD_BYTES"
    )
    tokens_file: str = field(default="", name="ANOMALY_TOKENS_FILE")
    allow_open_training: bool = field(default=False, name="ALLOW_OPEN_TRAINING")
    allow_docs: bool = field(default=True, name="ALLOW_DOCS")
    allow_metrics: bool = field(default=True, name="ALLOW_METRICS")
    tls_certificate: str = field(default="", name="TLS_CERTIFICATE")
    tls_key: str = field(default="", name="TLS_KEY")
    tls_client_ca: str = field(default="", name="TLS_CLIENT_CA")

    @property
    def trains(self) -> bool:
        """Whether the service takes trainings."""
        return True


class InferenceSettings(ServiceSettings, frozen=True, kw_only=True):
    """Every variable of the inference service; README lists them for users.

    Attributes:
        port: port to listen on.
        workers: processes that answer.
        keep_alive_s: how long a connection may be idle.
        trainer_url: where trainings are passed on to.
        trainer_token_file: holds the token that is sent there; empty for none.
        allow_training: pass trainings on at all.
        max_graph_bytes: a version with a larger graph is not served.
        memo_capacity: verdicts that a worker remembers, per generation of two.
        max_body_bytes: bound for the body of a predict call.
        max_requests: predict calls that a worker has in hand; more are refused.
        max_held_bytes: large bodies and answers that a worker holds; more are refused.
        max_train_body_bytes: bound for the body of a train call.
        train_timeout_s: how long to wait for the trainer's answer.
        metrics_services: services that have a label of their own.
        metrics_patterns: patterns that have a label, of flagged logs and of others each.
        drift_window_s: how far back drift is looked for.
        alertmanager_url: where alerts are sent, with commas between several; empty for nowhere.
        alert_interval_s: a live alert is sent that often.
        alerts: alerts that a worker keeps apart.
        alert_link: where alerts lead people; empty for nowhere.
        stdout_per_s: anomalies a second that a worker writes a line for.
        shadow: a candidate that judges the same logs: the number of a version, or `candidate` for
            what the file CANDIDATE names; empty for none.
        otlp_forward: where OpenTelemetry's logs are passed on to; empty for nowhere.
        follow_s: how long to wait, with `model_store`, until the mirror has brought what the
            trainer published.
    """

    port: Port = field(default=8000, name="PORT")
    workers: Annotated[int, Meta(ge=1, le=256)] = field(default=2, name="WEB_CONCURRENCY")
    keep_alive_s: Annotated[int, Meta(ge=1, le=86_400)] = field(
        default=KEEP_ALIVE_S, name=f"{PREFIX}KEEP_ALIVE_S"
    )
    trainer_url: Url = field(default="http://127.0.0.1:8001", name="TRAINER_URL")
    trainer_token_file: str = field(default="", name=f"{PREFIX}TRAINER_TOKEN_FILE")
    allow_training: bool = field(default=True, name="ALLOW_TRAINING")
    max_graph_bytes: Annotated[int, Meta(ge=1_024, le=4_294_967_296)] = field(
        default=33_554_432, name=f"{PREFIX}MAX_GRAPH_BYTES"
    )
    memo_capacity: Annotated[int, Meta(ge=1, le=1_000_000)] = field(
        default=4096, name=f"{PREFIX}MEMO_CAPACITY"
    )
    max_body_bytes: Annotated[int, Meta(ge=1_024, le=1_073_741_824)] = field(
        default=16_777_216, name=f"{PREFIX}MAX_BODY_BYTES"
    )
    max_requests: Annotated[int, Meta(ge=1, le=100_000)] = field(
        default=256, name=f"{PREFIX}MAX_REQUESTS"
    )
    max_held_bytes: Annotated[int, Meta(ge=1_024, le=17_179_869_184)] = field(
        default=67_108_864, name=f"{PREFIX}MAX_HELD_BYTES"
    )
    max_train_body_bytes: Annotated[int, Meta(ge=1_024, le=1_073_741_824)] = field(
        default=67_108_864, name=f"{PREFIX}MAX_TRAIN_BODY_BYTES"
    )
    train_timeout_s: Annotated[float, Meta(gt=0, le=86_400)] = field(
        default=300.0, name=f"{PREFIX}TRAIN_TIMEOUT_S"
    )
    metrics_services: Annotated[int, Meta(ge=0, le=1_000)] = field(
        default=100, name=f"{PREFIX}METRICS_SERVICES"
    )
    metrics_patterns: Annotated[int, Meta(ge=0, le=1_000)] = field(
        default=100, name=f"{PREFIX}METRICS_PATTERNS"
    )
    drift_window_s: Annotated[int, Meta(ge=60, le=604_800)] = field(
        default=3_600, name=f"{PREFIX}DRIFT_WINDOW_S"
    )
    alertmanager_url: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s/@,]+(/[^\s,]*)?(,(?=h)|$))*$",
            examples=["http://alertmanager:9093"],
        ),
    ] = field(default="", name="ANOMALY_ALERTMANAGER_URL")
    alert_interval_s: Annotated[float, Meta(ge=0.1, le=3_600)] = field(
        default=60.0, name=f"{PREFIX}ALERT_INTERVAL_S"
    )
    alerts: Annotated[int, Meta(ge=1, le=1_000)] = field(default=100, name=f"{PREFIX}ALERTS")
    alert_link: Annotated[
        str,
        Meta(
            pattern=r"^(https?://([^\s{}]|\{(service|level|pattern_id)\})+)?$",
            examples=["https://logs/?service={service}"],
        ),
    ] = field(default="", name=f"{PREFIX}ALERT_LINK")
    stdout_per_s: Annotated[int, Meta(ge=0, le=10_000)] = field(
        default=0, name=f"{PREFIX}STDOUT_PER_S"
    )
    shadow: Annotated[str, Meta(pattern=r"^([1-9][0-9]{0,8}|candidate)?$")] = field(
        default="", name="ANOMALY_SHADOW"
    )
    otlp_forward: Annotated[
        str,
        Meta(
            pattern=r"^(https?://[^\s/]+(/[^\s]*)?)?$", examples=["http://collector:4318/v1/logs"]
        ),
    ] = field(default="", name="ANOMALY_OTLP_FORWARD")
    follow_s: Annotated[float, Meta(ge=0, le=3_600)] = field(default=30.0, name=f"{PREFIX}FOLLOW_S")

    @property
    def trains(self) -> bool:
        """Whether the service takes trainings, to pass them on."""
        return self.allow_training
