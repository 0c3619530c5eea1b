"""Raw logs that take the short way are answered and counted as those that do not."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
import pytest
from falcon.testing import ASGIConductor

from inference.app import create_app
from inference.resources.logs import LogsResource
from inference.settings import InferenceSettings
from schemas.api.operations import API_PREFIX
from tests.made_logs import make_raw_logs

PATH: Final = f"{API_PREFIX}/logs"
LINES: Final = "application/x-ndjson"

Work = Callable[[ASGIConductor, LogsResource], Awaitable[None]]


def lines(n: int) -> bytes:
    """So many raw logs as JSON lines."""
    return b"\n".join(msgspec.json.encode(log) for log in make_raw_logs(n))


def run(model_dir: Path, work: Work) -> None:
    """Have a service work that has met raw logs and is ready for more."""

    async def in_loop() -> None:
        app = create_app(InferenceSettings(model_dir=str(model_dir)))
        found = app._router.find(PATH)
        assert found is not None
        resource = found[0]
        assert isinstance(resource, LogsResource)
        async with ASGIConductor(app) as client:
            assert at_once(resource, b"", lines(1)) is None  # nothing is loaded yet
            await client.simulate_post(PATH, body=lines(1), headers={"Content-Type": LINES})
            assert resource._warming is not None
            await resource._warming
            await work(client, resource)

    asyncio.run(in_loop())


def at_once(resource: LogsResource, query: bytes, body: bytes) -> bytes | None:
    """The answer on the short way; None for a call that is for the app."""
    (way,) = (way for way in resource.ways_at_once() if way.query == query)
    return way.answer(body, LINES.encode())


BODIES: Final = (lines(1), lines(50), b"[%b]" % lines(1), b"{}\n{", lines(2) + b'\n{"level":"x"}')


@pytest.mark.parametrize("query", [b"", b"return=all", b"return=anomalies", b"return=none"])
def test_both_ways_answer_alike(surprisal_dir: Path, query: bytes) -> None:
    """Good records and bad records, whatever is to be listed."""

    async def work(client: ASGIConductor, resource: LogsResource) -> None:
        for body in BODIES:
            found = await client.simulate_post(
                PATH, body=body, query_string=query.decode(), headers={"Content-Type": LINES}
            )
            assert at_once(resource, query, body) == found.content

    run(surprisal_dir, work)


def test_logs_are_counted_on_both_ways(surprisal_dir: Path) -> None:
    """Once each."""

    async def work(client: ASGIConductor, resource: LogsResource) -> None:
        before = await n_logs(client)
        assert at_once(resource, b"", lines(7)) is not None
        assert await n_logs(client) == before + 7

    run(surprisal_dir, work)


async def n_logs(client: ASGIConductor) -> float:
    """The logs that a service has counted."""
    text = (await client.simulate_get("/metrics")).text
    samples = [line for line in text.splitlines() if line.startswith("log_anomaly_logs_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in samples)


def test_what_takes_long_is_the_apps(surprisal_dir: Path) -> None:
    """Text, whose layout is to be found out, and answers that are weighed."""

    async def work(client: ASGIConductor, resource: LogsResource) -> None:
        before = await n_logs(client)
        assert at_once(resource, b"", b"INFO a line of text") is None
        assert at_once(resource, b"return=all", lines(1_000)) is None
        assert await n_logs(client) == before

    run(surprisal_dir, work)
