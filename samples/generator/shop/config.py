"""Environment, settings file and logging, shared by the shop's two processes."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

LOG_FORMAT = "%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"


@dataclass(frozen=True)
class Environment:
    """Where a shop process finds the others.

    Attributes:
        database: Connection string for PostgreSQL.
        redis_port: Port of Redis on the loopback address.
        http_port: Port the API listens on.
        settings: The settings file, read again on SIGHUP.
    """

    database: str
    redis_port: int
    http_port: int
    settings: Path

    @classmethod
    def load(cls) -> Environment:
        """Reads the ``SHOP_*`` environment variables."""
        return cls(
            database=os.environ["SHOP_DATABASE"],
            redis_port=int(os.environ["SHOP_REDIS_PORT"]),
            http_port=int(os.environ["SHOP_HTTP_PORT"]),
            settings=Path(os.environ["SHOP_SETTINGS"]),
        )


@dataclass(frozen=True)
class Settings:
    """What may change while the API runs.

    Attributes:
        rates: Price of one euro in each accepted currency.
        payment_delay_ms: How long the payment step of an order takes.
        low_stock: Stock level under which a warning is written.
    """

    rates: dict[str, float]
    payment_delay_ms: float
    low_stock: int

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Reads the settings from a JSON file."""
        return cls(**json.loads(path.read_text()))


def start_logging() -> None:
    """Sends the log to standard error: DEBUG of the shop, INFO of its libraries."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    logging.getLogger("orders").setLevel(logging.DEBUG)
