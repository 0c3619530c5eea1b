"""Faults of the database and of the way it is used."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import psycopg
import redis

from samples.generator import configs
from samples.generator.load import ADMIN_KEY
from samples.generator.stage import Stage, fault

_SHOP = ("postgres", "orders-api", "orders-worker", "nginx", "haproxy")
_REQUESTS = ("postgres", "orders-api", "nginx", "haproxy")
# The server allows 10 connections.
_MORE_THAN_THERE_ARE = 20
_END_SESSIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'orders'"
_END_API_SESSIONS = f"{_END_SESSIONS} AND application_name = 'orders-api'"


def _wait_for_worker(stage: Stage, mark: int) -> None:
    """Waits until the worker has noticed that its session ended and has a new session."""
    stage.collector.wait_for("orders-worker", "connected to the database", mark)


@fault("postgres-stopped", _SHOP, "PostgreSQL is shut down fast under load and started again.")
def stopped(stage: Stage) -> None:
    """Stops the server, lets requests meet the gap and starts it again."""
    mark = stage.collector.mark()
    stage.postgres.stop()
    stage.orders(2, together=True)
    time.sleep(0.1)
    stage.postgres.start()
    _wait_for_worker(stage, mark)


@fault(
    "postgres-backend-killed",
    _SHOP,
    "One PostgreSQL backend is killed with SIGKILL: the server ends all sessions and recovers.",
)
def backend_killed(stage: Stage) -> None:
    """Kills the backend of one of the API's idle connections."""
    mark = stage.collector.mark()
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'orders-api' LIMIT 1"
    with stage.admin() as connection:
        row = connection.execute(query).fetchone()
    if row is not None:
        os.kill(row[0], signal.SIGKILL)
    stage.orders(2, together=True)
    _wait_for_worker(stage, mark)


@fault(
    "statement-timeout",
    _REQUESTS,
    "Reports over far too many days are asked for and cancelled by statement_timeout.",
)
def statement_timeout(stage: Stage) -> None:
    """Asks for two wide reports at once."""
    stage.together(2, "GET", "/reports/daily?days=300000")


@fault(
    "lock-timeout",
    _REQUESTS,
    "A session keeps all product rows locked, so that orders fail with lock_timeout.",
)
def lock_timeout(stage: Stage) -> None:
    """Locks the products as a stock-taking would, and orders meanwhile."""
    with stage.admin() as connection, connection.transaction():
        connection.execute("UPDATE products SET stock = stock")
        stage.orders(2, together=True)


@fault(
    "deadlock",
    _REQUESTS,
    "Pairs of restockings update the same products in opposite orders and deadlock.",
)
def deadlock(stage: Stage) -> None:
    """Sends two long restockings at once, one of them backwards, until one has failed."""
    for _ in range(12):
        forwards = stage.load.delivery()
        backwards = stage.load.delivery()
        forwards["lines"] = [[n, 1] for n in range(1, 11)]
        backwards["lines"] = [[n, 1] for n in range(10, 0, -1)]

        def restock(body: dict[str, object]) -> int:
            return stage.client.request("POST", "/admin/restock", body, visitor=3, key=ADMIN_KEY)

        with ThreadPoolExecutor(max_workers=2) as pool:
            if HTTPStatus.INTERNAL_SERVER_ERROR in pool.map(restock, (forwards, backwards)):
                return


@fault(
    "idle-transaction",
    _REQUESTS,
    "The payment step becomes so slow that PostgreSQL ends the API's idle transactions.",
)
def idle_transaction(stage: Stage) -> None:
    """Gives the API a slow payment step for a moment."""
    stage.api.write(configs.SHOP_SETTINGS_SLOW_PAYMENT)
    stage.api.reload()
    time.sleep(0.1)
    stage.orders(2, together=True)
    stage.api.write(configs.SHOP_SETTINGS)
    stage.api.reload()


@fault(
    "schema-mismatch",
    _SHOP,
    "A migration renames a column that the running shop still uses, and is rolled back.",
)
def schema_mismatch(stage: Stage) -> None:
    """Renames orders.state, orders and ships meanwhile, and renames it back."""
    with stage.admin() as connection:
        connection.execute("ALTER TABLE orders RENAME COLUMN state TO status")
        stage.orders(1)
        with redis.Redis("127.0.0.1", stage.redis.port, socket_timeout=2) as client:
            client.rpush("orders:shipping", '{"order": 5, "attempt": 1}')
        stage.client.request("GET", "/reports/daily?days=7", visitor=41)
        stage.client.request("GET", "/orders/5", visitor=42)
        time.sleep(0.2)
        connection.execute("ALTER TABLE orders RENAME COLUMN status TO state")


@fault(
    "too-many-connections",
    _REQUESTS,
    "Another client takes all free connections, so that the API's pool cannot grow.",
)
def too_many_connections(stage: Stage) -> None:
    """Takes all connections, then those of the API too, and lets requests wait for one."""
    taken: list[psycopg.Connection[object]] = []
    info = stage.postgres.conninfo("orders", "batch-import")
    try:
        with stage.admin() as administrator:
            for _ in range(2):
                with contextlib.suppress(psycopg.OperationalError):
                    while len(taken) < _MORE_THAN_THERE_ARE:
                        taken.append(psycopg.connect(info))
                administrator.execute(_END_API_SESSIONS)
        stage.together(2, "GET", "/products?page=1")
    finally:
        for connection in taken:
            connection.close()


@fault(
    "password-changed",
    _SHOP,
    "The database role gets a new password and its sessions end: the shop cannot log in.",
)
def password_changed(stage: Stage) -> None:
    """Changes the password of the shop's role for a moment."""
    mark = stage.collector.mark()
    stage.sql(f"ALTER ROLE orders PASSWORD 'changed'; {_END_SESSIONS}", logged=False)
    stage.orders(2, together=True)
    time.sleep(0.15)
    stage.sql("ALTER ROLE orders PASSWORD 'orders-sample'", logged=False)
    _wait_for_worker(stage, mark)


@fault(
    "table-file-unreadable",
    _REQUESTS,
    "The file of a table loses its permissions, so that new sessions cannot open it.",
)
def table_file_unreadable(stage: Stage) -> None:
    """Takes the permissions of the archive's file away and asks for the archive."""
    with stage.admin() as connection:
        # Nothing of the table may be left to write: only reading is to fail.
        connection.execute("CHECKPOINT")
        row = connection.execute("SELECT pg_relation_filepath('archive')").fetchone()
        path = stage.postgres.folder / "data" / (row[0] if row else "")
        path.chmod(0)
        connection.execute(_END_API_SESSIONS)
    stage.wait_ready()
    for visitor in (41, 42):
        stage.client.request("GET", "/reports/archive", visitor=visitor)
    path.chmod(0o600)
