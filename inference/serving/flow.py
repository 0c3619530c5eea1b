"""Whether bytes of a client are read, and whether more may be written to the client."""

import asyncio
from typing import Protocol

from uvicorn.protocols.http.flow_control import FlowControl


class Backlogged(Protocol):
    """The member that is used of `inference.serving.protocol.HttpProtocol`."""

    @property
    def backlogged(self) -> bool:
        """Whether requests wait behind the request that is being answered."""


class Flow(FlowControl):
    """Reads nothing while requests wait, whatever asks for more."""

    def __init__(self, transport: asyncio.Transport, connection: Backlogged) -> None:
        super().__init__(transport)
        self._connection = connection

    def resume_reading(self) -> None:
        """Read on, unless requests wait."""
        if self.read_paused and not self._connection.backlogged:
            super().resume_reading()
