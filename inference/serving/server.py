"""The server around an app: gunicorn keeps the processes, uvicorn speaks HTTP in each."""

import asyncio
import gc
import logging
import signal
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar, Final

from gunicorn.app.base import BaseApplication
from uvicorn import Config
from uvicorn import Server as UvicornServer
from uvicorn_worker import UvicornWorker

from inference.cores import usable_cores
from inference.metrics.board import Board
from inference.metrics.traffic import Traffic
from inference.serving.accepting import Acceptor, Headcount
from inference.serving.listening import ListenError, listening_addresses
from inference.serving.orphans import end_with
from inference.serving.protocol import HttpProtocol
from inference.serving.slow_clients import SlowClients
from inference.serving.tls import tls_options
from inference.settings import KEEP_ALIVE_S, ServiceSettings
from inference.web.leaving import DRAINING
from inference.web.logs import logging_config
from inference.web.shortcut import Shortcut

DRAIN_S: Final = 1.0
"""How long a worker that is being stopped answers with `Connection: close` before it closes."""

TICKS_BETWEEN_LOOKS: Final = 50
"""How often slow clients are looked for: every five seconds."""

LOOK_S: Final = 0.1
"""How often a worker that ends looks whether its clients have been answered."""

SILENT_S: Final = 10.0
"""How long it waits for the first request of a client whose connection it has accepted."""

SOCKET_UMASK: Final = 0o117
"""The owner and the group of a UNIX socket may connect to it; gunicorn uses it for nothing else."""

ROWS_PER_WORKER: Final = 4
"""Rows on the board for each worker: new workers (SIGHUP) count while the old workers drain."""

SPARE_THREADS: Final = 4
"""Threads beyond the number of cores, for work that waits for something; asyncio adds as many."""

SWITCH_S: Final = 0.0002
"""How long the loop waits before it asks a thread for the interpreter. With Python's own 5 ms, half
of the requests beside a batch of 10,000 waited for 2 ms and more; one in twenty does."""

_log = logging.getLogger(__name__)

_SHARED_MEMORY: Final = "/dev/shm"  # noqa: S108 - a file system in memory is meant


class PatientServer(UvicornServer):
    """Tells busy clients to leave before it closes their connections, and gives up slow ones.

    Closing an idle keep-alive connection at once loses whatever a client is just sending on it. So
    on SIGTERM every answer of the next moment carries `Connection: close`, after which the client
    opens its next connection to a process that stays.
    """

    def __init__(
        self,
        config: Config,
        headcount: Headcount,
        place: int,
        max_head_bytes: int,
        traffic: Traffic | None,
        shortcut: Shortcut | None,
    ) -> None:
        super().__init__(config)
        self._traffic = traffic
        self._shortcut = shortcut
        self._headcount = headcount
        self._place = place
        self._max_head_bytes = max_head_bytes
        self._acceptors: list[Acceptor] = []
        self._slow_clients = SlowClients(config.timeout_keep_alive)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, but accept connections in our own way."""
        await super().startup([])
        self._acceptors = [
            Acceptor(
                listener,
                self._make_protocol,
                self.server_state.connections,
                self._headcount,
                self._place,
                self.config.ssl,
            )
            for listener in sockets or []
        ]
        # uvicorn closes them, and that is all.
        self.servers = list(self._acceptors)  # type: ignore[arg-type]

    def _make_protocol(self) -> asyncio.Protocol:
        return HttpProtocol(
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
            max_head_bytes=self._max_head_bytes,
            traffic=self._traffic,
            shortcut=self._shortcut,
        )

    async def on_tick(self, counter: int) -> bool:
        """Uvicorn's own tick, ten times a second."""
        if counter % TICKS_BETWEEN_LOOKS == 0:
            given_up = self._slow_clients.give_up(
                list(self.server_state.connections),  # type: ignore[arg-type]  # its attributes suffice
                time.monotonic(),
            )
            if given_up:
                _log.info("connection.given_up", extra={"count": given_up})
        if self._traffic is not None:
            self._traffic.tick(len(self.server_state.tasks))
        for acceptor in self._acceptors:
            acceptor.announce()
        return await super().on_tick(counter)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handle SIGTERM by draining first; SIGINT exits at once.

        gunicorn repeats SIGTERM every second, as long as it has a worker too many. A worker that is
        still starting has no client, and not all of what draining needs.
        """
        if sig != signal.SIGTERM or not self.started:
            super().handle_exit(sig, frame)
            return
        close = (b"connection", b"close")
        headers = self.config.encoded_headers
        if close in headers:
            return
        self.lifespan.state[DRAINING] = True  # copied into each request
        for acceptor in self._acceptors:
            acceptor.retreat()
        headers.append(close)  # lasts through uvicorn's own refresh of its default headers
        self.server_state.default_headers = [*self.server_state.default_headers, close]
        asyncio.get_running_loop().call_later(DRAIN_S, self._leave, sig, frame, time.monotonic())

    def _leave(self, sig: int, frame: FrameType | None, since: float) -> None:
        """Accept no more, and end once every client that was accepted has sent its first request.

        Until then its connection is not idle: the client has only just opened it to use it.
        """
        for acceptor in self._acceptors:
            acceptor.close()
        silent = any(
            connection.cycle is None  # type: ignore[union-attr]  # ours are all of HTTP
            for connection in self.server_state.connections
        )
        # The first look comes after a moment: what was accepted last is still being opened.
        first = time.monotonic() - since < DRAIN_S + LOOK_S
        if first or (silent and time.monotonic() - since < SILENT_S):
            loop = asyncio.get_running_loop()
            loop.call_later(LOOK_S, self._leave, sig, frame, since)
        else:
            super().handle_exit(sig, frame)


class Worker(UvicornWorker):  # type: ignore[misc]  # uvicorn_worker has no type information
    """A gunicorn worker that drains, and that ends if its master is gone."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        "loop": "uvloop",
        "http": HttpProtocol,
        "ws": "none",
        "server_header": False,
        # No proxy is trusted: a client's address is not used.
        "proxy_headers": False,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = self.app.headcount.join()
        self.row = self.app.board.join()
        # uvicorn tells every step of a start and a stop, as gunicorn does already.
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)

    async def _serve(self) -> None:
        self.config.app = self.wsgi
        self.app.board.enter(self.row)
        self._install_sigquit_handler()
        end_with(self.ppid)
        sys.setswitchinterval(SWITCH_S)
        # asyncio's own would have a thread for each core of the node.
        threads = ThreadPoolExecutor(usable_cores() + SPARE_THREADS, thread_name_prefix="off-loop")
        asyncio.get_running_loop().set_default_executor(threads)
        server = PatientServer(
            self.config,
            self.app.headcount,
            self.place,
            self.app.max_head_bytes,
            getattr(self.wsgi, "traffic", None),
            getattr(self.wsgi, "shortcut", None),
        )
        await server.serve(sockets=self.sockets)


class GunicornServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no type information
    """Gunicorn, configured in code, around an app that is made once before the fork."""

    def __init__(
        self,
        make_app: Callable[[Board], Any],
        options: dict[str, Any],
        max_head_bytes: int,
        board: Board,
    ) -> None:
        self._make_app = make_app
        self.board = board
        self._options = options
        self.max_head_bytes = max_head_bytes
        self.headcount = Headcount()
        super().__init__()

    def load_config(self) -> None:
        """Take the options over into gunicorn's configuration."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Make the app, and keep the garbage collector from what lives by then.

        It writes into every object that it visits, so each worker would soon have a copy of its
        own of all the memory that the fork lets them share.
        """
        app = self._make_app(self.board)
        self.board.open()
        gc.collect()
        gc.freeze()
        return app


def run_server(
    make_app: Callable[[Board], Any],
    settings: ServiceSettings,
    *,
    name: str,
    port: int,
    workers: int,
    keep_alive_s: int = KEEP_ALIVE_S,
) -> None:
    """Serve until SIGTERM or SIGINT.

    The app is made before the fork, so that the workers share the memory of imports; models
    are loaded after it, since sessions of onnxruntime do not survive a fork.

    Args:
        make_app: makes the app, which counts on the board that it is given.
        settings: what both services have: the address, TLS, bounds, logs.
        name: of the process.
        port: the port to listen on.
        workers: processes that answer.
        keep_alive_s: how long a connection may be idle before it is closed.
    """
    try:
        addresses = listening_addresses(settings.host, port)
    except ListenError as error:
        sys.exit(str(error))
    options = {
        "bind": addresses,
        "umask": SOCKET_UMASK,
        "workers": workers,
        "worker_class": "inference.serving.server.Worker",
        "proc_name": name,
        "preload_app": True,
        "keepalive": keep_alive_s,
        "timeout": 60,
        "graceful_timeout": 30,
        "logconfig_dict": logging_config(settings.log_level),
        # It would write a socket file, which fails on a read-only root.
        "control_socket_disable": True,
        "child_exit": _forget,
        # Heartbeat files on a disk can stall a worker for as long as the disk stalls.
        "worker_tmp_dir": _SHARED_MEMORY if Path(_SHARED_MEMORY).is_dir() else None,
        **tls_options(settings),
    }
    board = Board(ROWS_PER_WORKER * workers)
    GunicornServer(make_app, options, settings.max_head_bytes, board).run()


def _forget(_arbiter: Any, worker: Worker) -> None:
    """Free what a worker had that has ended."""
    worker.app.headcount.leave(worker.place)
    worker.app.board.leave(worker.row)
