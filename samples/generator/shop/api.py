"""The HTTP side of the shop: ``python -m shop.api``."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import redis
from psycopg_pool import ConnectionPool, PoolTimeout

from .cache import Cache, connect
from .config import Environment, Settings, start_logging
from .service import RefusedError, Shop

ADMIN_KEY = "restock-key"
IDLE_CONNECTIONS = 2

logger = logging.getLogger("orders.http")


class Server(ThreadingHTTPServer):
    """An HTTP server that knows the shop and logs what goes wrong in a request thread."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int, shop: Shop) -> None:
        """Listens on the loopback address."""
        super().__init__(("127.0.0.1", port), Handler)
        self.shop = shop

    def handle_error(self, _request: Any, client_address: Any) -> None:
        """Logs an exception that left the handler, such as a broken connection."""
        logger.error("connection from %s:%d failed", *client_address, exc_info=sys.exception())


class Handler(BaseHTTPRequestHandler):
    """Turns requests into calls of the shop and its exceptions into statuses."""

    server: Server

    def do_GET(self) -> None:
        """Answers a reading request."""
        self._started = time.monotonic()
        self._answer(self._read)

    def do_POST(self) -> None:
        """Answers a writing request."""
        self._started = time.monotonic()
        try:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        except ValueError as error:
            logger.warning("rejected %s %s: body is not JSON: %s", self.command, self.path, error)
            self._send(400, {"error": "body is not JSON"})
            return
        self._answer(lambda: self._write(body))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - inherited name
        """Keeps http.server's own request line out: `_send` writes a fuller one."""

    def _answer(self, work: Callable[[], Any]) -> None:
        try:
            status, value = 200, work()
        except RefusedError as refusal:
            status, value = refusal.status, {"error": str(refusal)}
            level = logging.INFO if status == HTTPStatus.NOT_FOUND else logging.WARNING
            logger.log(level, "refused %s %s: %s", self.command, self.path, refusal)
        except PoolTimeout as error:
            status, value = 503, self._failed("busy", error)
        except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable) as error:
            status, value = 503, self._failed("too slow", error)
        except Exception:
            status, value = 500, {"error": "internal error"}
            logger.exception("unhandled exception in %s %s", self.command, self.path)
        self._send(status, value)

    def _failed(self, why: str, error: Exception) -> dict[str, str]:
        logger.error("%s %s failed, %s: %s", self.command, self.path, why, error)
        return {"error": why}

    def _read(self) -> Any:
        shop, url = self.server.shop, urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        match url.path.strip("/").split("/"):
            case ["products"]:
                return shop.products(int(query.get("page", 0)))
            case ["products", number] if number.isdecimal():
                return shop.product(int(number))
            case ["orders", number] if number.isdecimal():
                return shop.order(int(number))
            case ["reports", "daily"]:
                return shop.report(int(query.get("days", 30)))
            case ["reports", "archive"]:
                return shop.archive()
            case ["ready"]:
                return ready(shop)
        raise RefusedError(404, "no such page")

    def _write(self, body: dict[str, Any]) -> Any:
        shop = self.server.shop
        match self.path.strip("/").split("/"):
            case ["orders"]:
                return shop.create(body)
            case ["orders", number, "cancel"] if number.isdecimal():
                return shop.cancel(int(number))
            case ["admin", "restock"]:
                if self.headers.get("X-Api-Key") != ADMIN_KEY:
                    raise RefusedError(401, "wrong or missing API key")
                return shop.restock(body)
        raise RefusedError(404, "no such page")

    def _send(self, status: int, value: Any) -> None:
        data = json.dumps(value).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()
        except OSError as error:
            logger.warning("client of %s %s went away: %s", self.command, self.path, error)
            return
        spent = 1000 * (time.monotonic() - self._started)
        logger.info("%s %s %d %d bytes %.1f ms", self.command, self.path, status, len(data), spent)


def ready(shop: Shop) -> dict[str, Any]:
    """Checks every idle database connection, Redis and the worker; 503 if any is not well."""
    try:
        shop.pool.check()
        with shop.pool.connection() as conn:
            conn.execute("SELECT 1")
        idle = shop.pool.get_stats()["pool_available"]
        if idle < IDLE_CONNECTIONS:
            raise RefusedError(503, f"only {idle} idle database connections")
        if not shop.cache.worker_alive():
            raise RefusedError(503, "the worker shows no heartbeat")
    except (psycopg.Error, PoolTimeout, redis.RedisError) as error:
        raise RefusedError(503, f"not ready: {error}") from error
    return {"idle_connections": idle}


def main() -> None:
    """Runs the API until SIGTERM; SIGHUP reads the settings again."""
    # Block the signals before any thread starts, so that only sigwait below sees them.
    signals = {signal.SIGHUP, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    start_logging()
    env = Environment.load()
    pool: ConnectionPool[Any] = ConnectionPool(
        env.database,
        name="orders",
        min_size=IDLE_CONNECTIONS,
        max_size=5,
        max_idle=4.0,
        timeout=0.8,
        open=True,
    )
    pool.wait(timeout=5)
    shop = Shop(pool, Cache(connect(env.redis_port)), Settings.load(env.settings))
    server = Server(env.http_port, shop)
    threading.Thread(target=server.serve_forever, name="accept", daemon=True).start()
    logger.info("listening on 127.0.0.1:%d", env.http_port)
    while signal.sigwait(signals) == signal.SIGHUP:
        shop.settings = Settings.load(env.settings)
        logger.info("settings read again: %s", shop.settings)
    logger.info("stopping")
    server.shutdown()
    pool.close()
    logger.info("stopped, pool statistics %s", pool.get_stats())


if __name__ == "__main__":
    main()
