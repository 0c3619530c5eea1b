"""Signals to a worker's server."""

import signal
from typing import Any

import pytest
from uvicorn import Config

from inference.serving.accepting import Headcount
from inference.serving.server import PatientServer


async def _app(_scope: Any, _receive: Any, _send: Any) -> None:
    """Answers nothing."""


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_has_not_started_ends_at_once(signal_: signal.Signals) -> None:
    """Nobody is connected, and what draining needs is not there yet: uvicorn has loaded nothing."""
    headcount = Headcount()
    server = PatientServer(Config(_app), headcount, headcount.join(), 65_536, None, None)
    server.handle_exit(signal_, None)
    assert server.should_exit
