"""`/openapi.json` and `/docs`, an interactive page that works without internet.

The page's script and style are Swagger UI as the package `offapi` carries it. The package itself
is never imported: doing so would read three user interfaces, 9 MB, into memory.
"""

import hashlib
import importlib.util
from pathlib import Path
from typing import Any, Final

import falcon
import falcon.asgi
import msgspec

PACKAGE: Final = "offapi"
ASSETS: Final = {
    "swagger_bundle.js": "text/javascript; charset=utf-8",
    "swagger_style.css": "text/css; charset=utf-8",
}

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="docs/swagger_style.css">
</head>
<body>
<div id="docs"></div>
<script src="docs/swagger_bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""

_START: Final = b"""SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#docs",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  tryItOutEnabled: true,
  requestInterceptor: (request) => {
    if (request.url.endsWith("/train") && !confirm("This replaces the model that serves. Train?")) {
      throw new Error("nothing was sent");
    }
    return request;
  },
});
"""


class OpenApiResource:
    """Answers the OpenAPI document."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._body = msgspec.json.encode(document)

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /openapi.json"""
        resp.content_type = falcon.MEDIA_JSON
        resp.data = self._body


class DocsResource:
    """Answers the page and the files that it loads."""

    def __init__(self, title: str) -> None:
        self._page = _PAGE.format(title=title).encode()
        spec = importlib.util.find_spec(PACKAGE)
        assert spec is not None
        assert spec.submodule_search_locations is not None
        self._folder = Path(spec.submodule_search_locations[0])

    async def on_get(self, _req: falcon.asgi.Request, resp: falcon.asgi.Response) -> None:
        """GET /docs"""
        resp.content_type = falcon.MEDIA_HTML
        resp.set_header("Content-Security-Policy", "default-src 'self' 'unsafe-inline' data:")
        resp.data = self._page

    async def on_get_asset(
        self, _req: falcon.asgi.Request, resp: falcon.asgi.Response, name: str
    ) -> None:
        """GET /docs/{name}: read from disk each time, for it is rare and big."""
        if name == "start.js":
            resp.content_type = ASSETS["swagger_bundle.js"]
            resp.data = _START
            return
        if name not in ASSETS:
            raise falcon.HTTPNotFound(description=f"there is no {name[:80]!r} here")
        data = (self._folder / name).read_bytes()
        resp.content_type = ASSETS[name]
        resp.etag = hashlib.sha256(data).hexdigest()[:16]
        resp.cache_control = ["max-age=3600"]
        resp.data = data
