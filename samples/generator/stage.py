"""The running system as a whole, and the windows of the faults provoked in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

import psycopg

from samples.generator import configs
from samples.generator.client import Client
from samples.generator.collect import Collector, GenerationError, now
from samples.generator.load import Load
from samples.generator.program import Program, Sandbox
from samples.generator.programs import Api, HAProxy, Nginx, Postgres, Redis, Worker

# Time for the last lines of a fault to reach the collector before its window is closed.
DRAIN_SECONDS = 0.25


@dataclass(frozen=True)
class Fault:
    """A fault that can be provoked.

    Attributes:
        name: Its name.
        services: The services it touches.
        what: What is done, in one sentence.
        provoke: Does it and undoes it.
    """

    name: str
    services: tuple[str, ...]
    what: str
    provoke: Callable[[Stage], None]


@dataclass(frozen=True)
class Window:
    """When a fault was provoked.

    Attributes:
        fault: The fault.
        start: The moment before it was provoked.
        end: The moment after the system was well again.
    """

    fault: Fault
    start: datetime
    end: datetime


def fault(
    name: str, services: tuple[str, ...], what: str
) -> Callable[[Callable[[Stage], None]], Fault]:
    """Makes a fault of the function that provokes it (a decorator)."""
    return lambda provoke: Fault(name, services, what, provoke)


class Stage:
    """All programs, running, with the load on them.

    Attributes:
        postgres: The database.
        redis: The cache and queue.
        api: The HTTP side of the shop.
        worker: The shipping worker.
        nginx: The reverse proxy.
        haproxy: The edge.
        client: Sends requests to the edge.
        load: The normal work in the background.
        windows: The faults provoked so far.
    """

    def __init__(self, sandbox: Sandbox, seed: int) -> None:
        """Sets all programs up; `start` starts them."""
        self.collector: Collector = sandbox.collector
        self.postgres = Postgres(sandbox)
        self.redis = Redis(sandbox)
        self.api = Api(sandbox, self.postgres, self.redis)
        self.worker = Worker(sandbox, self.postgres, self.redis)
        self.nginx = Nginx(sandbox, self.api.port)
        self.haproxy = HAProxy(sandbox, self.nginx.port)
        self.client = Client(self.haproxy.port)
        self._api_client = Client(self.api.port)
        monitor = self.postgres.conninfo("monitor", "monitor")
        self.load = Load(self.client, monitor, self.redis.port, seed)
        self.windows: list[Window] = []

    @property
    def programs(self) -> list[Program]:
        """All programs, in the order they start."""
        return [self.postgres, self.redis, self.worker, self.api, self.nginx, self.haproxy]

    def start(self) -> None:
        """Starts the programs, makes the database and starts the load."""
        self.postgres.start()
        self.sql(configs.ROLES, database="postgres", logged=False)
        self.sql(configs.SCHEMA)
        for program in self.programs[1:]:
            program.start()
        self.wait_ready()
        self.load.start()

    def stop(self) -> None:
        """Stops the load and then the programs, the edge first."""
        self.load.stop()
        for program in reversed(self.programs):
            program.stop()

    def admin(self, database: str = "orders", *, logged: bool = True) -> psycopg.Connection[Any]:
        """Connects to the database as its administrator, each statement on its own.

        Args:
            database: The database to connect to.
            logged: False keeps statements with a password out of the log.
        """
        info = self.postgres.conninfo("admin", "migration", database)
        # Off before the first statement is run, therefore as a connection option.
        options = "" if logged else "-c log_statement=none -c log_min_duration_statement=-1"
        return psycopg.connect(info, autocommit=True, options=options)

    def sql(self, script: str, *, database: str = "orders", logged: bool = True) -> None:
        """Runs statements, separated by semicolons, as the administrator."""
        with self.admin(database, logged=logged) as connection:
            for statement in script.split(";"):
                if statement.strip():
                    connection.execute(statement.strip().encode())

    def wait_ready(self, seconds: float = 25.0) -> None:
        """Waits until the shop says that all of it is well.

        Raises:
            GenerationError: If it does not become well in time.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            # Asked for at the API itself, as a deployment would: the proxies see visitors only.
            if self._api_client.request("GET", "/ready") == HTTPStatus.OK:
                return
            time.sleep(0.15)
        raise GenerationError(f"the shop was not ready after {seconds} s")

    def provoke(self, fault: Fault) -> None:
        """Provokes a fault; its window ends when all is well again."""
        start = now()
        fault.provoke(self)
        self.wait_ready()
        time.sleep(DRAIN_SECONDS)
        self.windows.append(Window(fault, start, now()))

    def orders(self, count: int, *, currency: str = "EUR", together: bool = False) -> None:
        """Places orders, one after another or all at the same time."""
        bodies = [self.load.order(currency) for _ in range(count)]
        with ThreadPoolExecutor(max_workers=count if together else 1) as pool:
            for number, body in enumerate(bodies):
                pool.submit(self.client.request, "POST", "/orders", body, visitor=41 + number)

    def together(self, count: int, method: str, path: str) -> None:
        """Sends the same request several times at once."""
        with ThreadPoolExecutor(max_workers=count) as pool:
            for number in range(count):
                pool.submit(self.client.request, method, path, visitor=41 + number)
