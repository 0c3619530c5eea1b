"""Settings of the trainer service."""

from typing import Annotated, Final

from msgspec import Meta, field

from inference.settings import Port, ServiceSettings
from schemas.bundle.options import MAX_NODES

PREFIX: Final = "ANOMALY_TRAIN_"


class TrainerSettings(ServiceSettings, frozen=True, kw_only=True):
    """Every variable of the trainer service; README lists them for users.

    Attributes:
        port: port to listen on.
        signing_key_file: what is published is signed with this private key, PEM; empty for no
            signatures.
        max_body_bytes: bound for the body of a train call.
        max_nodes: bound for the nodes of a forest, trees x 2 x samples of each.
        max_held_bytes: bodies of train calls that are held at once; more are refused.
        wait_s: how long a training waits for another before it is refused.
    """

    port: Port = field(default=8001, name="TRAINER_PORT")
    signing_key_file: str = field(default="", name=f"{PREFIX}SIGNING_KEY_FILE")
    max_body_bytes: Annotated[int, Meta(ge=1_024, le=1_073_741_824)] = field(
        default=67_108_864, name=f"{PREFIX}MAX_BODY_BYTES"
    )
    max_nodes: Annotated[int, Meta(ge=100, le=1_000_000_000)] = field(
        default=MAX_NODES, name=f"{PREFIX}MAX_NODES"
    )
    max_held_bytes: Annotated[int, Meta(ge=1_024, le=17_179_869_184)] = field(
        default=134_217_728, name=f"{PREFIX}MAX_HELD_BYTES"
    )
    wait_s: Annotated[float, Meta(ge=0, le=3_600)] = field(default=10.0, name=f"{PREFIX}WAIT_S")
