"""Logs made up for tests."""

import random

from schemas.api.predictions import RawLog
from schemas.record.features import Level, LogFeatures

_ORDINARY = (
    "order {} accepted",
    "cache miss for key user-{}",
    "GET /cart/{} 200",
    "worker {} of 8 is idle",
    "stock of article {} is low, {} left",
)
_FAILURES = (
    "payment {} failed: card declined",
    "connection to db-{}:5432 refused",
    "java.lang.IllegalStateException: basket {} is closed",
    "request {} timed out after 30 s",
)


def make_log(
    message_length: int = 120,
    level: Level = Level.INFO,
    service: str = "payment-service",
    *,
    has_exception: bool = False,
    has_timeout: bool = False,
    has_connection_error: bool = False,
) -> LogFeatures:
    """One log; ordinary unless arguments say otherwise."""
    return LogFeatures(
        message_length, level, service, has_exception, has_timeout, has_connection_error
    )


def make_raw_logs(count: int, seed: int = 0) -> list[RawLog]:
    """Logs as they were written: few templates with ever other numbers, rarely a failure."""
    choose = random.Random(seed)
    logs = []
    for _ in range(count):
        failed = choose.random() < 0.04
        message = choose.choice(_FAILURES if failed else _ORDINARY).replace(
            "{}", str(choose.randrange(10**5))
        )
        level = choose.choice([Level.WARN, Level.ERROR] if failed else [Level.DEBUG, Level.INFO])
        logs.append(RawLog(message, level, choose.choice(["auth", "billing", "cart"])))
    return logs


def make_logs(count: int, seed: int = 0) -> list[LogFeatures]:
    """Logs as they come: few services, few lengths, rarely an error."""
    choose = random.Random(seed)
    logs = []
    for _ in range(count):
        failed = choose.random() < 0.04
        logs.append(
            make_log(
                choose.choice([40, 41, 85, 120, 121, 260]) + (choose.randrange(900) * failed),
                choose.choice([Level.ERROR, Level.FATAL]) if failed else Level.INFO,
                choose.choice(["auth", "billing", "cart", "payment-service"]),
                has_exception=failed and choose.random() < 0.5,
                has_timeout=failed and choose.random() < 0.3,
                has_connection_error=failed and choose.random() < 0.3,
            )
        )
    return logs
