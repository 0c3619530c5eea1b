"""What an app routes."""

from typing import Any

from falcon import inspect

from inference.web.routing import Router

inspect.register_router(Router)(inspect.inspect_compiled_router)


def methods_by_path(app: Any) -> dict[str, set[str]]:
    """The methods that each path takes, but for those that Falcon answers by itself."""
    return {
        route.path: {method.method for method in route.methods if not method.internal}
        for route in inspect.inspect_routes(app)
    }
