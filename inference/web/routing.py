"""Where calls go: Falcon's router with one change, HEAD."""

from typing import Any

from falcon.routing import CompiledRouter


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
