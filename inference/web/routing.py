"""The routes: what a resource answers, and Falcon's router with a single change, HEAD."""

from collections.abc import Callable
from typing import Any

import msgspec
from falcon.routing import CompiledRouter


class Route(msgspec.Struct, frozen=True):
    """A path, and the resource that answers there.

    Attributes:
        path: with {parameters}.
        resource: has a method for each HTTP method, as Falcon wants them.
        suffix: of the names of those methods, for a resource that answers at several paths.
        answer_at_once: answers plain POSTs, see `inference.web.shortcut`.
    """

    path: str
    resource: object
    suffix: str | None = None
    answer_at_once: Callable[[bytes], bytes | None] | None = None


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
