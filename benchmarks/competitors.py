"""Who is measured, and how each is started."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from benchmarks.models import Models
from benchmarks.servers import Command, free_port
from benchmarks.venvs import HERE, PEERS, ROOT, CannotInstallError, python_of
from schemas.api.operations import API_PREFIX

OURS: Final = "this service"
SURPRISAL: Final = "this service, surprisal"
UNCOUNTED: Final = "this service, without metrics"
FASTAPI: Final = "FastAPI + scikit-learn"
MLSERVER: Final = "MLServer"
MLSERVER_BATCHING: Final = "MLServer, adaptive batching"
STOCK: Final = "this service, stock graph"
NOOP: Final = "no-op POST"
BARE_SOCKET: Final = "a bare socket"
BARE: Final = "bare msgspec"

WORKERS: Final = 2
OIP_PATH: Final = "/v2/models/log-anomaly/infer"


def is_mlserver(name: str) -> bool:
    """Whether a competitor speaks the Open Inference Protocol instead of our API."""
    return name in {MLSERVER, MLSERVER_BATCHING}


class Peers(msgspec.Struct, frozen=True):
    """The interpreters of the peers; None where a peer cannot be installed, and why."""

    fastapi: Path | None
    mlserver: Path | None
    unavailable: dict[str, str]


def install_peers() -> Peers:
    """Make the peers' environments if they are not there yet."""
    unavailable = {}
    pythons: dict[str, Path | None] = {"fastapi": None, "mlserver": None}
    for name, title in (("fastapi", FASTAPI), ("mlserver", MLSERVER)):
        try:
            pythons[name] = python_of(name, PEERS / f"{name}.txt")
        except CannotInstallError as error:
            unavailable[title] = str(error)
    return Peers(pythons["fastapi"], pythons["mlserver"], unavailable)


def own_service(
    model_dir: Path,
    *,
    name: str = OURS,
    workers: int = WORKERS,
    trainer_port: int = 1,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Command:
    """Our inference service as users run it, with more settings if there are any."""
    port = free_port()
    settings = {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_CONCURRENCY": str(workers),
        "MODEL_DIR": str(model_dir),
        "TRAINER_URL": f"http://127.0.0.1:{trainer_port}",
        "LOG_LEVEL": "INFO",
        **environment,
    }
    arguments = [sys.executable, "-m", "inference"]
    return Command(name, arguments, port, f"{API_PREFIX}/ready", settings, ROOT)


def own_trainer(model_dir: Path) -> Command:
    """Our trainer as users run it."""
    port = free_port()
    environment = {"HOST": "127.0.0.1", "TRAINER_PORT": str(port), "MODEL_DIR": str(model_dir)}
    arguments = [sys.executable, "-m", "trainer", "serve"]
    return Command("our trainer", arguments, port, f"{API_PREFIX}/ready", environment, ROOT)


def noop_service() -> Command:
    """The same server around a POST that does nothing."""
    port = free_port()
    environment = {"PORT": str(port), "WEB_CONCURRENCY": str(WORKERS)}
    arguments = [sys.executable, "-m", "benchmarks.noop_service"]
    return Command(NOOP, arguments, port, f"{API_PREFIX}/ready", environment, ROOT)


def bare_socket() -> Command:
    """The least that answers HTTP."""
    port = free_port()
    arguments = [sys.executable, "-m", "benchmarks.bare_socket", str(port), str(WORKERS)]
    return Command(BARE_SOCKET, arguments, port, "/", {}, ROOT)


def fastapi_service(python: Path, forest_file: Path) -> Command:
    """The conventional stack."""
    port = free_port()
    arguments = [str(python), "-m", "uvicorn", "fastapi_app:app", "--workers", str(WORKERS)]
    arguments += ["--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--loop", "uvloop", "--http", "httptools"]
    arguments += ["--no-access-log", "--log-level", "warning"]
    environment = {"FOREST_FILE": str(forest_file)}
    return Command(FASTAPI, arguments, port, f"{API_PREFIX}/ready", environment, HERE / "peers")


def mlserver_service(
    python: Path, forest_file: Path, folder: Path, *, name: str = MLSERVER
) -> Command:
    """MLServer with its scikit-learn runtime, its settings written to `folder`."""
    port = free_port()
    settings = {
        "host": "127.0.0.1",
        "http_port": port,
        "grpc_port": free_port(),
        "metrics_port": free_port(),
        "metrics_dir": str(folder),
        "parallel_workers": WORKERS,
        "debug": False,
    }
    model: dict[str, object] = {
        "name": "log-anomaly",
        "implementation": "mlserver_sklearn.SKLearnModel",
        "parameters": {"uri": str(forest_file)},
    }
    if name == MLSERVER_BATCHING:
        model |= {"max_batch_size": 256, "max_batch_time": 0.002}
    folder.mkdir(parents=True)
    (folder / "settings.json").write_bytes(msgspec.json.encode(settings))
    (folder / "model-settings.json").write_bytes(msgspec.json.encode(model))
    arguments = [str(python.parent / "mlserver"), "start", str(folder)]
    environment = {"PATH": f"{python.parent}:{os.environ.get('PATH', '')}"}
    ready = "/v2/models/log-anomaly/ready"
    return Command(name, arguments, port, ready, environment, folder)


def load_competitors(models: Models, peers: Peers, folder: Path) -> list[Command]:
    """Everybody who is put under load, in the order in which a round goes."""
    commands = [own_service(models.own), own_service(models.surprisal, name=SURPRISAL)]
    if peers.fastapi:
        commands.append(fastapi_service(peers.fastapi, models.forest_file))
    if peers.mlserver:
        commands += [
            mlserver_service(peers.mlserver, models.forest_file, folder / name, name=title)
            for name, title in (("mlserver", MLSERVER), ("batching", MLSERVER_BATCHING))
        ]
    return [*commands, own_service(models.stock, name=STOCK), noop_service()]
