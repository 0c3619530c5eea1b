"""Faults of the API, the worker, Redis and the proxies."""

from __future__ import annotations

import contextlib
import os
import signal
import time

import redis

from samples.generator import configs
from samples.generator.stage import Stage, fault

_REQUESTS = ("orders-api", "nginx", "haproxy")
_REDIS_USERS = ("orders-api", "orders-worker")


def _redis(stage: Stage) -> contextlib.closing[redis.Redis]:
    return contextlib.closing(redis.Redis("127.0.0.1", stage.redis.port, socket_timeout=3))


def _save(stage: Stage, client: redis.Redis, outcome: str) -> None:
    """Asks for a snapshot, after any that is under way, and waits for its outcome."""
    for _ in range(20):
        mark = stage.collector.mark()
        try:
            client.bgsave()
        except redis.RedisError:
            time.sleep(0.1)
        else:
            stage.collector.wait_for("redis", outcome, mark)
            return


@fault(
    "missing-currency",
    _REQUESTS,
    "The API is given settings without two currencies: orders in them raise KeyError.",
)
def missing_currency(stage: Stage) -> None:
    """Reloads the API with incomplete settings and orders in a missing currency."""
    stage.api.write(configs.SHOP_SETTINGS_WITHOUT_RATES)
    stage.api.reload()
    time.sleep(0.1)
    stage.orders(2, currency="USD")
    stage.orders(1, currency="GBP")
    stage.api.write(configs.SHOP_SETTINGS)
    stage.api.reload()


@fault("api-killed", _REQUESTS, "The API is killed with SIGKILL and started again.")
def api_killed(stage: Stage) -> None:
    """Kills the API, lets requests meet the gap and starts it again."""
    stage.api.stop(signal.SIGKILL)
    stage.together(3, "GET", "/products/7")
    stage.api.start()


@fault(
    "api-frozen",
    _REQUESTS,
    "The API is stopped with SIGSTOP for longer than nginx waits, then continued.",
)
def api_frozen(stage: Stage) -> None:
    """Freezes the API while requests wait for it."""
    stage.api.send(signal.SIGSTOP)
    stage.together(4, "GET", "/products/9")
    stage.api.send(signal.SIGCONT)


@fault(
    "clients-disconnect",
    _REQUESTS,
    "Clients ask for slow reports and reset their connections before the answer.",
)
def clients_disconnect(stage: Stage) -> None:
    """Breaks off several slow requests."""
    for _ in range(4):
        stage.client.drop("/reports/daily?days=12000", 0.05)


@fault(
    "redis-killed",
    ("redis", *_REDIS_USERS),
    "Redis is killed with SIGKILL and started again from its append-only file.",
)
def redis_killed(stage: Stage) -> None:
    """Kills Redis, lets the shop live without it and starts it again."""
    stage.redis.stop(signal.SIGKILL)
    stage.orders(1)
    stage.client.request("GET", "/products/3", visitor=43)
    time.sleep(0.4)
    stage.redis.start()


@fault(
    "redis-frozen",
    _REDIS_USERS,
    "Redis is stopped with SIGSTOP for longer than its clients wait, then continued.",
)
def redis_frozen(stage: Stage) -> None:
    """Freezes Redis while the shop uses it."""
    stage.redis.send(signal.SIGSTOP)
    stage.together(4, "GET", "/products/11")
    stage.redis.send(signal.SIGCONT)


@fault(
    "redis-out-of-memory",
    ("redis", *_REDIS_USERS),
    "The maxmemory of Redis is set below its use, so that it refuses to store anything.",
)
def redis_out_of_memory(stage: Stage) -> None:
    """Takes the memory of Redis away for a moment."""
    with _redis(stage) as client:
        client.config_set("maxmemory", "100kb")
        stage.orders(2)
        stage.client.request("GET", "/products/60", visitor=44)
        time.sleep(0.4)
        client.config_set("maxmemory", "0")


@fault(
    "redis-save-fails",
    ("redis", *_REDIS_USERS),
    "The folder of Redis cannot be written: a snapshot fails and Redis refuses writes.",
)
def redis_save_fails(stage: Stage) -> None:
    """Makes the folder read-only, saves, orders, and puts things right."""
    with _redis(stage) as client:
        stage.redis.folder.chmod(0o500)
        _save(stage, client, "Background saving error")
        stage.orders(2)
        time.sleep(0.4)
        stage.redis.folder.chmod(0o755)
        _save(stage, client, "Background saving terminated with success")


@fault(
    "poison-jobs",
    ("orders-worker",),
    "Jobs that the worker cannot read are put into its queue.",
)
def poison_jobs(stage: Stage) -> None:
    """Queues malformed jobs of three kinds."""
    with _redis(stage) as client:
        for job in ('{"order": 12', '{"number": 7}', '{"order": "n/a", "attempt": 1}', "[]"):
            client.rpush("orders:shipping", job)
    time.sleep(0.8)


@fault("nginx-stopped", ("nginx", "haproxy"), "nginx is stopped and started again.")
def nginx_stopped(stage: Stage) -> None:
    """Stops nginx until HAProxy has noticed and refused some requests."""
    mark = stage.collector.mark()
    stage.nginx.stop()
    stage.together(3, "GET", "/products/1")
    stage.collector.wait_for("haproxy", "is DOWN", mark)
    stage.together(3, "GET", "/products/2")
    stage.nginx.start()
    stage.collector.wait_for("haproxy", "is UP", mark)


@fault("nginx-worker-killed", ("nginx",), "An nginx worker process is killed with SIGKILL.")
def nginx_worker_killed(stage: Stage) -> None:
    """Kills one of the worker processes; the master starts another."""
    children = f"/proc/{stage.nginx.pid}/task/{stage.nginx.pid}/children"
    with open(children) as listing:
        os.kill(int(listing.read().split()[0]), signal.SIGKILL)
    time.sleep(0.2)


@fault(
    "nginx-body-folder-unwritable",
    ("nginx", "haproxy"),
    "nginx may not write its folder for request bodies: large requests fail.",
)
def nginx_body_folder_unwritable(stage: Stage) -> None:
    """Sends large restockings while nginx has no place to keep them."""
    folder = stage.nginx.folder / "body"
    before = folder.stat().st_mode
    folder.chmod(0)
    large = {"delivery": "D1", "lines": [[n, 1] for n in range(1, 61)] * 40}
    for visitor in range(41, 44):
        stage.client.request("POST", "/admin/restock", large, visitor=visitor)
    folder.chmod(before)


@fault(
    "nginx-bad-configuration",
    ("nginx",),
    "nginx is told to reload a configuration with errors, three different ones in turn.",
)
def nginx_bad_configuration(stage: Stage) -> None:
    """Reloads broken configurations, then the right configuration."""
    text = stage.nginx.text
    broken = (
        text.replace("proxy_connect_timeout", "proxy_conect_timeout"),
        text.replace("http://orders_api", "http://orders_apl"),
        text.removesuffix("}\n"),
    )
    for variant in broken:
        stage.nginx.write(variant)
        stage.nginx.reload()
        time.sleep(0.2)
    stage.nginx.write(text)
