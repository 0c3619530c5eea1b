"""The shipping worker of the shop: ``python -m shop.shipping``."""

from __future__ import annotations

import json
import logging
import signal
import time
from types import FrameType
from typing import Any

import psycopg
import redis

from .cache import HEARTBEAT, HEARTBEAT_MS, QUEUE, connect
from .config import Environment, start_logging

ATTEMPTS = 3
REPORT_SECONDS = 5.0
SWEEP_SECONDS = 8.0
RETRY_SECONDS = 0.4

logger = logging.getLogger("orders.worker")


def _pause(what: str, error: Exception) -> None:
    logger.error("%s failed, retrying in %.1f s: %s", what, RETRY_SECONDS, error)
    time.sleep(RETRY_SECONDS)


class Worker:
    """Takes orders from the queue and marks them shipped, one at a time."""

    def __init__(self, env: Environment) -> None:
        """Prepares the connections; the database is reached at the first job."""
        self._env = env
        self._redis = connect(env.redis_port)
        self._conn: psycopg.Connection[Any] | None = None
        self._shipped = self._failed = 0
        self._next_report = time.monotonic() + REPORT_SECONDS
        self._next_sweep = time.monotonic() + SWEEP_SECONDS
        self.running = True

    def run(self) -> None:
        """Works until told to stop, and lives through the faults of its servers."""
        while self.running:
            try:
                self._turn()
            except psycopg.Error as error:
                self._conn = None
                _pause("database", error)
            except redis.RedisError as error:
                _pause("queue", error)

    def _turn(self) -> None:
        conn = self._database()
        conn.execute("SELECT 1")
        self._redis.set(HEARTBEAT, self._shipped, px=HEARTBEAT_MS)
        popped = self._redis.blpop(QUEUE, timeout=0.3)
        if popped is not None:
            self._job(conn, popped[1])
        now = time.monotonic()
        if now >= self._next_report:
            self._next_report = now + REPORT_SECONDS
            depth = self._redis.llen(QUEUE)
            logger.info("shipped %d, failed %d, queue %d", self._shipped, self._failed, depth)
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_SECONDS
            self._sweep(conn)

    def _database(self) -> psycopg.Connection[Any]:
        if self._conn is None or self._conn.closed:
            self._conn = psycopg.connect(self._env.database, autocommit=True)
            logger.info("connected to the database, server pid %d", self._conn.info.backend_pid)
        return self._conn

    def _job(self, conn: psycopg.Connection[Any], text: str) -> None:
        started = time.monotonic()
        try:
            job = json.loads(text)
            order, attempt = int(job["order"]), int(job["attempt"])
            logger.debug("order %d taken, attempt %d", order, attempt)
            shipped = conn.execute(
                "UPDATE orders SET state = 'shipped' WHERE id = %s AND state = 'paid'", (order,)
            ).rowcount
        except psycopg.OperationalError:
            self._redis.lpush(QUEUE, text)
            raise
        except Exception:
            self._failed += 1
            logger.exception("job failed and was set aside: %.80s", text)
            self._redis.rpush(f"{QUEUE}:failed", text)
            return
        spent = 1000 * (time.monotonic() - started)
        if shipped:
            self._shipped += 1
            logger.info("order %d shipped in %.1f ms", order, spent)
        elif attempt < ATTEMPTS:
            logger.warning("order %d is not ready to ship, attempt %d", order, attempt)
            self._redis.rpush(QUEUE, json.dumps({"order": order, "attempt": attempt + 1}))
        else:
            logger.info("order %d dropped after %d attempts", order, attempt)

    def _sweep(self, conn: psycopg.Connection[Any]) -> None:
        rows = conn.execute(
            "SELECT id FROM orders WHERE state = 'paid' AND created_at < now() - interval '5 s'"
            " ORDER BY id LIMIT 20"
        ).fetchall()
        for (order,) in rows:
            self._redis.rpush(QUEUE, json.dumps({"order": order, "attempt": 1}))
        logger.info("sweep found %d orders left behind", len(rows))


def main() -> None:
    """Runs the worker until SIGTERM."""
    start_logging()
    worker = Worker(Environment.load())

    def stop(number: int, _frame: FrameType | None) -> None:
        logger.info("received %s, finishing", signal.Signals(number).name)
        worker.running = False

    signal.signal(signal.SIGTERM, stop)
    logger.info("started, reading %s", QUEUE)
    worker.run()
    logger.info("stopped")


if __name__ == "__main__":
    main()
