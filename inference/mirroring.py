"""`python -m inference mirror`: follows an object store into the directory that services read."""

import logging
import logging.config
import os
import signal
import threading
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, field

from inference.environment import SettingsError, load_settings
from inference.errors import InferenceError
from inference.settings import LogLevel, ModelStoreUrl
from inference.store.signed import PUBLIC_KEY_VARIABLE, verifier_by
from inference.store.versions import ANY_SIZE, ModelStore
from inference.store.writing import StoreWriter
from inference.web.logs import logging_config

PREFIX: Final = "ANOMALY_MIRROR_"

_log = logging.getLogger(__name__)


class MirrorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Every variable of the mirror; README lists them for users.

    Attributes:
        model_store: address of the object store.
        model_dir: directory that services read.
        log_level: the least severe events that are logged.
        poll_s: how often CURRENT and CANDIDATE are asked for; a small request each.
        max_file_bytes: a version with a larger file is not taken.
        public_key_file: only versions that its private half has signed are taken, PEM.
    """

    model_store: ModelStoreUrl = field(default="", name="MODEL_STORE")
    model_dir: str = field(default="models", name="MODEL_DIR")
    log_level: LogLevel = field(default="INFO", name="LOG_LEVEL")
    poll_s: Annotated[float, Meta(ge=0.05, le=3_600)] = field(default=1.0, name=f"{PREFIX}POLL_S")
    max_file_bytes: Annotated[int, Meta(ge=1_024, le=ANY_SIZE)] = field(
        default=134_217_728, name=f"{PREFIX}MAX_FILE_BYTES"
    )
    public_key_file: str = field(default="", name=PUBLIC_KEY_VARIABLE)


def mirror() -> None:
    """Follow until stopped.

    Raises:
        SettingsError: the settings are wrong, or the library for object stores is missing.
    """
    # What else begins so is for the services, with which it may share an environment.
    own = {
        name: value
        for name, value in os.environ.items()
        if name.startswith((PREFIX, PUBLIC_KEY_VARIABLE)) or not name.startswith("ANOMALY_")
    }
    settings = load_settings(MirrorSettings, own, PREFIX)
    if not settings.model_store:
        raise SettingsError("MODEL_STORE is not set; give the address, as in s3://bucket/prefix")
    try:
        from inference.store.mirror import Mirror  # noqa: PLC0415 - obstore may not be installed
        from inference.store.remote import RemoteStore  # noqa: PLC0415 - as above
    except ImportError as error:
        raise SettingsError(
            "the library obstore is missing: build the serving image with "
            "--build-arg REQUIREMENTS=mirror, or install requirements/mirror.txt"
        ) from error
    logging.config.dictConfig(logging_config(settings.log_level))
    verifier = verifier_by(settings.public_key_file)
    store = ModelStore(Path(settings.model_dir), verifier=verifier)
    try:
        remote = RemoteStore(settings.model_store)
    except InferenceError as error:
        raise SettingsError(str(error)) from error
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _log.info("mirror.started", extra={"poll_s": settings.poll_s})
    writer = StoreWriter(store)
    Mirror(remote, store, writer, max_bytes=settings.max_file_bytes).run(stop, settings.poll_s)
    _log.info("mirror.stopped")
