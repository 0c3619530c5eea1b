"""Normal work: visitors, orders and a monitoring probe, at a busy or a quiet rate."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import redis

from samples.generator.client import Client

BUSY = 5.6
QUIET = 0.5
PROBE_SECONDS = 4.0
LIMIT_SECONDS = 900.0
ADMIN_KEY = "restock-key"
AGENTS = ("shop-app/2.4", "shop-app/2.5", "Mozilla/5.0 (X11; Linux x86_64)", "partner-sync/1.1")
CURRENCIES = ("EUR", "EUR", "GBP", "USD")


class Load:
    """Sends requests in the background until stopped, or for `LIMIT_SECONDS` at most."""

    def __init__(self, client: Client, database: str, redis_port: int, seed: int) -> None:
        """Takes the way to the shop, and to the servers the probe looks at."""
        self._client = client
        self._database = database
        self._redis_port = redis_port
        self._random = random.Random(seed)
        self._rate = QUIET
        self._stop = threading.Event()
        self._orders = 0
        self._deliveries = 0
        self._threads = [
            threading.Thread(target=self._visitors, daemon=True),
            threading.Thread(target=self._probe, daemon=True),
        ]

    def start(self) -> None:
        """Starts the visitors and the probe."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stops them, if they were started, and waits for the last request."""
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(timeout=10)

    def busy(self) -> None:
        """Many visitors from now on."""
        self._rate = BUSY

    def quiet(self) -> None:
        """Few visitors from now on."""
        self._rate = QUIET

    def order(self, currency: str | None = None) -> dict[str, object]:
        """Makes the body of a new order."""
        pick = self._random
        self._orders += 1
        products = pick.sample(range(1, 61), pick.choice((1, 1, 2, 2, 3)))
        return {
            "token": f"t-{self._orders:05d}-{pick.randrange(16**6):06x}",
            "customer": pick.randrange(1000, 1400),
            "currency": currency or pick.choice(CURRENCIES),
            # In a fixed order, as careful clients send them: no deadlocks in normal work.
            "items": [[product, pick.choice((1, 1, 1, 2))] for product in sorted(products)],
        }

    def delivery(self, lines: int = 6) -> dict[str, object]:
        """Makes the body of a restocking."""
        self._deliveries += 1
        products = sorted(self._random.sample(range(1, 61), lines))
        return {
            "delivery": f"D{2000 + self._deliveries}",
            "lines": [[product, self._random.randrange(3, 9)] for product in products],
        }

    def _visitors(self) -> None:
        actions: list[tuple[int, Callable[[int], object]]] = [
            (36, self._see_product),
            (9, lambda v: self._get(f"/products?page={self._random.randrange(6)}", v)),
            (22, lambda v: self._post("/orders", self.order(), v)),
            (12, lambda v: self._get(f"/orders/{self._some_order()}", v)),
            (3, lambda v: self._post(f"/orders/{self._some_order()}/cancel", {}, v)),
            (4, lambda v: self._get("/static/shop.css", v)),
            (3, lambda v: self._get(f"/products/{self._random.randrange(61, 99)}", v)),
            (2, lambda v: self._get(f"/reports/daily?days={self._random.choice((7, 30, 90))}", v)),
            (2, self._restock),
            (1, lambda v: self._get("/reports/archive", v)),
            (1, lambda v: self._get("/reports/daily?days=800", v)),
            (1, lambda v: self._get("/static/favicon.ico", v)),
            (1, lambda v: self._get("/wp-login.php", v)),
            (1, lambda v: self._post("/orders", b'{"token": "t-', v)),
            (1, lambda v: self._post("/admin/restock", {"lines": []}, v)),
            (1, self._order_twice),
            (1, lambda _: self._crawl()),
        ]
        weights = [weight for weight, _ in actions]
        end = time.monotonic() + LIMIT_SECONDS
        with ThreadPoolExecutor(max_workers=8) as pool:
            while time.monotonic() < end:
                if self._stop.wait(self._random.expovariate(self._rate)):
                    return
                _, action = self._random.choices(actions, weights)[0]
                pool.submit(action, self._random.randrange(11, 40))

    def _get(self, path: str, visitor: int) -> int:
        return self._client.request("GET", path, visitor=visitor, agent=AGENTS[visitor % 4])

    def _post(self, path: str, body: object, visitor: int) -> int:
        agent = AGENTS[visitor % 4]
        return self._client.request("POST", path, body, visitor=visitor, agent=agent)

    def _some_order(self) -> int:
        # Mostly orders that exist; the newest may not, or not yet.
        return self._random.randrange(max(1, self._orders - 30), self._orders + 3)

    def _see_product(self, visitor: int) -> None:
        # Some products are asked for much more often than others.
        self._get(f"/products/{1 + int(59 * self._random.random() ** 2)}", visitor)

    def _restock(self, visitor: int) -> None:
        body = self.delivery()
        self._client.request("POST", "/admin/restock", body, visitor=visitor, key=ADMIN_KEY)

    def _order_twice(self, visitor: int) -> None:
        body = self.order()
        self._post("/orders", body, visitor)
        self._post("/orders", body, visitor)

    def _crawl(self) -> None:
        for page in range(10):
            self._client.request("GET", f"/products?page={page}", visitor=60, agent="crawler/0.9")

    def _probe(self) -> None:
        end = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < end and not self._stop.wait(PROBE_SECONDS):
            try:
                with psycopg.connect(self._database) as connection:
                    connection.execute("SELECT sum(numbackends) FROM pg_stat_database")
            except psycopg.Error:
                # The probe's alarm is not a log; the server's own record is what counts.
                pass
            try:
                with redis.Redis("127.0.0.1", self._redis_port, socket_timeout=1) as client:
                    client.info("stats")
            except redis.RedisError:
                pass
