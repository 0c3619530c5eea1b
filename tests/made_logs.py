"""Logs made up for tests."""

import random

from schemas.features import Level, LogFeatures


def make_log(
    message_length: int = 120,
    level: Level = Level.INFO,
    service: str = "payment-service",
    *,
    has_exception: bool = False,
    has_timeout: bool = False,
    has_connection_error: bool = False,
) -> LogFeatures:
    """One log; an ordinary one unless told otherwise."""
    return LogFeatures(
        message_length, level, service, has_exception, has_timeout, has_connection_error
    )


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
