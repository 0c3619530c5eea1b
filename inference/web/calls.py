"""Falcon's app, which also counts each call and releases what the call holds."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import falcon.asgi

from inference.metrics.traffic import Traffic
from inference.web.load import give_back
from inference.web.routing import Route
from inference.web.shortcut import Shortcut


class App(falcon.asgi.App[falcon.asgi.Request, falcon.asgi.Response]):
    """Falcon's app, for all calls that do not take the short way.

    Args:
        shortcut: for the server, which has it answer plain calls; None if there is no short way.
        traffic: counts calls; None without metrics.
        options: as Falcon's own.

    Attributes:
        shortcut, traffic: as given.
    """

    def __init__(
        self, shortcut: Shortcut | None = None, traffic: Traffic | None = None, **options: Any
    ) -> None:
        super().__init__(**options)
        self.shortcut = shortcut
        self.traffic = traffic

    def add_routes(self, routes: Iterable[Route]) -> None:
        """Have resources answer at their paths, the short way where it exists."""
        for route in routes:
            self.add_route(route.path, route.resource, suffix=route.suffix)
            if self.shortcut is not None:
                for at_once in route.at_once:
                    self.shortcut.add(route.path, at_once)

    async def __call__(  # type: ignore[override]  # as Falcon's own
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        """Answer a call, or go through a worker's lifespan."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        try:
            if self.traffic is not None:
                send = self.traffic.counting(scope["path"], send)
            await super().__call__(scope, receive, send)
        finally:
            await give_back(scope)
