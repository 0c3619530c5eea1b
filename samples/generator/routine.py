"""Ordinary operations that leave traces in the logs and are no faults."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable

import redis

from samples.generator.stage import Stage


def _tune_postgres(stage: Stage) -> None:
    with stage.admin() as connection:
        row = connection.execute("SHOW work_mem").fetchone()
        size = "2MB" if row and row[0] == "1MB" else "1MB"
        connection.execute(f"ALTER SYSTEM SET work_mem = '{size}'".encode())
    stage.postgres.reload()


def _rewrite_redis_file(stage: Stage) -> None:
    client = redis.Redis("127.0.0.1", stage.redis.port, socket_timeout=2)
    # A rewrite asked for during a snapshot is refused or put off, which is no matter here.
    with contextlib.closing(client), contextlib.suppress(redis.RedisError):
        client.bgrewriteaof()


def _restart_worker(stage: Stage) -> None:
    stage.worker.stop()
    stage.worker.start()


def _ship_again(stage: Stage) -> None:
    client = redis.Redis("127.0.0.1", stage.redis.port, socket_timeout=2)
    with contextlib.closing(client):
        for order in (3, 8):
            client.rpush("orders:shipping", f'{{"order": {order}, "attempt": 1}}')


ROUTINE: tuple[Callable[[Stage], None], ...] = (
    lambda stage: stage.nginx.reload(),
    _tune_postgres,
    lambda stage: stage.api.reload(),
    _rewrite_redis_file,
    lambda stage: stage.sql("VACUUM (ANALYZE) orders; CHECKPOINT"),
    lambda stage: stage.haproxy.reload(),
    lambda stage: stage.postgres.dump(),
    _ship_again,
    _restart_worker,
    lambda stage: stage.nginx.send(signal.SIGUSR1),
    lambda stage: stage.sql("CREATE INDEX ON orders (created_at); ANALYZE orders"),
)
