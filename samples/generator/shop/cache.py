"""The product cache and the shipping queue, both in Redis."""

from __future__ import annotations

import json
import logging
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

QUEUE = "orders:shipping"
HEARTBEAT = "worker:heartbeat"
CACHE_SECONDS = 20
HEARTBEAT_MS = 1500

logger = logging.getLogger("orders.cache")


def connect(port: int) -> Any:
    """Returns a Redis client that fails fast, so that callers can decide what to do."""
    return redis.Redis(
        host="127.0.0.1",
        port=port,
        socket_timeout=0.5,
        socket_connect_timeout=0.5,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


def _lost(level: int, what: str, error: redis.RedisError) -> None:
    logger.log(level, "could not %s: %s", what, error)


class Cache:
    """A cache the shop can live without: its faults are logged and answered as a miss."""

    def __init__(self, client: Any) -> None:
        """Wraps a client from `connect`."""
        self._client = client

    def read(self, key: str) -> Any | None:
        """Returns the stored value, or None when it is absent or Redis is not to be had."""
        try:
            text = self._client.get(key)
        except redis.RedisError as error:
            _lost(logging.WARNING, f"read {key}, asking the database", error)
            return None
        logger.debug("%s %s", "hit" if text else "miss", key)
        return json.loads(text) if text else None

    def write(self, key: str, value: Any) -> None:
        """Stores a value for a few seconds."""
        try:
            self._client.set(key, json.dumps(value), ex=CACHE_SECONDS)
        except redis.RedisError as error:
            _lost(logging.WARNING, f"keep {key}", error)

    def drop(self, keys: list[str]) -> None:
        """Removes values that are no longer true."""
        try:
            removed = self._client.delete(*keys)
        except redis.RedisError as error:
            _lost(logging.WARNING, f"drop {len(keys)} keys", error)
        else:
            logger.debug("dropped %d of %d keys", removed, len(keys))

    def queue(self, order: int) -> None:
        """Hands an order to the worker; on failure the worker's sweep finds it later."""
        try:
            depth = self._client.rpush(QUEUE, json.dumps({"order": order, "attempt": 1}))
        except redis.RedisError as error:
            _lost(logging.ERROR, f"queue order {order} for shipping", error)
        else:
            logger.debug("order %d queued for shipping, depth %d", order, depth)

    def worker_alive(self) -> bool:
        """Whether the worker has shown a heartbeat lately (raises if Redis is away)."""
        return bool(self._client.exists(HEARTBEAT))
