"""The programs that are run: how each is set up and started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from samples.generator import configs
from samples.generator.program import Program, Sandbox, environment, free_port, program

_SHOP = Path(__file__).parent / "shop"


class Postgres(Program):
    """A PostgreSQL server with a fresh data directory."""

    service = "postgres"
    ready_text = "database system is ready to accept connections"
    run_as = "postgres"
    stop_signal = signal.SIGINT

    def __init__(self, sandbox: Sandbox) -> None:
        """Chooses the port."""
        self.port = free_port(15432)
        super().__init__(sandbox)

    def configure(self) -> None:
        """Makes the data directory and writes its configuration."""
        secret = self.folder / "password"
        configs.write(secret, "admin-sample\n")
        command = [program("initdb"), "--pgdata=data", "--username=admin", "--encoding=UTF8"]
        command += ["--locale=C", "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        subprocess.run(
            command,
            cwd=self.folder,
            env=environment(),
            user=self.user,
            group=self.group,
            extra_groups=[] if self.user else None,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        secret.unlink()
        with (self.folder / "data/postgresql.conf").open("a") as settings:
            settings.write(configs.POSTGRES.format(port=self.port))
        (self.folder / "data/pg_hba.conf").write_text(configs.POSTGRES_ACCESS)

    def command(self) -> list[str]:
        """Returns the command line."""
        return [program("postgres"), "-D", str(self.folder / "data")]

    def conninfo(self, role: str, application: str, database: str = "orders") -> str:
        """Returns a connection string for one of the sample roles."""
        return (
            f"host=127.0.0.1 port={self.port} dbname={database} user={role}"
            f" password={role}-sample application_name={application} connect_timeout=2"
        )

    def dump(self) -> None:
        """Takes a backup with pg_dump, as a nightly job would."""
        subprocess.run(
            [program("pg_dump"), self.conninfo("admin", "pg_dump")],
            env=environment(),
            check=True,
            timeout=20,
            stdout=subprocess.DEVNULL,
        )


class Redis(Program):
    """A Redis server that saves snapshots and an append-only file."""

    service = "redis"
    ready_text = "Ready to accept connections"
    run_as = "nobody"

    def __init__(self, sandbox: Sandbox) -> None:
        """Chooses the port."""
        self.port = free_port(16379)
        super().__init__(sandbox)

    def configure(self) -> None:
        """Writes redis.conf."""
        text = configs.REDIS.format(port=self.port, folder=self.folder)
        configs.write(self.folder / "redis.conf", text)

    def command(self) -> list[str]:
        """Returns the command line."""
        return [program("redis-server"), str(self.folder / "redis.conf")]


class Nginx(Program):
    """nginx as the reverse proxy of the API; its workers run as nobody under root."""

    service = "nginx"
    ready_text = "start worker process"

    def __init__(self, sandbox: Sandbox, api_port: int) -> None:
        """Chooses the port."""
        self.port = free_port(18080)
        self._api_port = api_port
        super().__init__(sandbox)

    def configure(self) -> None:
        """Writes nginx.conf and a static page."""
        (self.folder / "www/static").mkdir(parents=True)
        (self.folder / "www/static/shop.css").write_text("body { margin: 2em }\n")
        self.text = configs.NGINX.format(
            folder=self.folder,
            port=self.port,
            api_port=self._api_port,
            # Only root may change the user of the workers.
            user="user nobody nogroup;" if os.geteuid() == 0 else "",
        )
        self.write(self.text)

    def write(self, text: str) -> None:
        """Replaces nginx.conf."""
        configs.write(self.folder / "nginx.conf", text)

    def command(self) -> list[str]:
        """Returns the command line."""
        conf = str(self.folder / "nginx.conf")
        return [program("nginx"), "-e", "stderr", "-p", str(self.folder), "-c", conf]


class HAProxy(Program):
    """HAProxy as the edge in front of nginx, in master-worker mode."""

    service = "haproxy"
    ready_text = "Loading success"
    stop_signal = signal.SIGUSR1

    def __init__(self, sandbox: Sandbox, nginx_port: int) -> None:
        """Chooses the port."""
        self.port = free_port(18000)
        self._nginx_port = nginx_port
        super().__init__(sandbox)

    def configure(self) -> None:
        """Writes haproxy.cfg."""
        text = configs.HAPROXY.format(port=self.port, nginx_port=self._nginx_port)
        configs.write(self.folder / "haproxy.cfg", text)

    def command(self) -> list[str]:
        """Returns the command line."""
        return [program("haproxy"), "-W", "-db", "-f", str(self.folder / "haproxy.cfg")]

    def reload(self) -> None:
        """Starts a new worker with the configuration read again."""
        self.send(signal.SIGUSR2)


class ShopProcess(Program):
    """One of the shop's two Python processes, run from a copy in the run directory."""

    module = ""

    def __init__(self, sandbox: Sandbox, postgres: Postgres, redis: Redis) -> None:
        """Chooses the port."""
        self.port = free_port(18081)
        self._postgres = postgres
        self._redis = redis
        super().__init__(sandbox)

    def configure(self) -> None:
        """Copies the shop, links its libraries and writes the settings."""
        shutil.copytree(_SHOP, self.folder / "shop", ignore=shutil.ignore_patterns("__pycache__"))
        # Tracebacks name a module by the path it was imported by: these links, not the places
        # where Python and the libraries happen to be installed.
        (self.folder / "python").symlink_to(sys.base_prefix)
        (self.folder / "lib").symlink_to(_library_folder())
        self.write(configs.SHOP_SETTINGS)

    def write(self, text: str) -> None:
        """Replaces the settings file."""
        configs.write(self.folder / "settings.json", text)

    def command(self) -> list[str]:
        """Returns the command line."""
        python = self.folder / f"python/bin/python3.{sys.version_info.minor}"
        return [str(python), "-B", "-m", f"shop.{self.module}"]

    def environment(self) -> dict[str, str]:
        """Returns the environment, which holds where the servers are."""
        return environment() | {
            "PYTHONHOME": f"{self.folder}/python",
            "PYTHONPATH": f"{self.folder}:{self.folder}/lib",
            "SHOP_DATABASE": self._postgres.conninfo("orders", self.service),
            "SHOP_REDIS_PORT": str(self._redis.port),
            "SHOP_HTTP_PORT": str(self.port),
            "SHOP_SETTINGS": str(self.folder / "settings.json"),
        }


class Api(ShopProcess):
    """The HTTP side of the shop."""

    service = "orders-api"
    ready_text = "listening on"
    module = "api"


class Worker(ShopProcess):
    """The shipping worker of the shop."""

    service = "orders-worker"
    ready_text = "connected to the database"
    module = "shipping"


def _library_folder() -> Path:
    spec = find_spec("psycopg")
    assert spec is not None  # check_requirements has seen it
    assert spec.origin is not None  # it is no namespace package
    return Path(spec.origin).parents[1]
