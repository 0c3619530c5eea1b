"""The routes: what a resource answers, and Falcon's router with a single change, HEAD."""

from collections.abc import Callable
from typing import Any

import msgspec
from falcon.routing import CompiledRouter

AtOnceAnswer = Callable[[bytes, bytes], bytes | None]
"""The JSON that answers a body of a content type, as it is written; None, or whatever it raises, if
that takes more than a moment."""


class AtOnce(msgspec.Struct, frozen=True):
    """How a resource answers plain POSTs, see `inference.web.shortcut`.

    Attributes:
        answer: makes the answer.
        query: of the calls, as it is written.
        max_bytes: the largest body. What is wrong with a body is found twice, so there should be
            nothing that takes its time to find.
        types: content types of bodies beside JSON, as they are written.
    """

    answer: AtOnceAnswer
    query: bytes = b""
    max_bytes: int = 8_192
    types: frozenset[bytes] = frozenset()


class Route(msgspec.Struct, frozen=True):
    """A path, and the resource that answers there.

    Attributes:
        path: with {parameters}.
        resource: has a method for each HTTP method, as Falcon wants them.
        suffix: of the names of those methods, for a resource that answers at several paths.
        at_once: how it answers plain POSTs.
    """

    path: str
    resource: object
    suffix: str | None = None
    at_once: tuple[AtOnce, ...] = ()


class Router(CompiledRouter):
    """Falcon's router, for which every resource that answers GET answers HEAD by the same method.

    RFC 9110, section 9.3.2: the same headers, and no body; that is left out where answers are sent.
    """

    def map_http_methods(self, resource: object, **kwargs: Any) -> dict[str, Any]:
        """The methods that a resource has; Falcon asks for them when a route is added."""
        methods: dict[str, Any] = super().map_http_methods(resource, **kwargs)
        if "GET" in methods:
            methods.setdefault("HEAD", methods["GET"])
        return methods
