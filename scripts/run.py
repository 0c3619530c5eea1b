"""Runs the whole service on this machine: what `make run` calls.

Trains a starter model if the store is empty, starts trainer and inference, waits until both are
ready and says where to go. Ctrl-C stops both.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from inference.access.check import check_access
from inference.environment import WRONG_SETTINGS_EXIT, SettingsError, load_settings
from inference.serving.listening import UNIX, ListenError, listening_addresses
from inference.settings import PREFIX as SERVE_PREFIX
from inference.settings import InferenceSettings
from inference.store.versions import ModelStore
from schemas.api.operations import API_PREFIX
from trainer.settings import PREFIX as TRAIN_PREFIX
from trainer.settings import TrainerSettings

SAMPLES: Final = Path(__file__).parent.parent / "samples" / "logs.jsonl.gz"
STARTER: Final = ("--label-field", "fault")
"""Options of the starter model; the labels are for its report alone."""

READY_TIMEOUT_S: Final = 60.0
STOP_TIMEOUT_S: Final = 35.0
"""A little longer than gunicorn's own graceful time-out."""

POLL_S: Final = 0.05

_GUIDE: Final = """
The service is ready.

  predictions   {inference}{prefix}/predict
  documentation {inference}/docs
  trainer       {trainer}{prefix}/train (or through the service, same path)

Try it:

  curl -s {inference}{prefix}/predict -H 'Content-Type: application/json' -d '{{
    "log_id": "line-1", "message": "payment failed: connection to db:5432 refused",
    "level": "FATAL", "service": "orders-api"}}'

Ctrl-C stops both.
"""


def main() -> int:
    """Run until stopped; returns the exit code."""
    try:
        serve = load_settings(InferenceSettings, os.environ, SERVE_PREFIX)
        train = load_settings(TrainerSettings, os.environ, TRAIN_PREFIX)
        check_access(serve)
        check_access(train)
        _check_both(serve)
    except SettingsError as error:
        return _fail(f"The settings are wrong:\n{error}", WRONG_SETTINGS_EXIT)
    try:
        for port in (serve.port, train.port):
            listening_addresses(serve.host, port)
    except ListenError as error:
        return _fail(f"{error} (PORT, TRAINER_PORT)")

    inference_url, trainer_url = (_url(serve.host, port) for port in (serve.port, train.port))
    environment = {"TRAINER_URL": trainer_url, **os.environ}
    if ModelStore(Path(serve.model_dir)).signature() is None:
        print(f"{serve.model_dir} holds no model: training a starter model", flush=True)
        fit = [sys.executable, "-m", "trainer", "fit", str(SAMPLES), *STARTER]
        if subprocess.run(fit, check=False).returncode:
            return _fail("the starter model could not be trained")

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # In sessions of their own: Ctrl-C in the terminal must reach this process alone, which then
    # stops both in order.
    services = {
        name: subprocess.Popen(
            [sys.executable, "-m", *command], env=environment, start_new_session=True
        )
        for name, command in (("trainer", ["trainer", "serve"]), ("inference", ["inference"]))
    }
    try:
        ready = all(
            _wait_ready(f"{url}{API_PREFIX}/ready", services[name], stop)
            for name, url in (("trainer", trainer_url), ("inference", inference_url))
        )
        if ready:
            guide = _GUIDE.format(inference=inference_url, trainer=trainer_url, prefix=API_PREFIX)
            print(guide, flush=True)
            while not stop.wait(0.2) and all(
                process.poll() is None for process in services.values()
            ):
                pass
        ended = [name for name, process in services.items() if process.poll() is not None]
    finally:
        _stop(list(services.values()))
    if stop.is_set():
        return 0
    return _fail(f"{' and '.join(ended) or 'a service'} did not keep running; see the log above")


def _check_both(settings: InferenceSettings) -> None:
    """Refuse settings with which only one service could run.

    Raises:
        SettingsError: says which.
    """
    if settings.tls_certificate:
        raise SettingsError("TLS_CERTIFICATE: this starts plain HTTP alone; unset it")
    if settings.host.startswith(UNIX):
        raise SettingsError("HOST: two services cannot listen on one socket; start them one by one")


def _url(host: str, port: int) -> str:
    """Where a client on this machine finds a service that listens on `host`."""
    name = host.strip("[]")
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name, name)  # noqa: S104 - compared only
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _wait_ready(url: str, service: subprocess.Popen[bytes], stop: threading.Event) -> bool:
    deadline = time.monotonic() + READY_TIMEOUT_S
    while time.monotonic() < deadline and service.poll() is None and not stop.wait(POLL_S):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - our own http URL
                return True
        except (urllib.error.URLError, OSError):
            continue
    return False


def _stop(services: list[subprocess.Popen[bytes]]) -> None:
    for service in services:
        if service.poll() is None:
            service.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT_S
    for service in services:
        try:
            service.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            service.kill()


def _fail(message: str, code: int = 1) -> int:
    print(message, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
