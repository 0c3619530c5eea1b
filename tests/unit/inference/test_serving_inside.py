"""What the server uses of the inside of uvicorn and gunicorn is there."""

import asyncio
import inspect
from typing import Any

import pytest
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config as GunicornConfig
from gunicorn.workers.base import Worker as GunicornWorker
from uvicorn import Config, Server
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState
from uvicorn_worker import UvicornWorker

import inference.serving
from inference.serving.protocol import HttpProtocol

USED = inference.serving.__doc__ or ""


@pytest.mark.parametrize(
    ("owner", "names"),
    [
        (Server, ["startup", "on_tick", "handle_exit"]),
        (
            HttpToolsProtocol,
            [
                "connection_made",
                "data_received",
                "on_message_begin",
                "on_url",
                "on_header",
                "on_headers_complete",
                "on_body",
                "on_message_complete",
                "on_response_complete",
                "_start_asgi_task",
                "timeout_keep_alive_handler",
            ],
        ),
        (RequestResponseCycle, ["receive", "send"]),
        (FlowControl, ["pause_reading", "resume_reading"]),
        (UvicornWorker, ["CONFIG_KWARGS", "_serve", "_install_sigquit_handler"]),
        (BaseApplication, ["load_config", "load", "run"]),
    ],
)
def test_what_a_class_has(owner: type, names: list[str]) -> None:
    """Each name that is overridden or called exists, and is named in the docstring."""
    for name in names:
        assert hasattr(owner, name), f"{owner.__name__} has no {name} any more"
        assert name in USED


async def _app(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"body"})


def test_what_a_server_and_its_state_have() -> None:
    """Attributes that are made at run time exist, and are named in the docstring."""
    asyncio.run(_look_at_attributes())


async def _look_at_attributes() -> None:
    config = Config(_app, http="httptools", lifespan="off")
    config.load()
    server = Server(config)
    state = ServerState()
    for owner, names in (
        (server, ["should_exit", "server_state", "started"]),
        (state, ["connections", "default_headers", "total_requests"]),
        (config, ["encoded_headers", "timeout_keep_alive", "ssl"]),
    ):
        for name in names:
            assert hasattr(owner, name), f"{type(owner).__name__} has no {name} any more"
            assert name in USED
    protocol = HttpToolsProtocol(config=config, server_state=state, app_state={})
    names = ["transport", "loop", "flow", "parser", "pipeline", "scope", "headers", "cycle"]
    names += ["app", "logger", "access_logger", "access_log", "expect_100_continue"]
    names += ["timeout_keep_alive", "timeout_keep_alive_task"]
    for name in names:
        assert hasattr(protocol, name), f"HttpToolsProtocol has no {name} any more"
        assert name in USED
    names = ["more_body", "response_started", "response_complete", "message_event", "keep_alive"]
    names += ["waiting_for_100_continue", "disconnected", "default_headers", "on_response"]
    for name in names:
        assert f"self.{name} = " in inspect.getsource(RequestResponseCycle.__init__)
        assert name in USED
    for name in ("child_exit", "certfile", "keyfile", "ca_certs", "cert_reqs"):
        assert name in GunicornConfig().settings
        assert name in USED
    assert {"app", "ppid"} <= set(inspect.signature(GunicornWorker.__init__).parameters)


class Writes(asyncio.Transport):
    """A transport that keeps each write."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []

    def write(self, data: Any) -> None:
        """Keep bytes."""
        self.writes.append(bytes(data))

    def is_closing(self) -> bool:
        """No."""
        return False

    def close(self) -> None:
        """Nothing to close."""

    def can_write_eof(self) -> bool:
        """As TCP."""
        return True

    def write_eof(self) -> None:
        """Nothing to end."""

    def pause_reading(self) -> None:
        """Nothing to pause."""

    def resume_reading(self) -> None:
        """Nothing to resume."""


@pytest.mark.parametrize(
    "line", [b"GET /", b"GET / HTTP/0.9", b"GET / HTTP/2.0", b"GET / HTTP/3.0", b"GET / HTTP/1.2"]
)
def test_another_version_of_http_is_refused(line: bytes) -> None:
    """Only HTTP/1.0 and 1.1 reach the app; all else is answered with 400 and a close."""

    async def ask() -> bytes:
        config = Config(_app, http=HttpProtocol, lifespan="off")
        config.load()
        protocol = HttpProtocol(
            config=config, server_state=ServerState(), app_state={}, max_head_bytes=65_536
        )
        transport = Writes()
        protocol.connection_made(transport)
        protocol.data_received(line + b"\r\nHost: a\r\n\r\n")
        await asyncio.sleep(0)
        assert not protocol.tasks
        return b"".join(transport.writes)

    assert asyncio.run(ask()).startswith(b"HTTP/1.1 400 Bad Request\r\n")
