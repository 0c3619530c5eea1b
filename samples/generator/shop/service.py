"""What the shop does: products, orders, stock and reports, over PostgreSQL and the cache."""

from __future__ import annotations

import logging
import time
from typing import Any, LiteralString

import psycopg
from psycopg_pool import ConnectionPool

from .cache import Cache
from .config import Settings

logger = logging.getLogger("orders.service")

REPORT = """
SELECT d.day::date, count(o.id), coalesce(sum(o.total_cents), 0)
FROM generate_series(now() - make_interval(days => %s), now(), interval '1 day') AS d(day)
LEFT JOIN orders o ON o.created_at <= d.day + interval '1 day' AND o.state <> 'cancelled'
GROUP BY 1 ORDER BY 1 DESC
"""


class RefusedError(Exception):
    """A request the shop turns down.

    Attributes:
        status: The HTTP status that says why.
    """

    def __init__(self, status: int, reason: str) -> None:
        """Keeps the status and the reason."""
        super().__init__(reason)
        self.status = status


class Shop:
    """The order service itself; one object serves all request threads."""

    def __init__(self, pool: ConnectionPool[Any], cache: Cache, settings: Settings) -> None:
        """Takes an open pool, the cache and the settings (replaceable while running)."""
        self.pool = pool
        self.cache = cache
        self.settings = settings

    def product(self, number: int) -> dict[str, Any]:
        """Returns one product, from the cache if it is there."""
        key = f"product:{number}"
        found: dict[str, Any] | None = self.cache.read(key)
        if found is None:
            row = self._row(
                "SELECT id, name, price_cents, stock FROM products WHERE id = %s", number
            )
            if row is None:
                raise RefusedError(404, f"no product {number}")
            found = dict(zip(("id", "name", "price_cents", "stock"), row, strict=True))
            self.cache.write(key, found)
        return found

    def products(self, page: int) -> list[dict[str, Any]]:
        """Returns a page of ten products."""
        with self.pool.connection() as conn:
            rows = conn.execute(
                "SELECT id, name, price_cents FROM products ORDER BY name, id LIMIT 10 OFFSET %s",
                (10 * page,),
            ).fetchall()
        return [{"id": row[0], "name": row[1], "price_cents": row[2]} for row in rows]

    def order(self, number: int) -> dict[str, Any]:
        """Returns one order with its state."""
        row = self._row("SELECT id, customer, state, total_cents FROM orders WHERE id = %s", number)
        if row is None:
            raise RefusedError(404, f"no order {number}")
        return dict(zip(("id", "customer", "state", "total_cents"), row, strict=True))

    def create(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Places an order: takes the stock, asks for the payment, queues the shipping."""
        items = wanted.get("items")
        if not items or not isinstance(items, list):
            raise RefusedError(400, "an order needs items")
        token, customer = str(wanted["token"]), int(wanted["customer"])
        currency = str(wanted.get("currency", "EUR"))
        started = time.monotonic()
        try:
            with self.pool.connection() as conn:
                number = self._insert(conn, token, customer, currency)
                total = sum(self._take(conn, number, int(p), int(q)) for p, q in items)
                price = round(total * self.settings.rates[currency])
                time.sleep(self.settings.payment_delay_ms / 1000)
                conn.execute(
                    "UPDATE orders SET total_cents = %s, state = 'paid' WHERE id = %s",
                    (price, number),
                )
        except psycopg.errors.UniqueViolation:
            logger.info("token %s was used before, answering with the first order", token)
            row = self._row("SELECT id FROM orders WHERE token = %s", token)
            return self.order(row[0]) if row else {}
        self.cache.drop([f"product:{p}" for p, _ in items])
        self.cache.queue(number)
        logger.info(
            "order %d created for customer %d: %d items, %.2f %s, %.1f ms",
            number,
            customer,
            len(items),
            price / 100,
            currency,
            1000 * (time.monotonic() - started),
        )
        return {"id": number, "total_cents": price, "currency": currency}

    def cancel(self, number: int) -> dict[str, Any]:
        """Cancels an order that has not been shipped."""
        with self.pool.connection() as conn:
            changed = conn.execute(
                "UPDATE orders SET state = 'cancelled' WHERE id = %s AND state = 'paid'", (number,)
            ).rowcount
        if not changed:
            raise RefusedError(409, f"order {number} can no longer be cancelled")
        logger.info("order %d cancelled", number)
        return self.order(number)

    def restock(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Adds stock to several products in the order given, in one transaction."""
        lines = [(int(quantity), int(product)) for product, quantity in wanted["lines"]]
        with self.pool.connection() as conn:
            for line in lines:
                conn.execute("UPDATE products SET stock = stock + %s WHERE id = %s", line)
        logger.info("restocked %d products from delivery %s", len(lines), wanted["delivery"])
        return {"lines": len(lines)}

    def report(self, days: int) -> list[Any]:
        """Sums the orders up to each of the last days."""
        with self.pool.connection() as conn:
            rows = conn.execute(REPORT, (days,)).fetchall()
        logger.info("report over %d days: %d rows", days, len(rows))
        return [[str(row[0]), row[1], int(row[2])] for row in rows]

    def archive(self) -> dict[str, Any]:
        """Sums the orders of earlier years."""
        row = self._row("SELECT count(*), sum(total_cents) FROM archive WHERE id > %s", 0)
        return {"orders": row[0], "total_cents": int(row[1])} if row else {}

    def _row(self, query: LiteralString, value: object) -> tuple[Any, ...] | None:
        with self.pool.connection() as conn:
            row: tuple[Any, ...] | None = conn.execute(query, (value,)).fetchone()
        return row

    def _insert(
        self, conn: psycopg.Connection[Any], token: str, customer: int, currency: str
    ) -> int:
        row = conn.execute(
            "INSERT INTO orders (token, customer, currency) VALUES (%s, %s, %s) RETURNING id",
            (token, customer, currency),
        ).fetchone()
        return int(row[0]) if row else 0

    def _take(self, conn: psycopg.Connection[Any], order: int, product: int, quantity: int) -> int:
        row = conn.execute(
            "UPDATE products SET stock = stock - %s WHERE id = %s AND stock >= %s"
            " RETURNING stock, price_cents, name",
            (quantity, product, quantity),
        ).fetchone()
        if row is None:
            raise RefusedError(409, f"product {product} is out of stock")
        if row[0] < self.settings.low_stock:
            logger.warning("stock of product %d (%s) is low: %d left", product, row[2], row[0])
        conn.execute(
            "INSERT INTO order_items (order_id, product_id, quantity) VALUES (%s, %s, %s)",
            (order, product, quantity),
        )
        return int(row[1]) * quantity
