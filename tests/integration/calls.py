"""Calls that the integration tests share."""

import aiohttp
import msgspec

from schemas.record.features import LogFeatures
from tests.made_logs import make_log

JSON = {"Content-Type": "application/json"}
REQUEST = {"log_id": "a", "features": msgspec.to_builtins(make_log())}


def training(logs: list[LogFeatures], **options: object) -> bytes:
    """The body of a train call."""
    return msgspec.json.encode({"training_data": logs, **options})


async def ask(session: aiohttp.ClientSession, url: str) -> str:
    """The model version that answers one prediction."""
    async with session.post(url, json=REQUEST) as response:
        assert response.status == 200
        version: str = (await response.json())["model_version"]
        return version
